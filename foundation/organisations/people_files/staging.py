"""A file's rows in the database: written in batches, matched to people in one statement, never one by one."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice

from django.db import connection
from django.db.backends.utils import CursorWrapper

from foundation.core.acting import Acting
from foundation.organisations.models import Membership, PeopleImportRow
from foundation.organisations.people_files import line_managers
from foundation.organisations.people_files.cleaning import CleanRow
from foundation.organisations.people_files.keys import WHOSE_KEYS

BATCH = 2_000

INSERT = """
INSERT INTO organisations_peopleimportrow
       (organisation_id, people_import_id, number, staff_number, email, name, team, job_title, external_id, starts_on,
        ends_on, staff_group, employment, line_manager, outcome, problem, is_unfit, changed)
SELECT %s, %s, number, staff_number, email, name, team, job_title, external_id, starts_on, ends_on, staff_group,
       employment, line_manager,
       CASE WHEN problem = '' THEN %s ELSE 'refused' END, problem, problem <> '', '{}'
  FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[],
              %s::date[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS given(number, staff_number, email, name, team, job_title, external_id, starts_on, ends_on, staff_group,
             employment, line_manager, problem)
"""

# What each row would do, in one pass. A row is about the person with its staff number; without one, or if nobody has
# it, about the only person with its e-mail address who has no other staff number. An empty cell changes nothing, nor
# does a number or an address by which the person was found and which only an entry had that was joined with theirs.
# (nullif: a hash join would compare all that is empty on one side with all that is empty on the other.)
MATCH = f"""
WITH {WHOSE_KEYS}, fit AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY staff_number, lower(email), name, lower(team), job_title, external_id,
                                              starts_on, ends_on, staff_group, employment, line_manager
                                 ORDER BY number) AS copy
      FROM organisations_peopleimportrow
     WHERE people_import_id = %(people_import)s AND NOT is_unfit
), alone AS MATERIALIZED (
    SELECT *,
           staff_number <> '' AND row_number() OVER (PARTITION BY staff_number ORDER BY number) > 1 AS staff_twice,
           staff_number = '' AND row_number() OVER (PARTITION BY staff_number = '', lower(email) ORDER BY number) > 1
               AS email_twice,
           external_id <> '' AND row_number() OVER (PARTITION BY external_id ORDER BY number) > 1 AS external_twice
      FROM fit WHERE copy = 1
), people AS MATERIALIZED (
    SELECT person.id, person.version, person.staff_number, person.email, person.name, person.job_title,
           person.staff_group, person.employment, person.external_id, person.starts_on, person.ends_on,
           coalesce(team.name, '') AS team,
           EXISTS (SELECT 1 FROM organisations_rolegrant AS held
                    WHERE held.organisation_id = %(organisation)s AND held.membership_id = person.id
                      AND held.role = 'organisation_admin'
                      AND (held.ends_on IS NULL OR held.ends_on >= %(today)s::date)
           ) AS administers
      FROM organisations_membership AS person
      LEFT JOIN organisations_team AS team ON team.id = person.team_id
     WHERE person.organisation_id = %(organisation)s AND person.joined_into_id IS NULL
), found AS MATERIALIZED (
    SELECT alone.*,
           numbered.id IS NULL AS by_address, NOT coalesce(numbered.is_own, true) AS by_joined_number,
           CASE WHEN numbered.id IS NOT NULL THEN numbered.id
                WHEN alone.staff_number = '' AND addresses.people = 1 THEN addresses.person_id
                WHEN alone.staff_number <> '' AND addresses.unnumbered = 1 THEN addresses.unnumbered_id
           END AS found_id,
           CASE WHEN numbered.id IS NOT NULL OR addresses.people IS NULL THEN ''
                WHEN alone.staff_number = '' AND addresses.people > 1 THEN 'email_ambiguous'
                WHEN alone.staff_number <> '' AND addresses.unnumbered > 1 THEN 'email_ambiguous'
                WHEN alone.staff_number <> '' AND addresses.unnumbered = 0 THEN 'email_of_other'
                ELSE '' END AS found_problem
      FROM alone
      LEFT JOIN numbers AS numbered ON numbered.staff_number = nullif(alone.staff_number, '')
      LEFT JOIN addresses ON addresses.email = nullif(lower(alone.email), '')
), compared AS (
    SELECT found.id, found.found_id, person.version AS found_version,
           array_remove(ARRAY[
               CASE WHEN found.name <> person.name THEN 'name' END,
               CASE WHEN found.email <> '' AND found.email <> person.email AND NOT found.by_joined_number
                     AND (NOT found.by_address OR lower(found.email) = lower(person.email)) THEN 'email' END,
               CASE WHEN found.staff_number <> '' AND found.staff_number <> person.staff_number
                     AND NOT found.by_joined_number THEN 'staff_number' END,
               CASE WHEN found.job_title <> '' AND found.job_title <> person.job_title THEN 'job_title' END,
               CASE WHEN found.staff_group <> '' AND found.staff_group <> person.staff_group THEN 'staff_group' END,
               CASE WHEN found.employment <> '' AND found.employment <> person.employment THEN 'employment' END,
               CASE WHEN found.external_id <> '' AND found.external_id <> person.external_id THEN 'external_id' END,
               CASE WHEN found.team <> '' AND lower(found.team) <> lower(person.team) THEN 'team' END,
               CASE WHEN found.starts_on <> person.starts_on THEN 'starts_on' END,
               CASE WHEN found.ends_on IS DISTINCT FROM person.ends_on AND found.ends_on IS NOT NULL THEN 'ends_on' END
           ], NULL) AS found_changed,
           CASE WHEN found.staff_twice THEN 'staff_number_twice'
                WHEN found.email_twice THEN 'email_twice'
                WHEN found.external_twice THEN 'external_id_twice'
                WHEN found.found_problem <> '' THEN found.found_problem
                WHEN found.found_id IS NOT NULL
                     AND row_number() OVER (PARTITION BY found.found_id ORDER BY found.number) > 1 THEN 'person_twice'
                WHEN owner.id IS NOT NULL AND owner.id IS DISTINCT FROM found.found_id THEN 'external_id_taken'
                WHEN coalesce(found.ends_on, person.ends_on)
                     < coalesce(found.starts_on, person.starts_on, %(today)s::date) THEN 'ends_before_start'
                WHEN person.ends_on < %(today)s::date AND found.ends_on IS NULL THEN 'has_left'
                WHEN person.administers AND found.ends_on IS NOT NULL AND person.ends_on IS DISTINCT FROM found.ends_on
                     THEN 'administrator'
                WHEN person.administers AND found.starts_on > %(today)s::date AND person.starts_on <> found.starts_on
                     THEN 'administrator'
                ELSE '' END AS found_problem
      FROM found
      LEFT JOIN people AS person ON person.id = found.found_id
      LEFT JOIN people AS owner ON nullif(owner.external_id, '') = nullif(found.external_id, '')
)
UPDATE organisations_peopleimportrow AS line
   SET outcome = CASE WHEN compared.id IS NULL THEN 'repeated'
                      WHEN compared.found_problem <> '' THEN 'refused'
                      WHEN compared.found_id IS NULL THEN 'create'
                      WHEN cardinality(compared.found_changed) > 0 THEN 'update'
                      ELSE 'unchanged' END,
       problem = coalesce(compared.found_problem, ''),
       person_id = compared.found_id,
       person_version = compared.found_version,
       changed = coalesce(compared.found_changed, '{{}}')
  FROM fit LEFT JOIN compared ON compared.id = fit.id
 WHERE line.id = fit.id
   AND (compared.id IS NULL OR compared.found_problem <> '' OR line.problem <> '' OR line.person_id IS NOT NULL
        OR line.outcome <> CASE WHEN compared.found_id IS NULL THEN 'create'
                                WHEN cardinality(compared.found_changed) > 0 THEN 'update'
                                ELSE 'unchanged' END)
