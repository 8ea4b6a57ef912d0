"""Who is trained, in the scratch database: 60,000 people asked for four courses each, against the best plain SQL."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import cycle
from typing import Any

from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.core.acting import Acting, acting_as
from foundation.core.benchmarks import Measurement
from foundation.organisations.models import Membership
from prevent_portal.benchmarks import sessions
from prevent_portal.benchmarks.ground import Place, in_turns
from prevent_portal.benchmarks.pages import bare_page, get
from training import assigning
from training.actions.requirements import Asked, change, make, work_out
from training.models import Course, Requirement, Rule
from training.scope import Scope

PEOPLE = 60_000
MOST_QUERIES = 15
BAR = 2.0

TEAMS = """
INSERT INTO organisations_team (organisation_id, version, name)
SELECT %(organisation)s, 1, 'Team ' || n FROM generate_series(1, 40) n
"""
STAFF = """
INSERT INTO organisations_membership (organisation_id, reference, name, email, staff_number, external_id, job_title,
    staff_group, employment, starts_on, version, team_id)
SELECT %(organisation)s, substr(md5('p' || n), 1, 3) || '-' || lpad(to_hex(n), 5, '0'), 'Person ' || md5(n::text), '',
    'S' || n, '', 'Post ' || mod(n, 60), 'Group ' || mod(n, 7), '', DATE '2024-01-01', 1,
    (SELECT min(id) FROM organisations_team WHERE organisation_id = %(organisation)s) + mod(n, 40)
  FROM generate_series(1, %(people)s) n
"""
# Of each: one in twenty overdue, one in thirty waived, one in fifteen expiring; of a third a row from before is kept.
ASKED = """
INSERT INTO training_assignment (organisation_id, requirement_id, rule_id, membership_id, team_id, job_title,
    staff_group, because, starts_on, due_on, has_grace, waived_from, waived_until, begun_on, known_from, known_until)
SELECT m.organisation_id, r.id, u.id, m.id, m.team_id, m.job_title, m.staff_group, '[]', DATE '2025-01-01',
    CASE WHEN mod(m.id + r.id, 20) = 0 THEN %(today)s::date - 30 - mod(m.id, 90)::int
        ELSE %(today)s::date + 30 + mod(m.id, 300)::int END,
    mod(m.id, 11) = 0,
    CASE WHEN mod(m.id, 30) = 1 THEN DATE '2025-06-01' END, CASE WHEN mod(m.id, 30) = 1 THEN DATE '2030-01-01' END,
    CASE WHEN mod(m.id, 3) = 1 THEN DATE '2025-07-01' END,
    s.known_from, s.known_until
  FROM organisations_membership m
  JOIN training_requirement r ON r.organisation_id = m.organisation_id
  JOIN training_rule u ON u.requirement_id = r.id
  JOIN (VALUES (TIMESTAMPTZ '2025-01-01', TIMESTAMPTZ '2026-03-01'), (TIMESTAMPTZ '2026-03-01', NULL))
    s(known_from, known_until) ON s.known_until IS NULL OR mod(m.id, 3) = 0
 WHERE m.organisation_id = %(organisation)s
"""
STANDING = """
CASE WHEN waived_from <= %(on)s AND waived_until >= %(on)s THEN 'waived'
     WHEN absent_from <= %(on)s AND (absent_until IS NULL OR absent_until >= %(on)s) THEN 'absent'
     WHEN done_on <= %(on)s AND (valid_until IS NULL OR valid_until >= %(on)s) AND expiring_from <= %(on)s
         THEN 'expiring'
     WHEN done_on <= %(on)s AND (valid_until IS NULL OR valid_until >= %(on)s) THEN 'in_date'
     WHEN due_on >= %(on)s AND begun_on <= %(on)s THEN 'in_progress'
     WHEN due_on >= %(on)s AND has_grace THEN 'grace'
     WHEN due_on >= %(on)s THEN 'not_started' ELSE 'overdue' END
"""
IN_FORCE = """
organisation_id = %(organisation)s AND known_until IS NULL AND starts_on <= %(on)s
AND (ends_on IS NULL OR ends_on >= %(on)s)
"""
INLINE = f"""
WITH asked AS NOT MATERIALIZED (SELECT t.*, {STANDING} AS standing FROM training_assignment t WHERE {IN_FORCE})
"""  # noqa: S608 -- our own text
FIGURES = "SELECT requirement_id, team_id, standing, count(*) FROM asked GROUP BY 1, 2, 3"
OVERDUE = """
SELECT a.*, m.name, (SELECT count(*) FROM (SELECT 1 FROM asked WHERE due_on < %(on)s AND standing = 'overdue'
    LIMIT 2001) c)
  FROM asked a JOIN organisations_membership m ON m.id = a.membership_id
 WHERE a.due_on < %(on)s AND a.standing = 'overdue' ORDER BY a.due_on, a.id LIMIT 51
"""
PAGE = """
SELECT p.name, a.requirement_id, a.due_on, a.standing, (SELECT count(*) FROM (SELECT 1 FROM organisations_membership o
    WHERE o.organisation_id = %(organisation)s AND EXISTS (SELECT 1 FROM asked e WHERE e.membership_id = o.id)
    LIMIT 2001) c)
  FROM (SELECT id, name FROM organisations_membership m WHERE m.organisation_id = %(organisation)s
        AND EXISTS (SELECT 1 FROM asked e WHERE e.membership_id = m.id) ORDER BY name, id LIMIT 51) p
  JOIN asked a ON a.membership_id = p.id
