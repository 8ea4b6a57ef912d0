"""What an action is linked to: other actions, requirements, evidence and risks."""

from datetime import timedelta

import pytest

from actionplans import actions
from actionplans.models import ActionEvidence, ActionRequirement, Dependency
from compliance.models import Requirement
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.actionplans.seen import verbs
from tests.conftest import NOW
from tests.factories.actionplans import action, complete, plan, risk
from tests.factories.evidence import note

LATER = NOW + timedelta(days=1)


def test_a_circle_of_dependencies_is_refused_however_long(lead):
    of = plan(lead)
    first, second, third = (action(lead, of) for _ in range(3))
    with acting_as(lead):
        actions.add_dependency(action_id=first.pk, needs_id=second.pk, by=lead, now=NOW)
        actions.add_dependency(action_id=second.pk, needs_id=third.pk, by=lead, now=NOW)

        with pytest.raises(RuleBroken, match="A1 waits for A3, directly or through others"):
            actions.add_dependency(action_id=third.pk, needs_id=first.pk, by=lead, now=NOW)
        with pytest.raises(RuleBroken, match="cannot wait for itself"):
            actions.add_dependency(action_id=third.pk, needs_id=third.pk, by=lead, now=NOW)

        assert Dependency.objects.count() == 2


def test_an_action_that_waits_for_an_open_one_is_not_completed(lead):
    of = plan(lead)
    row, needed = action(lead, of), action(lead, of)
    with acting_as(lead):
        actions.add_dependency(action_id=row.pk, needs_id=needed.pk, by=lead, now=NOW)
    with pytest.raises(RuleBroken, match="waits for another that is not done"):
        complete(lead, row)
    complete(lead, needed)

    assert complete(lead, row).status == "done"


def test_requirements_and_evidence_are_linked_once_and_taken_away(lead):
    row, item = action(lead), note(lead)
    with acting_as(lead):
        requirement = Requirement.objects.get(code="LA-05")
        link = actions.link_requirement(action_id=row.pk, requirement_id=requirement.pk, by=lead, now=NOW)
        use = actions.link_evidence(action_id=row.pk, evidence_id=item.pk, by=lead, now=NOW)
        for again in (
            lambda: actions.link_requirement(action_id=row.pk, requirement_id=requirement.pk, by=lead, now=NOW),
            lambda: actions.link_evidence(action_id=row.pk, evidence_id=item.pk, by=lead, now=NOW),
        ):
            with pytest.raises(RuleBroken, match="linked already"):
                again()
        actions.unlink_requirement(link_id=link.pk, by=lead, now=LATER)
        actions.unlink_evidence(use_id=use.pk, by=lead, now=LATER)

        assert ActionRequirement.objects.count() == 0
        assert ActionEvidence.objects.get().unlinked_at == LATER
    linked = [verb for verb in verbs(lead, row) if "linked" in verb]
    assert linked == ["action.linked", "action.linked", "action.unlinked", "action.unlinked"]


def test_a_closed_risk_is_not_linked(lead):
    row, found = action(lead), risk(lead)
    with acting_as(lead):
        found.closed_at, found.closed_by, found.closed_reason = NOW, lead.membership, "Gone"
        found.save(update_fields=["closed_at", "closed_by", "closed_reason"])

        with pytest.raises(RuleBroken, match="This risk is closed"):
            actions.link_risk(action_id=row.pk, risk_id=found.pk, by=lead, now=NOW)
