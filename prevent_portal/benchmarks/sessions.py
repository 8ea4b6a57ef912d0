"""Closing the attendance of a session of hundreds, in the scratch database of 60,000 people."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connections
from django.utils import timezone

from foundation.core.acting import Acting, acting_as
from foundation.core.benchmarks import Measurement
from prevent_portal.benchmarks.ground import in_turns
from training.actions import attendance
from training.models import Requirement

CAME = 400
ROUNDS = 5
SESSIONS = """
INSERT INTO training_taughtsession (organisation_id, version, reference, course_id, title, starts_at, ends_at, venue,
    online_link, trainer_name, accreditation, places, taken, is_open, notes, status, planned_at, planned_by_id, reason)
SELECT %(organisation)s, 1, 'S' || lpad(n::text, 3, '0') || '-SESS', %(course)s, 'Session ' || n,
    now() - interval '1 day', now() - interval '22 hours', 'Hall', '', 'Tom', '', %(came)s, %(came)s, true, '',
    'planned', now(), %(by)s, ''
  FROM generate_series(1, %(sessions)s) n
"""
# Each session has people of its own, none of whom did the course before.
PLACES = """
INSERT INTO training_place (organisation_id, session_id, membership_id, status, booked_at, booked_by_id, is_walk_in,
    correction)
SELECT %(organisation)s, s.id, p.id, 'attended', now(), %(by)s, false, ''
  FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM training_taughtsession) s
  JOIN (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %(came)s AS n FROM organisations_membership
         WHERE organisation_id = %(organisation)s AND staff_number <> '') p USING (n)
"""
# The same rows, if nothing else had to be asked than who came.
IN_ONE = """
WITH came AS (
    SELECT p.id, p.membership_id, m.reference, m.job_title, t.name AS team
      FROM training_place p JOIN organisations_membership m ON m.id = p.membership_id
      LEFT JOIN organisations_team t ON t.id = m.team_id WHERE p.session_id = %(session)s AND p.status = 'attended'
), held AS (
    UPDATE training_taughtsession SET status = 'held', ended_at = now(), ended_by_id = %(by)s WHERE id = %(session)s
), done AS (
    INSERT INTO training_completion (organisation_id, reference, membership_id, course_id, course_title, mode, came,
        completed_on, minutes, team_then, post_then, provider, number, notes, status, decision_reason, recorded_at,
        recorded_by_id)
    SELECT %(organisation)s, substr(md5(random()::text), 1, 9), membership_id, %(course)s, 'A course', 'classroom',
        'event', current_date - 1, 120, coalesce(team, ''), job_title, '', '', 'Session', 'counts', '', now(), %(by)s
      FROM came
    RETURNING id, membership_id, reference
), linked AS (
    UPDATE training_place p SET completion_id = done.id FROM done
     WHERE p.session_id = %(session)s AND p.membership_id = done.membership_id
), told AS (
    INSERT INTO notifications_notice (organisation_id, reference, membership_id, kind, target_type, target_id,
        target_reference, event, delivery, created_at)
    SELECT %(organisation)s, substr(md5(random()::text), 1, 9), membership_id, 'training.session_over',
        'training.taughtsession', %(session)s, 'S', '', 'immediately', now() FROM came
    RETURNING id, reference
), events AS (
    INSERT INTO ledger_event (organisation_id, actor_membership_id, system_purpose, verb, target_type, target_id,
        target_reference, facts, at, request_id)
    SELECT %(organisation)s, %(by)s, '', verb, '', id, reference, '{}', now(), ''
      FROM (SELECT 'notice.given' AS verb, id, reference FROM told
            UNION ALL SELECT 'training.recorded', membership_id, reference FROM done) each
), valid AS (
    INSERT INTO training_validity (organisation_id, completion_id, requirement_id, rule_id, recorded_at)
    SELECT %(organisation)s, done.id, %(requirement)s, %(rule)s, now() FROM done
), closed AS (
    UPDATE training_assignment SET known_until = now()
     WHERE organisation_id = %(organisation)s AND known_until IS NULL
       AND membership_id IN (SELECT membership_id FROM came)
    RETURNING *
)
INSERT INTO training_assignment (organisation_id, requirement_id, rule_id, membership_id, team_id, job_title,
    staff_group, because, starts_on, due_on, has_grace, completion_id, done_on, known_from)
SELECT c.organisation_id, c.requirement_id, c.rule_id, c.membership_id, c.team_id, c.job_title, c.staff_group,
    c.because, c.starts_on, c.due_on, c.has_grace, d.id, CASE WHEN d.id IS NOT NULL THEN current_date - 1 END, now()
  FROM closed c
  LEFT JOIN done d ON d.membership_id = c.membership_id AND c.requirement_id = %(requirement)s
"""


def measure(acting: Acting) -> Iterator[Measurement]:
    """A session of 400 closed: each has a record, a notice and what they are asked worked out anew."""
    values = _fill(acting)
    waiting = iter(values.pop("waiting"))

    def ours() -> None:
        with acting_as(acting) as by:
            attendance.close_attendance(session_id=next(waiting), by=by, now=timezone.now())

    def one_statement() -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute(IN_ONE, values | {"session": next(waiting)})

    closed, plain = in_turns(ours, one_statement, rounds=ROUNDS)
    yield Measurement(f"P12 a session of {CAME} closed", closed, plain, 3.0)


def _fill(acting: Acting) -> dict[str, Any]:
    """Sessions that are over, with everybody ticked. The course is one that is asked for."""
    with acting_as(acting) as by:
        requirement = Requirement.objects.visible_to(by).latest("pk")
        rule = requirement.rules.latest("pk").pk
    sessions = 2 * (ROUNDS + 1)
    values: dict[str, Any] = {
        "organisation": acting.organisation_id,
        "by": acting.membership_id,
        "course": requirement.course_id,
        "requirement": requirement.pk,
        "rule": rule,
        "sessions": sessions,
        "came": CAME,
    }
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE training_courseversion SET published_at = %s WHERE course_id = %s",
            [timezone.now() - timedelta(days=30), requirement.course_id],
        )
        cursor.execute(SESSIONS, values)
        cursor.execute(PLACES, values)
        cursor.execute("SELECT id FROM training_taughtsession ORDER BY id")
        return values | {"waiting": [number for (number,) in cursor.fetchall()]}