"""
# What a changed rule closes and writes anew, if nothing else had to be looked at than the people and the courses done.
RULE_CHANGED = """
WITH closed AS (
    UPDATE training_assignment SET known_until = now()
     WHERE requirement_id = %(requirement)s AND known_until IS NULL RETURNING membership_id, starts_on, begun_on
), done AS (
    SELECT v.requirement_id, c.membership_id, max(c.completed_on) AS done_on
      FROM training_validity v JOIN training_completion c ON c.id = v.completion_id GROUP BY 1, 2
)
INSERT INTO training_assignment (organisation_id, requirement_id, rule_id, membership_id, team_id, job_title,
    staff_group, because, starts_on, ends_on, due_on, has_grace, done_on, begun_on, known_from)
SELECT m.organisation_id, %(requirement)s, %(rule)s, m.id, m.team_id, m.job_title, m.staff_group, '["Group 1"]',
    c.starts_on, m.ends_on, coalesce(d.done_on, c.starts_on) + 28, d.done_on IS NULL, d.done_on, c.begun_on, now()
  FROM organisations_membership m
  JOIN closed c ON c.membership_id = m.id
  LEFT JOIN done d ON d.membership_id = m.id AND d.requirement_id = %(requirement)s
 WHERE m.organisation_id = %(organisation)s AND m.staff_group = ANY(%(groups)s)
"""


def measure(large: Place) -> Iterator[Measurement]:
    """The dashboard, the overdue list and a page of the matrix less what every page costs; a person; a changed rule."""
    member = fill_training(large.acting)
    client, plain = large.client(), bare_page(large)
    values = {"organisation": large.acting.organisation_id, "on": timezone.localdate(), "member": member.pk}
    for name, address, sql in (
        ("dashboard", "/training/overview/", FIGURES),
        ("overdue list", "/training/people/?standing=overdue", OVERDUE),
        ("matrix page", "/training/matrix/", PAGE),
    ):
        page, bare, best = in_turns(get(client, address), plain, _plain(INLINE + sql, values), rounds=9)
        yield Measurement(f"P11 {name}, 60,000 × 4", max(page - bare, 0.0001), best, BAR)
        yield Measurement(f"P11 {name}, queries", _queries(client, address), MOST_QUERIES, 1.0, unit="")
    person = f"/training/people/{member.reference}/"
    page, bare = in_turns(get(client, person), plain)
    yield Measurement("P2 what a person is trained in", page, bare, 2.5)
    yield Measurement("P2 what a person is trained in, queries", _queries(client, person), MOST_QUERIES, 1.0, unit="")
    yield _rule_changed(large.acting)
    yield from sessions.measure(large.acting)


def _rule_changed(acting: Acting) -> Measurement:
    """A rule that asked everybody asks some groups, then others: whom it asks, worked out as the job does it."""
    with acting_as(acting) as by:
        requirement = Requirement.objects.visible_to(by).earliest("pk")
    turns = cycle([["Group 1", "Group 2", "Group 3"], ["Group 2", "Group 3", "Group 4"]])

    def ours() -> None:
        groups = next(turns)
        _change_rule(requirement.pk, groups, acting)
        with acting_as(acting):
            chunks = list(assigning.all_people(acting.organisation_id))
        for members in chunks:
            with transaction.atomic(), acting_as(acting) as by:
                work_out(requirement_id=requirement.pk, members=members, by=by, now=timezone.now())

    def yardstick() -> None:
        rule = _change_rule(requirement.pk, groups := next(turns), acting)
        values = {"requirement": requirement.pk, "rule": rule, "organisation": acting.organisation_id, "groups": groups}
        _plain(RULE_CHANGED, values, reads=False)()

    found, best = in_turns(ours, yardstick, rounds=5)
    return Measurement("P12 whom a changed rule asks, of 60,000", found, best, 3.0)


def _change_rule(requirement_id: int, groups: list[str], acting: Acting) -> int:
    with transaction.atomic(), acting_as(acting) as by:
        requirement = Requirement.objects.visible_to(by).get(pk=requirement_id)
        wanted = Asked(
            title=requirement.title,
            course_id=requirement.course_id,
            scope=Scope(staff_groups=tuple(groups)),
            starts_on=requirement.starts_on,
            target=requirement.target,
        )
        change(requirement_id=requirement.pk, version=requirement.version, asked=wanted, by=by, now=timezone.now())
        return int(Rule.objects.visible_to(by).get(requirement=requirement, ended_at__isnull=True).pk)


def fill_training(acting: Acting) -> Membership:
    """60,000 people, four requirements, and what each is asked. Returns one of the people."""
    call_command("load_courses", verbosity=0)
    today = timezone.localdate()
    with acting_as(acting) as by:
        courses = list(Course.objects.visible_to(by).filter(provider="")[:4])
        for number in range(4):
            course = courses[number % len(courses)]
            wanted = Asked(
                title=f"Requirement {number}", course_id=course.pk, scope=Scope(), starts_on=date(2025, 1, 1), target=85
            )
            make(asked=wanted, by=by, now=timezone.now() - timedelta(days=600))
    values: dict[str, Any] = {"organisation": acting.organisation_id, "people": PEOPLE, "today": today}
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('portal.owner_purpose', 'migration', false)")
        for statement in (TEAMS, STAFF, ASKED):
            cursor.execute(statement, values)
        for model in (Membership, Requirement):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
        cursor.execute("ANALYZE training_assignment")
    with acting_as(acting) as by:
        return Membership.objects.visible_to(by).filter(staff_number="S777").get()


def _plain(sql: str, values: dict[str, Any], *, reads: bool = True) -> Callable[[], None]:
    """Asks it as the owner of the tables, to whom no row policy applies."""

    def ask() -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute(sql, values)
            if reads:
                cursor.fetchall()

    return ask


def _queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