"""  # noqa: S608 -- our own text, nothing from outside

# What the check looked at. While this stays the same, so does what it found, on the same day.
STANDING = """
SELECT concat_ws(':', %(today)s::date,
       (SELECT concat_ws(',', count(*), sum(version), max(id)) FROM organisations_membership
         WHERE organisation_id = %(organisation)s),
       (SELECT concat_ws(',', count(*), sum(version), max(id)) FROM organisations_team
         WHERE organisation_id = %(organisation)s),
       (SELECT concat_ws(',', count(*), count(ended_at), max(id), max(ended_at)) FROM organisations_rolegrant
         WHERE organisation_id = %(organisation)s AND role = 'organisation_admin'))
"""

COUNT = """
SELECT count(*) FILTER (WHERE outcome = 'create'), count(*) FILTER (WHERE outcome = 'update'),
       count(*) FILTER (WHERE outcome = 'unchanged'), count(*) FILTER (WHERE outcome = 'repeated'),
       count(*) FILTER (WHERE outcome = 'refused'),
       count(*) FILTER (WHERE outcome = 'update' AND 'ends_on' = ANY (changed)),
       count(DISTINCT lower(team)) FILTER (
           WHERE team <> '' AND (outcome = 'create' OR 'team' = ANY (changed) AND outcome = 'update')
             AND NOT EXISTS (SELECT 1 FROM organisations_team AS known
                              WHERE known.organisation_id = %(organisation)s AND lower(known.name) = lower(line.team)))
  FROM organisations_peopleimportrow AS line
 WHERE people_import_id = %(people_import)s
