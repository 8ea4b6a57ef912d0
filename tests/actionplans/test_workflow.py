"""Every pair of states of a plan and of an action: allowed or refused."""

from itertools import product

import pytest

from actionplans.workflow import (
    OPEN,
    PlanStatus,
    Status,
    check_open,
    check_plan_open,
    check_plan_transition,
    check_transition,
)
from foundation.core.exceptions import RuleBroken

ALLOWED = {
    ("not_started", "in_progress"),
    ("not_started", "done"),
    ("not_started", "cancelled"),
    ("in_progress", "on_hold"),
    ("in_progress", "done"),
    ("in_progress", "cancelled"),
    ("on_hold", "in_progress"),
    ("on_hold", "cancelled"),
    ("done", "in_progress"),
    ("cancelled", "in_progress"),
}
ALLOWED_OF_PLANS = {("draft", "active"), ("active", "closed")}


@pytest.mark.parametrize(("current", "to"), list(product(Status, Status)))
def test_an_action_moves_as_the_table_says_and_not_otherwise(current, to):
    if (current.value, to.value) in ALLOWED:
        check_transition(current, to)
    else:
        with pytest.raises(RuleBroken, match=f"This action is {current.label.lower()}, so it cannot become"):
            check_transition(current, to)


@pytest.mark.parametrize(("current", "to"), list(product(PlanStatus, PlanStatus)))
def test_a_plan_moves_as_the_table_says_and_not_otherwise(current, to):
    if (current.value, to.value) in ALLOWED_OF_PLANS:
        check_plan_transition(current, to)
    else:
        with pytest.raises(RuleBroken, match=f"This plan is {current.label.lower()}, so it cannot become"):
            check_plan_transition(current, to)


@pytest.mark.parametrize("status", Status)
def test_only_an_open_action_may_change(status):
    if status in OPEN:
        check_open(status)
    else:
        with pytest.raises(RuleBroken, match="Reopen it to change something"):
            check_open(status)


def test_a_closed_plan_is_kept_as_it_is():
    check_plan_open("draft")
    check_plan_open("active")
    with pytest.raises(RuleBroken, match="closed and is kept as it is"):
        check_plan_open("closed")
