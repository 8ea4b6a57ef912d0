"""Two people at the same moment: one of them is refused, and nothing is done twice."""

import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import connections

from actionplans import actions
from actionplans.models import Action, Dependency
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.notifications.models import Notice
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.actionplans import action, complete, described, plan


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Do all of them at the same moment. What became of each: done or refused."""
    barrier, outcomes = threading.Barrier(len(deeds)), []

    def run(do: Callable[[], object]) -> None:
        try:
            barrier.wait()
            do()
            outcomes.append("done")
        except RuleBroken:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(do,)) for do in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def within(by, do: Callable[[], object]) -> Callable[[], object]:
    def deed() -> object:
        with acting_as(by):
            return do()

    return deed


def test_an_action_is_completed_once_and_has_one_next_round(committed, lead, acting_for):
    colleague = acting_for("prevent_lead", name="Colleague")
    row = action(lead, repeats="after_done", every_months=6)

    outcomes = at_once(
        lambda: complete(lead, row, outcome="One"),
        lambda: complete(colleague, row, outcome="Two", now=NOW + timedelta(seconds=1)),
    )

    assert outcomes == ["done", "refused"]
    with acting_as(lead):
        assert Action.objects.visible_to(lead).filter(follows=row).count() == 1


def test_actions_are_handed_over_once(committed, lead, acting_for, organisation):
    colleague = acting_for("prevent_lead", name="Colleague")
    leaver, first, second = (acting_of(make_membership(organisation)) for _ in range(3))
    of = plan(lead)
    for _ in range(3):
        action(lead, of, owner_id=leaver.membership_id)

    def hand(by, to) -> Callable[[], object]:
        return within(
            by, lambda: actions.reassign(from_id=leaver.membership_id, to_id=to.membership_id, by=by, now=NOW)
        )

    outcomes = at_once(hand(lead, first), hand(colleague, second))

    with acting_as(lead):
        owners = list(Action.objects.visible_to(lead).values_list("owner_id", flat=True).distinct().order_by())
        told = Notice.objects.filter(kind="actionplans.owns").exclude(membership_id=leaver.membership_id).count()
    assert outcomes == ["done", "refused"]
    assert (len(owners), told) == (1, 3)
    assert owners[0] in {first.membership_id, second.membership_id}


def test_two_people_do_not_close_a_circle_together(committed, lead, acting_for):
    colleague, of = acting_for("prevent_lead", name="Colleague"), plan(lead)
    first, second = action(lead, of), action(lead, of)

    outcomes = at_once(
        within(lead, lambda: actions.add_dependency(action_id=first.pk, needs_id=second.pk, by=lead, now=NOW)),
        within(
            colleague, lambda: actions.add_dependency(action_id=second.pk, needs_id=first.pk, by=colleague, now=NOW)
        ),
    )

    assert outcomes == ["done", "refused"]
    with acting_as(lead):
        assert Dependency.objects.count() == 1


def test_two_new_actions_get_two_numbers(committed, lead, acting_for):
    colleague = acting_for("prevent_lead", name="Colleague")
    mine, theirs = plan(lead), plan(colleague)

    outcomes = at_once(lambda: action(lead, mine), lambda: action(colleague, theirs))

    assert outcomes == ["done", "done"]
    with acting_as(lead):
        assert list(Action.objects.visible_to(lead).order_by("number").values_list("code", flat=True)) == ["A1", "A2"]


def test_no_action_slips_into_a_plan_that_is_being_closed(committed, lead, acting_for):
    colleague, of = acting_for("prevent_lead", name="Colleague"), plan(lead)
    row = action(lead, of)
    complete(lead, row)
    with acting_as(lead):
        actions.activate_plan(plan_id=of.pk, by=lead, now=NOW)

    outcomes = at_once(
        within(lead, lambda: actions.close_plan(plan_id=of.pk, note="Over", by=lead, now=NOW)),
        within(
            colleague,
            lambda: actions.add_action(
                plan_id=of.pk, objective_id=None, description=described(colleague), by=colleague, now=NOW
            ),
        ),
    )

    assert outcomes == ["done", "refused"]
    with acting_as(lead):
        of.refresh_from_db()
        assert Action.objects.visible_to(lead).open().exists() == (of.status == "active")
