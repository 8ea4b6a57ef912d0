"""A file's rows in the database: written in batches, matched in one statement, never one by one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection

from foundation.core.acting import Acting
from foundation.organisations.people_files.keys import WHOSE_KEYS
from foundation.organisations.people_files.staging import whole_tables
from training.bringing.lines import Line
from training.bringing.names import Meant

BATCH = 2_000

INSERT = """
INSERT INTO training_completionimportrow
       (organisation_id, completion_import_id, number, staff_number, email, course_name, course_key, completed_on,
        provider, certificate_number, outcome, problem, field, is_unfit)
SELECT %s, %s, number, staff_number, email, course_name, course_key, completed_on, provider, certificate_number,
       CASE WHEN problem = '' THEN '' ELSE 'refused' END, problem, field, problem <> ''
  FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::text[], %s::text[],
              %s::text[], %s::text[])
    AS given(number, staff_number, email, course_name, course_key, completed_on, provider, certificate_number, problem,
             field)
"""

LOCK_PEOPLE = """
SELECT id FROM organisations_membership
 WHERE organisation_id = %(organisation)s AND id IN (
       SELECT person_id FROM training_completionimportrow
        WHERE organisation_id = %(organisation)s AND completion_import_id = %(completion_import)s
          AND outcome = 'create')
 ORDER BY id FOR NO KEY UPDATE
"""

KEYS = """
SELECT DISTINCT course_key FROM training_completionimportrow
 WHERE organisation_id = %s AND completion_import_id = %s AND NOT is_unfit
"""

# What each row would do, in one pass. A row is about the person with its staff number; without one, or if nobody has
# it, about the only person with its e-mail address who has no other staff number.
# (nullif: a hash join would compare all that is empty on one side with all that is empty on the other.)
MATCH = f"""
WITH {WHOSE_KEYS}, named AS MATERIALIZED (
    SELECT * FROM unnest(%(keys)s::text[], %(courses)s::bigint[], %(since)s::date[]) AS given(key, course, since)
), found AS MATERIALIZED (
    SELECT line.id, line.number, line.completed_on, named.key AS known_key, named.course, named.since,
           coalesce(numbered.id, CASE
               WHEN line.staff_number = '' AND addresses.people = 1 THEN addresses.person_id
               WHEN line.staff_number <> '' AND addresses.unnumbered = 1 THEN addresses.unnumbered_id END) AS person,
           CASE WHEN numbered.id IS NOT NULL THEN ''
                WHEN addresses.people IS NULL THEN 'nobody'
                WHEN line.staff_number = '' AND addresses.people > 1 THEN 'several'
                WHEN line.staff_number <> '' AND addresses.unnumbered > 1 THEN 'several'
                WHEN line.staff_number <> '' AND addresses.unnumbered = 0 THEN 'other_number'
                ELSE '' END AS person_problem,
           CASE WHEN line.staff_number <> '' AND addresses.people IS NULL THEN 'staff_number'
                ELSE 'email' END AS person_field
      FROM training_completionimportrow AS line
      LEFT JOIN numbers AS numbered ON numbered.staff_number = nullif(line.staff_number, '')
      LEFT JOIN addresses ON addresses.email = nullif(lower(line.email), '')
      LEFT JOIN named ON named.key = line.course_key
     WHERE line.organisation_id = %(organisation)s AND line.completion_import_id = %(completion_import)s
       AND NOT line.is_unfit
), judged AS MATERIALIZED (
    SELECT *, CASE WHEN known_key IS NULL THEN 'course_unknown'
                   WHEN course IS NULL THEN ''
                   WHEN person_problem <> '' THEN person_problem
                   WHEN completed_on < since THEN 'before_course'
                   ELSE '' END AS problem
      FROM found
), decided AS (
    SELECT judged.*,
           CASE WHEN judged.problem <> '' THEN 'refused'
                WHEN judged.course IS NULL THEN 'other'
                WHEN there.membership_id IS NOT NULL THEN 'known'
                WHEN row_number() OVER (PARTITION BY judged.problem, judged.person, judged.course, judged.completed_on
                                            ORDER BY judged.number) > 1 THEN 'repeated'
                ELSE 'create' END AS outcome
      FROM judged
      LEFT JOIN (
          SELECT DISTINCT membership_id, course_id, completed_on FROM training_completion
           WHERE organisation_id = %(organisation)s AND status IN ('counts', 'waiting')
      ) AS there ON there.membership_id = judged.person AND there.course_id = judged.course
                AND there.completed_on = judged.completed_on
)
UPDATE training_completionimportrow AS line
   SET outcome = decided.outcome, problem = decided.problem, person_id = decided.person, course_id = decided.course,
       field = CASE decided.problem WHEN '' THEN '' WHEN 'course_unknown' THEN 'course'
                    WHEN 'before_course' THEN 'completed_on' ELSE decided.person_field END
  FROM decided WHERE line.id = decided.id
