"""Handing over what somebody does to somebody else."""

from datetime import date

import pytest

from actionplans import actions
from actionplans.models import Action
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.actionplans.seen import as_it_stands, notices, verbs
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.actionplans import action, complete, plan


def test_all_open_actions_of_somebody_who_leaves_go_to_somebody_else(lead, owner, organisation):
    of, successor = plan(lead), acting_of(make_membership(organisation, name="Sue Successor"))
    owned = action(lead, of, owner_id=owner.membership_id)
    both = action(lead, of, owner_id=owner.membership_id, accountable_id=owner.membership_id)
    done = action(lead, of, owner_id=owner.membership_id)
    complete(lead, done)

    with acting_as(lead):
        count = actions.reassign(from_id=owner.membership_id, to_id=successor.membership_id, by=lead, now=NOW)
        people = list(Action.objects.visible_to(lead).order_by("number").values_list("owner_id", "accountable_id"))
        with pytest.raises(RuleBroken, match="has no open actions"):
            actions.reassign(from_id=owner.membership_id, to_id=successor.membership_id, by=lead, now=NOW)

    old, new, boss = owner.membership_id, successor.membership_id, lead.membership_id
    assert (count, people) == (2, [(new, boss), (new, new), (old, boss)])
    assert notices(successor) == ["actionplans.owns", "actionplans.owns"]
    assert "action.reassigned" in verbs(lead, owned)
    assert "action.reassigned" in verbs(lead, both)


def test_nothing_is_handed_to_somebody_who_left(lead, owner):
    row = action(lead)
    with acting_as(lead):
        owner.membership.ends_on = date(2026, 11, 1)
        owner.membership.save(update_fields=["ends_on"])

        with pytest.raises(RuleBroken, match="in the organisation today"):
            actions.reassign(from_id=lead.membership_id, to_id=owner.membership_id, by=lead, now=NOW)

    assert as_it_stands(lead, row).owner_id == lead.membership_id
