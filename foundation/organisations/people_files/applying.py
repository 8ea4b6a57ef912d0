"""What a checked file does to people: a few statements for all of its rows."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from foundation.core.acting import Acting
from foundation.core.models import ALPHABET
from foundation.organisations.people_files.line_managers import NEXT_PERSON
from foundation.organisations.people_files.staging import whole_tables

NEW_TEAMS = """
INSERT INTO organisations_team (organisation_id, name, version)
SELECT %(organisation)s, min(team), 1
  FROM organisations_peopleimportrow AS line
 WHERE people_import_id = %(people_import)s AND team <> ''
   AND (outcome = 'create' OR outcome = 'update' AND 'team' = ANY (changed))
   AND NOT EXISTS (SELECT 1 FROM organisations_team AS known
                    WHERE known.organisation_id = %(organisation)s AND lower(known.name) = lower(line.team))
 GROUP BY lower(team)
RETURNING id
"""

# A reference as foundation.core.models.new_reference makes it: eight letters from the database's own strong random
# source. The bytes of a UUID that carry its version and variant are left out.
_LETTERS = [
    f"substr('{ALPHABET}', 1 + get_byte(chance, {byte}) %% {len(ALPHABET)}, 1)" for byte in (0, 1, 2, 3, 10, 11, 12, 13)
]
REFERENCE = " || ".join([*_LETTERS[:4], "'-'", *_LETTERS[4:]])

CREATE = f"""
INSERT INTO organisations_membership
       (id, organisation_id, reference, version, name, email, staff_number, external_id, team_id, job_title,
        staff_group, employment, line_manager_id, starts_on, ends_on)
SELECT coalesce(line.person_id, {NEXT_PERSON}),
       line.organisation_id, {REFERENCE}, 1, line.name, line.email, line.staff_number, line.external_id, team.id,
       line.job_title, line.staff_group, line.employment, line.manager_id,
       coalesce(line.starts_on, least(%(today)s, line.ends_on)), line.ends_on
  FROM (SELECT *, uuid_send(gen_random_uuid()) AS chance FROM organisations_peopleimportrow
         WHERE people_import_id = %(people_import)s AND outcome = 'create' ORDER BY number) AS line
  LEFT JOIN organisations_team AS team
         ON line.team <> '' AND team.organisation_id = line.organisation_id AND lower(team.name) = lower(line.team)
RETURNING id, reference
"""  # noqa: S608 -- an alphabet of our own

UPDATE = """
UPDATE organisations_membership AS person
   SET name = line.name,
       email = CASE WHEN 'email' = ANY (line.changed) THEN line.email ELSE person.email END,
       staff_number = CASE WHEN 'staff_number' = ANY (line.changed) THEN line.staff_number
                           ELSE person.staff_number END,
       external_id = CASE WHEN line.external_id <> '' THEN line.external_id ELSE person.external_id END,
       job_title = CASE WHEN line.job_title <> '' THEN line.job_title ELSE person.job_title END,
       staff_group = CASE WHEN line.staff_group <> '' THEN line.staff_group ELSE person.staff_group END,
       employment = CASE WHEN line.employment <> '' THEN line.employment ELSE person.employment END,
       line_manager_id = CASE WHEN 'line_manager' = ANY (line.changed) THEN line.manager_id
                              ELSE person.line_manager_id END,
       team_id = CASE WHEN 'team' = ANY (line.changed) THEN team.id ELSE person.team_id END,
       starts_on = coalesce(line.starts_on, person.starts_on),
       ends_on = coalesce(line.ends_on, person.ends_on),
       version = person.version + 1, saved_at = %(now)s, saved_by_id = %(by)s
  FROM organisations_peopleimportrow AS line
  LEFT JOIN organisations_team AS team
         ON line.team <> '' AND team.organisation_id = line.organisation_id AND lower(team.name) = lower(line.team)
 WHERE line.people_import_id = %(people_import)s AND line.outcome = 'update'
   AND person.organisation_id = line.organisation_id AND person.id = line.person_id
   AND person.version = line.person_version
RETURNING person.id, person.reference, line.changed, person.ends_on, person.user_id
"""

END_ROLES = """
UPDATE organisations_rolegrant AS held
   SET ends_on = greatest(line.ends_on, held.starts_on - 1), ended_at = %(now)s, ended_by_id = %(by)s
  FROM organisations_peopleimportrow AS line
 WHERE line.people_import_id = %(people_import)s AND line.outcome = 'update' AND 'ends_on' = ANY (line.changed)
   AND held.organisation_id = line.organisation_id AND held.membership_id = line.person_id
   AND (held.ends_on IS NULL OR held.ends_on > line.ends_on)
"""

WITHDRAW_INVITATIONS = """
UPDATE organisations_invitation AS invitation
   SET withdrawn_at = %(now)s
  FROM organisations_peopleimportrow AS line
 WHERE line.people_import_id = %(people_import)s AND line.outcome = 'update' AND 'ends_on' = ANY (line.changed)
   AND invitation.organisation_id = line.organisation_id AND invitation.membership_id = line.person_id
   AND invitation.accepted_at IS NULL AND invitation.withdrawn_at IS NULL
"""


@dataclass
class Applied:
    """Whom a file touched: id and reference, and for those who were there what changed. Users whose sessions end."""

    created: list[tuple[int, str]] = field(default_factory=list)
    updated: list[tuple[int, str, list[str]]] = field(default_factory=list)
    ended: list[tuple[int, str, date]] = field(default_factory=list)
    leaving_users: list[int] = field(default_factory=list)
    new_teams: list[int] = field(default_factory=list)


def apply(*, people_import_id: int, by: Acting, today: date, now: datetime) -> Applied:
    """Do what the matched rows say, in the caller's transaction. Somebody changed since the match is left as they are
    and missing from ``updated``: the caller compares."""
    asked: dict[str, Any] = {
        "people_import": people_import_id,
        "organisation": by.organisation_id,
        "by": by.membership_id,
        "today": today,
        "now": now,
    }
    applied = Applied()
    with connection.cursor() as cursor, whole_tables(cursor):
        cursor.execute(NEW_TEAMS, asked)
        applied.new_teams = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(CREATE, asked)
        applied.created = cursor.fetchall()
        cursor.execute(UPDATE, asked)
        for pk, reference, changed, ends_on, user_id in cursor.fetchall():
            applied.updated.append((pk, reference, changed))
            if "ends_on" in changed:
                applied.ended.append((pk, reference, ends_on))
                if user_id is not None:
                    applied.leaving_users.append(user_id)
        cursor.execute(END_ROLES, asked)
        cursor.execute(WITHDRAW_INVITATIONS, asked)
    return applied
