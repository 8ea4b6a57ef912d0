"""Evidence behind a risk: linked once, taken away once, and shown on both pages to those who may read both."""

import json

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.evidence import actions as evidence
from foundation.ledger.models import Event
from foundation.organisations.roles import ROLES, Role
from risk import actions
from risk.models import RiskEvidence
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.evidence import note


@pytest.fixture
def item(lead):
    return note(lead, "Minutes of the board")


def link(by, entry, item):
    with acting_as(by):
        return actions.link_evidence(risk_id=entry.risk_id, evidence_id=item.pk, by=by, now=NOW)


def unlink(by, use):
    with acting_as(by):
        return actions.unlink_evidence(use_id=use.pk, by=by, now=NOW)


def standing(by):
    with acting_as(by):
        return [(use.evidence.title, use.unlinked_at) for use in RiskEvidence.objects.visible_to(by)]


def test_evidence_is_linked_and_the_log_says_which(lead, entry, item):
    link(lead, entry, item)

    assert standing(lead) == [("Minutes of the board", None)]
    with acting_as(lead):
        event = Event.objects.visible_to(lead).get(verb="risk.evidence_linked")
    assert (event.target_reference, json.loads(event.facts)) == (entry.risk.reference, {"evidence": item.reference})


def test_evidence_is_linked_once_taken_away_once_and_linked_anew(lead, entry, item):
    use = link(lead, entry, item)
    with pytest.raises(RuleBroken, match="linked already"):
        link(lead, entry, item)

    unlink(lead, use)

    with pytest.raises(RuleBroken, match="already unlinked"):
        unlink(lead, use)
    link(lead, entry, item)
    assert standing(lead) == [("Minutes of the board", None), ("Minutes of the board", NOW)]


def test_neither_a_closed_risk_nor_withdrawn_evidence_is_linked(lead, entry, item):
    with acting_as(lead):
        evidence.withdraw(evidence_id=item.pk, version=1, reason="Replaced", by=lead, now=NOW)
    with pytest.raises(RuleBroken, match="withdrawn"):
        link(lead, entry, item)
    with acting_as(lead):
        actions.close_risk(risk_id=entry.risk_id, version=1, reason="Gone", by=lead, now=NOW)

    with pytest.raises(RuleBroken, match="This risk is closed"):
        link(lead, entry, note(lead, "Another"))

    assert standing(lead) == []


@pytest.mark.parametrize("role", [role for role in Role if "risk.edit" not in ROLES[role].permissions])
def test_only_who_writes_assessments_links_and_unlinks(lead, acting_for, entry, item, role):
    use = link(lead, entry, item)
    other = acting_for(role)

    with pytest.raises(PermissionDenied):
        link(other, entry, note(lead, "Another"))
    with pytest.raises(PermissionDenied):
        unlink(other, use)

    assert standing(lead) == [("Minutes of the board", None)]


def test_another_organisations_lead_reaches_neither_risk_nor_link(lead, other_organisation, entry, item):
    use = link(lead, entry, item)
    stranger = acting_of(make_membership(other_organisation, Role.PREVENT_LEAD))

    with pytest.raises(ObjectDoesNotExist):
        link(stranger, entry, item)
    with pytest.raises(ObjectDoesNotExist):
        unlink(stranger, use)

    assert standing(lead) == [("Minutes of the board", None)]


def test_the_database_keeps_that_it_was_linked(lead, entry, item):
    use = link(lead, entry, item)

    with acting_as(lead), pytest.raises(Exception, match="permission denied"), transaction.atomic():
        RiskEvidence.objects.visible_to(lead).filter(pk=use.pk).delete()
    with acting_as(lead), pytest.raises(IntegrityError, match="risk_evidence_once"), transaction.atomic():
        RiskEvidence.objects.create(
            organisation=lead.organisation, risk=entry.risk, evidence=item, linked_at=NOW, linked_by=lead.membership
        )

    assert standing(lead) == [("Minutes of the board", None)]


def test_two_who_link_the_same_at_once_link_it_once(committed, lead, entry, item, backup):
    results = at_once(lambda: link(lead, entry, item), lambda: link(lead, entry, item))

    assert sorted(type(each).__name__ for each in results) == ["RiskEvidence", "RuleBroken"]
    assert backup(RiskEvidence).count() == 1


def test_on_its_pages_evidence_is_chosen_shown_and_taken_away(client_for, lead, entry, item):
    browser, page = client_for(lead), entry.risk.get_absolute_url()
    assert "Minutes of the board" in browser.get(f"{page}evidence/").content.decode()

    shown = browser.post(f"{page}evidence/", {"evidence": item.reference}, follow=True).content.decode()
    of_item = browser.get(item.get_absolute_url()).content.decode()
    with acting_as(lead):
        use = RiskEvidence.objects.visible_to(lead).get()
    after = browser.post(f"{page}evidence/{use.pk}/remove/", follow=True).content.decode()

    assert "Evidence linked to R1" in shown
    assert f"by {lead.membership.name}" in shown.partition('id="evidence"')[2]
    assert f'href="{page}"' in of_item
    assert "R1 Drawn in online" in of_item
    assert "No evidence is linked." in after
    assert "No longer linked" in after


def test_what_is_chosen_must_be_there(client_for, lead, entry):
    page = entry.risk.get_absolute_url()

    answer = client_for(lead).post(f"{page}evidence/", {"evidence": "ZZZZ-ZZZZ"}, follow=True)

    assert "Select the evidence to link." in answer.content.decode()
    assert standing(lead) == []


def test_the_page_asks_no_more_for_more_evidence(client_for, lead, entry, item):
    browser, page = client_for(lead), entry.risk.get_absolute_url()
    link(lead, entry, item)
    browser.get(page)
    with CaptureQueriesContext(connection) as of_one:
        browser.get(page)
    for number in range(4):
        link(lead, entry, note(lead, f"Minutes {number}"))

    with CaptureQueriesContext(connection) as of_many:
        browser.get(page)

    assert len(of_many) == len(of_one)