"""
COUNTED = ("create", "update", "unchanged", "repeated", "refused", "leaving", "new_teams")


def write(
    rows: Iterable[CleanRow], *, people_import_id: int, by: Acting, progress: Callable[[int], None] | None = None
) -> int:
    """Keep the rows of a file; returns how many. Rows kept before, by an attempt that was cut short, are replaced."""
    forget(people_import_id)
    likely = _likely_outcome(by)
    written = 0
    with connection.cursor() as cursor:
        for batch in _batches(rows):
            cursor.execute(INSERT, [by.organisation_id, people_import_id, likely, *_columns(batch)])
            written += len(batch)
            if progress is not None:
                progress(written)
    return written


def match(*, people_import_id: int, by: Acting, today: date) -> dict[str, int]:
    """Find out what every row would do today, and count it by what is in COUNTED."""
    asked: dict[str, int | str] = {
        "people_import": people_import_id,
        "organisation": by.organisation_id,
        "today": today.isoformat(),
    }
    with connection.cursor() as cursor, whole_tables(cursor):
        cursor.execute(MATCH, asked)
        line_managers.find(cursor, asked)
        cursor.execute(COUNT, asked)
        return dict(zip(COUNTED, cursor.fetchone(), strict=True))


@contextmanager
def whole_tables(cursor: CursorWrapper) -> Iterator[None]:
    """Join all of a file with all people at once. The planner has not seen rows that were written a moment ago, takes
    them for a handful, and would look up each person in turn."""
    cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
    yield
    cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")


def standing(*, by: Acting, today: date) -> str:
    """A short text that differs as soon as people, teams or administrators do."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"organisation": by.organisation_id, "today": today})
        return str(cursor.fetchone()[0])


def _likely_outcome(by: Acting) -> str:
    """What most rows will turn out to be: rows that are written right the first time need no second writing."""
    several = Membership.objects.visible_to(by).order_by()[:BATCH].count() == BATCH
    return PeopleImportRow.Outcome.UNCHANGED if several else PeopleImportRow.Outcome.CREATE


def forget(people_import_id: int) -> None:
    """Remove the rows of a file: they are copies of people's details and are not kept once they are of no use."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM organisations_peopleimportrow WHERE people_import_id = %s", [people_import_id])


def _batches(rows: Iterable[CleanRow]) -> Iterator[list[CleanRow]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _columns(batch: list[CleanRow]) -> list[list[object]]:
    return [
        [getattr(row, name) for row in batch]
        for name in (
            "number", "staff_number", "email", "name", "team", "job_title", "external_id", "starts_on", "ends_on",
            "staff_group", "employment", "line_manager", "problem",
        )
    ]  # fmt: skip