"""  # noqa: S608 -- our own text, nothing from outside

COUNT = """
SELECT count(*) FILTER (WHERE outcome = 'create'), count(*) FILTER (WHERE outcome = 'known'),
       count(*) FILTER (WHERE outcome = 'repeated'), count(*) FILTER (WHERE outcome = 'other'),
       count(*) FILTER (WHERE outcome = 'refused'), count(DISTINCT person_id) FILTER (WHERE outcome = 'create'),
       count(DISTINCT course_key) FILTER (WHERE problem = 'course_unknown')
  FROM training_completionimportrow
 WHERE organisation_id = %(organisation)s AND completion_import_id = %(completion_import)s
"""
COUNTED = ("create", "known", "repeated", "other", "refused", "people", "unknown_names")


def write(lines: Iterable[Line], *, import_id: int, by: Acting, progress: Callable[[int], None] | None = None) -> int:
    """Keep the rows of a file; returns how many. Rows kept before, by an attempt that was cut short, are replaced."""
    forget(import_id, by.organisation_id)
    written = 0
    with connection.cursor() as cursor:
        for batch in _batches(lines):
            cursor.execute(INSERT, [by.organisation_id, import_id, *_columns(batch)])
            written += len(batch)
            if progress is not None:
                progress(written)
    return written


def keys(import_id: int, by: Acting) -> list[str]:
    """The names of courses in a file, each once."""
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [by.organisation_id, import_id])
        return [key for (key,) in cursor.fetchall()]


def match(*, import_id: int, by: Acting, names: Sequence[Meant]) -> dict[str, int]:
    """Find out what every row would do, and count it by what is in COUNTED."""
    asked: dict[str, Any] = {
        "completion_import": import_id,
        "organisation": by.organisation_id,
        "keys": [each.key for each in names],
        "courses": [each.course_id for each in names],
        "since": [each.since for each in names],
    }
    with connection.cursor() as cursor, whole_tables(cursor):
        cursor.execute(MATCH, asked)
        cursor.execute(COUNT, asked)
        return dict(zip(COUNTED, cursor.fetchone(), strict=True))


def lock_people(*, import_id: int, by: Acting) -> None:
    """Let nobody record or decide anything about the people of a checked file until the transaction ends."""
    with connection.cursor() as cursor, whole_tables(cursor):
        cursor.execute(LOCK_PEOPLE, {"completion_import": import_id, "organisation": by.organisation_id})


def forget(import_id: int, organisation_id: int) -> None:
    """Remove the rows of a file: they are not kept once they are of no use."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM training_completionimportrow WHERE organisation_id = %s AND completion_import_id = %s",
            [organisation_id, import_id],
        )


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    remaining = iter(lines)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _columns(batch: list[Line]) -> list[list[object]]:
    return [
        [getattr(line, name) for line in batch]
        for name in (
            "number", "staff_number", "email", "course_name", "course_key", "completed_on", "provider",
            "certificate_number", "problem", "field",
        )
    ]  # fmt: skip
