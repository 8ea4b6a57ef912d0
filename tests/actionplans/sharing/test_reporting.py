"""Reporting an action to a partnership and taking it back: what is read there, and who may."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction

from actionplans import actions, gathering
from actionplans.gathering import Reporting
from actionplans.models import Action, ReportedAction
from actionplans.models.sharing import FACTS
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from foundation.organisations.roles import ROLES, Role
from tests.actionplans.sharing.ground import facts_of
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import actionplans as factories
from tests.factories.partnerships import join, partnership

LATER = NOW + timedelta(days=3)
TODAY = NOW.date()


# ---- What is reported
def test_an_action_is_reported_with_its_words_and_its_facts_and_an_event(owner, board, row):
    reported = factories.report(owner, board, row, comment=" For all of us. ", now=LATER)

    with acting_as(owner):
        event = Event.objects.get(verb="reported_action.reported")
    assert (reported.code, reported.title, reported.success_measure, reported.comment) == (
        "A1", "Brief all hirers", "9 of 10 hirers signed", "For all of us.",
    )  # fmt: skip
    assert facts_of(reported) == facts_of(row)
    assert (reported.reported_at, reported.reported_by_id, reported.ended_at) == (LATER, owner.membership_id, None)
    assert event.facts == '{"code":"A1","partnership":"severnshire-prevent-partnership","renewed":false}'


def test_words_stay_as_they_were_when_the_action_is_reworded(owner, board, row):
    reported = factories.report(owner, board, row)

    with acting_as(owner):
        actions.change_action(
            action_id=row.pk, version=row.version, plan_id=row.plan_id, objective_id=None,
            description=factories.described(
                owner, title="Secret name", success_measure="Other", starts_on=date(2026, 9, 1)
            ),
            by=owner, now=LATER,
        )  # fmt: skip
        reported.refresh_from_db()
        [own] = gathering.own_action(owner, TODAY, row.reference)

    assert (reported.title, reported.success_measure) == ("Brief all hirers", "9 of 10 hirers signed")
    assert reported.starts_on == date(2026, 9, 1)
    assert own.state == Reporting.REWORDED


DEEDS = {
    "start": lambda by, row: actions.start(**by),
    "hold": lambda by, row: (actions.start(**by), actions.hold(reason="Waiting", **by)),
    "resume": lambda by, row: (actions.start(**by), actions.hold(reason="Waiting", **by), actions.resume(**by)),
    "note": lambda by, row: actions.report_progress(note="Half done", percent=50, **by),
    "due": lambda by, row: actions.move_due(version=row.version, due_on=date(2027, 2, 1), reason="Ill", **by),
    "rating": lambda by, row: actions.rate(version=row.version, rag="amber", reason="Slow", **by),
    "complete": lambda by, row: actions.complete(outcome="Signed", **by),
    "cancel": lambda by, row: actions.cancel(reason="Not needed", **by),
    "reopen": lambda by, row: (actions.cancel(reason="Not needed", **by), actions.reopen(reason="Needed", **by)),
}


@pytest.mark.parametrize("deed", list(DEEDS))
def test_facts_follow_the_action_in_every_deed_about_it(committed, owner, board, row, backup, deed):
    factories.report(owner, board, row)
    before = facts_of(row)

    with acting_as(owner):
        DEEDS[deed]({"action_id": row.pk, "by": owner, "now": LATER}, row)

    [now], [reported] = backup(Action), backup(ReportedAction)
    assert facts_of(now) != before
    assert facts_of(reported) == facts_of(now)


def test_no_deed_saves_an_action_past_the_place_where_reports_follow():
    """A new deed that calls ``row.save`` itself would let a partnership read old facts."""
    folder = Path(actions.__file__).parent
    saving = {}
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save":
                words = {each.value for each in ast.walk(node) if isinstance(each, ast.Constant)}
                if words & (set(FACTS) - {"status"}):
                    saving[path.name] = node.lineno

    assert saving == {}


def test_what_was_taken_back_moves_no_more(committed, owner, board, row, backup):
    reported = factories.report(owner, board, row)
    factories.take_back(owner, reported, now=LATER)

    with acting_as(owner):
        actions.start(action_id=row.pk, by=owner, now=LATER)

    [ended] = backup(ReportedAction)
    assert (ended.status, ended.ended_at, ended.ended_how) == ("not_started", LATER, "taken_back")


def test_reporting_anew_ends_what_was_reported_before(owner, board, row):
    first = factories.report(owner, board, row)

    second = factories.report(owner, board, row, comment="Newer", now=LATER)

    with acting_as(owner):
        first.refresh_from_db()
    assert (first.ended_at, first.ended_how, second.ended_at) == (LATER, "renewed", None)


# ---- Refusals
@pytest.mark.parametrize("role", [role for role in Role if "plan.share" not in ROLES[role].permissions])
def test_a_role_that_may_not_report_neither_reports_nor_takes_back(owner, member, board, row, role):
    reported = factories.report(owner, board, row)
    colleague = acting_of(make_membership(member, role))

    with pytest.raises(PermissionDenied, match="Only a Prevent lead or a senior approver"):
        factories.report(colleague, board, row)
    with pytest.raises(PermissionDenied, match="Only a Prevent lead or a senior approver"):
        factories.take_back(colleague, reported)

    with acting_as(owner):
        assert ReportedAction.objects.filter(ended_at=None).count() == 1


def test_a_senior_approver_may_report_and_take_back(member, board, row):
    approver = acting_of(make_membership(member, "senior_approver"))

    assert factories.take_back(approver, factories.report(approver, board, row)).ended_how == "taken_back"


def test_what_was_taken_back_cannot_be_taken_back_again_and_can_be_reported_again(owner, board, row):
    reported = factories.report(owner, board, row)
    factories.take_back(owner, reported)

    with pytest.raises(RuleBroken, match="not reported any more"):
        factories.take_back(owner, reported)

    assert factories.report(owner, board, row, now=LATER).ended_at is None


def test_an_action_of_a_draft_is_not_reported(owner, board):
    with pytest.raises(RuleBroken, match="Only an action of an active plan"):
        factories.report(owner, board, factories.action(owner))


def test_an_action_that_changed_meanwhile_is_not_reported(owner, board, row):
    with acting_as(owner), pytest.raises(StaleVersion):
        actions.report_action(
            action_id=row.pk, partnership_id=board.pk, version=row.version + 1, comment="", by=owner, now=NOW
        )


def test_nothing_is_reported_to_a_partnership_one_does_not_belong_to_or_has_left(owner, member, row):
    stranger, left = partnership("Elsewhere Prevent Partnership"), partnership("Old Partnership")
    join(left, member, ends_on=TODAY - timedelta(days=1))

    for other in (stranger, left):
        with pytest.raises(RuleBroken, match="not a member of this partnership"):
            factories.report(owner, other, row)


def test_a_long_comment_is_refused(owner, board, row):
    with pytest.raises(RuleBroken, match="600 characters or fewer"):
        factories.report(owner, board, row, comment="x" * 601)


# ---- The database's own wall
def test_the_database_refuses_to_reword_what_is_reported_and_to_touch_what_ended(owner, board, row):
    reported = factories.report(owner, board, row)

    with acting_as(owner):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            ReportedAction.objects.update(title="Other")
        factories_end = ReportedAction.objects.filter(pk=reported.pk)
        factories.take_back(owner, reported)
        assert factories_end.update(status="done") == 0
