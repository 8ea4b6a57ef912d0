"""What people do to plans as a whole."""

from datetime import date

import pytest

from actionplans import actions
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.conftest import NOW
from tests.factories.actionplans import action, complete, described, plan


def test_a_plan_begins_with_the_headings_of_its_grouping(lead):
    of_benchmarks = plan(lead, grouping="benchmarks")

    with acting_as(lead):
        titles = list(of_benchmarks.objectives.values_list("title", flat=True))
    assert (len(titles), titles[1]) == (8, "B2 Local risk assessment process")


def test_a_plan_is_activated_once_it_has_an_action_and_closed_once_none_is_open(lead):
    of = plan(lead)
    with acting_as(lead), pytest.raises(RuleBroken, match="Add an action before you activate"):
        actions.activate_plan(plan_id=of.pk, by=lead, now=NOW)
    row = action(lead, of)
    with acting_as(lead):
        actions.activate_plan(plan_id=of.pk, by=lead, now=NOW)
        with pytest.raises(RuleBroken, match="open actions"):
            actions.close_plan(plan_id=of.pk, note="Done", by=lead, now=NOW)
    complete(lead, row)

    with acting_as(lead):
        closed = actions.close_plan(plan_id=of.pk, note="Two risks fell", by=lead, now=NOW)

    assert (closed.status, closed.closing_note, closed.closed_by_id) == ("closed", "Two risks fell", lead.membership_id)


def test_nothing_changes_in_a_closed_plan(lead):
    of = plan(lead)
    row = action(lead, of)
    complete(lead, row)
    with acting_as(lead):
        actions.activate_plan(plan_id=of.pk, by=lead, now=NOW)
        actions.close_plan(plan_id=of.pk, note="Over", by=lead, now=NOW)

        for do in (
            lambda: actions.reopen(action_id=row.pk, reason="Again", by=lead, now=NOW),
            lambda: actions.add_objective(plan_id=of.pk, title="New", by=lead, now=NOW),
            lambda: actions.add_action(plan_id=of.pk, objective_id=None, description=described(lead), by=lead, now=NOW),
        ):
            with pytest.raises(RuleBroken, match="closed and is kept as it is"):
                do()


def test_a_plan_cannot_end_before_it_begins(lead):
    with pytest.raises(RuleBroken, match="cannot end before it begins"):
        plan(lead, period_to=date(2026, 3, 31))
