"""Writing an action and changing what it says: it is in the ledger, and each refusal leaves it as it was."""

from dataclasses import replace
from datetime import date

import pytest

from actionplans import actions
from actionplans.models import Action
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from tests.actionplans.seen import as_it_stands, notices, verbs
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.actionplans import action, described, plan


def test_an_action_gets_the_next_number_and_its_owner_and_accountable_person_are_told(lead, owner, organisation):
    boss = acting_of(make_membership(organisation, "senior_approver"))
    of = plan(lead)
    action(lead, of)

    row = action(lead, of, owner_id=owner.membership_id, accountable_id=boss.membership_id)

    assert (row.code, row.status, row.original_due_on) == ("A2", "not_started", row.due_on)
    assert verbs(lead, row) == ["action.added"]
    assert (notices(owner), notices(boss), notices(lead)) == (["actionplans.owns"], ["actionplans.accountable"], [])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"due_on": date(2026, 9, 30)}, "cannot be due before it starts"),
        ({"owner_id": None}, "Name an owner"),
        ({"owner_id": 999_999}, "in the organisation today"),
        ({"team_id": 999_999}, "Choose a team"),
        ({"repeats": "calendar", "every_months": 3}, "Say how the action repeats"),
    ],
)
def test_an_action_that_makes_no_sense_is_refused(lead, said, why):
    of = plan(lead)

    with pytest.raises(RuleBroken, match=why):
        action(lead, of, **said)

    with acting_as(lead):
        assert Action.objects.visible_to(lead).count() == 0


def test_an_owner_who_left_is_refused_but_stays_named_where_they_are(lead, owner):
    row = action(lead, owner_id=owner.membership_id)
    with acting_as(lead):
        person = owner.membership
        person.ends_on = date(2026, 11, 1)
        person.save(update_fields=["ends_on"])

    with pytest.raises(RuleBroken, match="in the organisation today"):
        action(lead, owner_id=owner.membership_id)

    with acting_as(lead):
        same = described(lead, owner_id=owner.membership_id, title="Brief them all")
        changed = actions.change_action(
            action_id=row.pk, version=1, plan_id=row.plan_id, objective_id=None, description=same, by=lead, now=NOW
        )
    assert (changed.title, changed.version) == ("Brief them all", 2)


def test_a_stale_change_is_refused(lead):
    row = action(lead)
    common = {"action_id": row.pk, "plan_id": row.plan_id, "objective_id": None, "by": lead, "now": NOW}
    with acting_as(lead):
        actions.change_action(version=1, description=described(lead, title="First"), **common)

        with pytest.raises(StaleVersion):
            actions.change_action(version=1, description=described(lead, title="Second"), **common)

    assert as_it_stands(lead, row).title == "First"


def test_an_action_moves_to_next_years_plan(lead):
    row, following = action(lead), plan(lead, title="Next year")

    with acting_as(lead):
        actions.change_action(
            action_id=row.pk, version=1, plan_id=following.pk, objective_id=None, description=described(lead), by=lead,
            now=NOW,
        )  # fmt: skip

    assert as_it_stands(lead, row).plan_id == following.pk


def test_a_description_says_only_what_was_given(lead):
    said = described(lead, title="  Trim me  ")

    assert replace(said).columns()["title"] == "Trim me"
