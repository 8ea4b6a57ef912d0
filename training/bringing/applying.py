"""What a checked file records, and how all of it is taken back: a few statements for tens of thousands of rows."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

from foundation.core.acting import Acting
from foundation.organisations.people_files.applying import REFERENCE
from foundation.organisations.people_files.staging import whole_tables

PART = 5_000

RECORD = f"""
INSERT INTO training_completion
       (organisation_id, reference, membership_id, course_id, course_title, mode, came, completed_on, team_then,
        post_then, provider, number, notes, status, decision_reason, recorded_at, recorded_by_id, brought_by_id)
SELECT line.organisation_id, {REFERENCE}, person.id, course.id, course.title, 'e_learning', 'import', line.completed_on,
       coalesce(team.name, ''), person.job_title, coalesce(nullif(line.provider, ''), course.provider),
       line.certificate_number, '', 'counts', '', %(now)s, %(by)s, line.completion_import_id
  FROM (SELECT *, uuid_send(gen_random_uuid()) AS chance FROM training_completionimportrow
         WHERE organisation_id = %(organisation)s AND completion_import_id = %(completion_import)s
           AND outcome = 'create' AND number > %(after)s ORDER BY number LIMIT %(part)s) AS line
  JOIN organisations_membership AS person
    ON person.organisation_id = line.organisation_id AND person.id = line.person_id
  JOIN training_course AS course ON course.id = line.course_id
  LEFT JOIN organisations_team AS team ON team.organisation_id = person.organisation_id AND team.id = person.team_id
RETURNING membership_id
"""  # noqa: S608 -- an alphabet of our own
LAST = """
SELECT max(number) FROM (SELECT number FROM training_completionimportrow
 WHERE organisation_id = %(organisation)s AND completion_import_id = %(completion_import)s AND outcome = 'create'
   AND number > %(after)s ORDER BY number LIMIT %(part)s) AS part
"""

END_VALIDITIES = """
UPDATE training_validity AS validity SET ended_at = %(now)s
  FROM training_completion AS completion
 WHERE completion.organisation_id = %(organisation)s AND completion.brought_by_id = %(completion_import)s
   AND completion.status = 'counts' AND validity.organisation_id = completion.organisation_id
   AND validity.completion_id = completion.id AND validity.ended_at IS NULL
"""
WITHDRAW = """
UPDATE training_completion SET status = 'withdrawn', decided_at = %(now)s, decided_by_id = %(by)s,
       decision_reason = %(reason)s
 WHERE organisation_id = %(organisation)s AND brought_by_id = %(completion_import)s AND status = 'counts'
RETURNING membership_id
"""


def record(*, import_id: int, by: Acting, now: datetime, progress: Callable[[int], None] | None = None) -> list[int]:
    """Record every new row in the caller's transaction. Returns whose each record is: one number for each."""
    asked: dict[str, Any] = _asked(import_id, by, now) | {"after": 0, "part": PART}
    members: list[int] = []
    with connection.cursor() as cursor, whole_tables(cursor):
        while True:
            cursor.execute(LAST, asked)
            (last,) = cursor.fetchone()
            if last is None:
                return members
            cursor.execute(RECORD, asked)
            members += [member for (member,) in cursor.fetchall()]
            asked["after"] = last
            if progress is not None:
                progress(len(members))


def withdraw(*, import_id: int, reason: str, by: Acting, now: datetime) -> list[int]:
    """Take back what still counts of a file. Returns whose records those were: one number for each."""
    asked = _asked(import_id, by, now) | {"reason": reason}
    with connection.cursor() as cursor:
        cursor.execute(END_VALIDITIES, asked)
        cursor.execute(WITHDRAW, asked)
        return [member for (member,) in cursor.fetchall()]


def _asked(import_id: int, by: Acting, now: datetime) -> dict[str, Any]:
    return {
        "completion_import": import_id,
        "organisation": by.organisation_id,
        "by": by.membership_id,
        "now": now,
    }
