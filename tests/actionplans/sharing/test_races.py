"""Reporting, taking back and placing at the same moment."""

from datetime import timedelta

from actionplans import actions, gathering
from actionplans.models import Action, Gathered, ReportedAction
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.actionplans.sharing.ground import facts_of, lead_of
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories import actionplans as factories

LATER = NOW + timedelta(days=3)
TODAY = NOW.date()


def test_two_who_report_at_once_leave_one_open(committed, member, board, backup):
    first, second = lead_of(member), lead_of(member)
    row = factories.active(first)

    at_once(lambda: factories.report(first, board, row), lambda: factories.report(second, board, row))

    assert sorted(backup(ReportedAction).values_list("ended_how", flat=True)) == ["", "renewed"]


def test_taking_back_while_the_partnership_places_it_leaves_nothing_to_see(committed, owner, board, chair, row, plan):
    reported = factories.report(owner, board, row)

    results = at_once(lambda: factories.take_back(owner, reported), lambda: factories.place(chair, reported, plan))

    assert [type(each) for each in results if isinstance(each, Exception)] in ([], [RuleBroken])
    with acting_as(chair):
        assert gathering.lines(chair, plan, TODAY) == []


def test_two_who_place_it_in_two_plans_at_once_leave_it_in_one(committed, owner, board, chair, row, plan, backup):
    reported, other = factories.report(owner, board, row), factories.plan(chair, title="Other")
    second = lead_of(board)

    results = at_once(lambda: factories.place(chair, reported, plan), lambda: factories.place(second, reported, other))

    assert [type(each) for each in results if isinstance(each, Exception)] in ([], [RuleBroken])
    assert backup(Gathered).count() == 1


def test_progress_at_the_moment_it_is_reported_is_not_lost(committed, owner, board, row, backup):
    at_once(
        lambda: factories.report(owner, board, row),
        lambda: progress(owner, row),
    )

    [now], [reported] = backup(Action), backup(ReportedAction)
    assert facts_of(reported) == facts_of(now)


def progress(by, row):
    with acting_as(by):
        actions.report_progress(action_id=row.pk, note="Half", percent=50, by=by, now=LATER)
