"""What the clock tells people: before an action is due, when it is late, and when it stays late. Each once."""

from datetime import date, timedelta

import pytest

from actionplans import actions, upkeep
from foundation.core.acting import acting_as
from foundation.notifications.models import Notice
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories.actionplans import action, complete, plan

DUE = date(2026, 12, 31)


@pytest.fixture
def active(lead):
    """A plan that is active, with one action that is not due for long."""
    of = plan(lead)
    action(lead, of, title="Later", due_on=date(2027, 3, 31))
    with acting_as(lead):
        actions.activate_plan(plan_id=of.pk, by=lead, now=NOW)
    return of


def at(days_after_due: int):
    return NOW + (DUE - NOW.date()) + timedelta(days=days_after_due)


def told(person) -> list[str]:
    with acting_as(person):
        rows = Notice.objects.visible_to(person).filter(membership_id=person.membership_id).order_by("pk")
        return [kind.partition(".")[2] for kind in rows.values_list("kind", flat=True)]


def test_the_owner_is_told_before_and_after_and_the_accountable_person_when_it_stays_late(
    committed, lead, owner, active
):
    action(lead, active, owner_id=owner.membership_id, due_on=DUE)

    counts = [upkeep.remind(now=at(day)) for day in (-15, -14, -13, 0, 1, 2, 13, 14, 15)]

    assert counts == [0, 1, 0, 0, 1, 0, 0, 1, 0]
    assert told(owner) == ["owns", "due_soon", "overdue"]
    assert told(lead) == ["escalated"]


def test_the_organisations_own_days_count(committed, lead, owner, active):
    action(lead, active, owner_id=owner.membership_id, due_on=DUE)
    with acting_as(lead):
        actions.change_settings(version=1, remind_days_before=3, escalate_days_after=2, by=lead, now=NOW)

    assert [upkeep.remind(now=at(day)) for day in (-4, -3, 1, 2)] == [0, 1, 1, 1]


def test_a_moved_due_date_begins_anew(committed, lead, owner, active):
    row = action(lead, active, owner_id=owner.membership_id, due_on=DUE)
    upkeep.remind(now=at(1))
    with acting_as(lead):
        actions.move_due(
            action_id=row.pk, version=1, due_on=DUE + timedelta(days=20), reason="Snow", by=lead, now=at(1)
        )

    assert (upkeep.remind(now=at(2)), upkeep.remind(now=at(10)), upkeep.remind(now=at(21))) == (0, 1, 1)
    assert told(owner) == ["owns", "overdue", "due_soon", "overdue"]


def test_nobody_is_told_of_what_is_done_or_in_a_draft(committed, lead, owner, active):
    complete(lead, action(lead, active, owner_id=owner.membership_id, due_on=DUE))
    action(lead, plan(lead), owner_id=owner.membership_id, due_on=DUE)

    assert upkeep.remind(now=at(30)) == 0


def test_the_accountable_person_stands_in_for_a_partner_and_for_an_owner_who_left(committed, lead, owner, active):
    action(lead, active, owner_id=None, partner="The police", due_on=DUE)
    action(lead, active, owner_id=owner.membership_id, due_on=DUE)
    with acting_as(lead):
        owner.membership.ends_on = date(2026, 12, 1)
        owner.membership.save(update_fields=["ends_on"])

    upkeep.remind(now=at(1))

    assert (told(owner), told(lead)) == (["owns"], ["overdue", "overdue"])


def test_people_are_told_of_their_own_organisations_actions_only(committed, lead, active):
    elsewhere = acting_of(make_membership(make_organisation("Elsewhere District Council"), "prevent_lead"))
    theirs = plan(elsewhere)
    action(elsewhere, theirs, due_on=DUE)
    with acting_as(elsewhere):
        actions.activate_plan(plan_id=theirs.pk, by=elsewhere, now=NOW)

    upkeep.remind(now=at(1))

    assert (told(elsewhere), told(lead)) == (["overdue"], [])
