"""What an organisation adds to the duty and how it keeps its assessment."""

from datetime import date, timedelta

import pytest

from compliance import actions
from compliance.models import Requirement
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from tests.conftest import NOW

TODAY, LATER = date(2026, 11, 23), NOW + timedelta(days=1)


def test_changed_settings_stand_in_the_ledger_as_they_were_and_as_they_are(lead):
    wanted = {"stale_after_months": 12, "expiry_warning_days": 30, "highest_score": 4}

    with acting_as(lead):
        row = actions.change_settings(version=1, **wanted, by=lead, now=NOW)
        actions.change_settings(version=2, **wanted | {"highest_score": None}, by=lead, now=NOW)
        facts = [event.facts for event in Event.objects.filter(verb="compliance.settings_changed").order_by("pk")]

    said = '{{"expiry_warning_days":{},"highest_score":{},"stale_after_months":{}}}'.format
    assert (row.stale_after_months, row.expiry_warning_days, row.highest_score) == (12, 30, 4)
    assert facts == [
        f'{{"after":{said(30, 4, 12)},"before":{said(60, "null", 14)}}}',
        f'{{"after":{said(30, "null", 12)},"before":{said(30, 4, 12)}}}',
    ]


def add(by, **changes):
    fields = {
        "code": "OWN-1", "theme_code": "LEAD", "title": " Ours ", "text": " As our strategy says. ", "force": "should",
        "review_interval_months": 6,
    }  # fmt: skip
    with acting_as(by):
        return actions.add_requirement(**fields | changes, by=by, now=NOW)


def change(by, row, *, version, **changes):
    fields = {"theme_code": "LEAD", "title": "Ours", "text": "Reworded.", "force": "must", "review_interval_months": 3}
    with acting_as(by):
        return actions.change_requirement(requirement_id=row.pk, version=version, **fields | changes, by=by, now=LATER)


def events(by, verb):
    with acting_as(by):
        return [(event.target_id, event.facts) for event in Event.objects.filter(verb=verb)]


def test_an_own_requirement_begins_today_with_its_first_wording(lead):
    row = add(lead)

    with acting_as(lead):
        wordings = list(row.revisions.values_list("number", "content", "effective_at"))
    assert (row.title, row.text, row.force, row.in_force_from, row.in_force_to) == (
        "Ours", "As our strategy says.", "should", TODAY, None,
    )  # fmt: skip
    assert (row.organisation_id, row.version, row.saved_by_id) == (lead.organisation_id, 1, None)
    assert wordings == [(1, row.content, NOW)]
    assert events(lead, "requirement.added") == [(row.pk, '{"force":"should","requirement":"OWN-1","theme":"LEAD"}')]


def test_a_code_that_the_library_or_we_use_already_is_refused_in_capitals_or_not(lead, library):
    add(lead, code="OWN-1")

    for code in ("own-1", "la-05"):
        with pytest.raises(RuleBroken, match=f"The code {code} is already in use"):
            add(lead, code=code)
    with acting_as(lead):
        assert Requirement.objects.filter(organisation=lead.organisation).count() == 1


def test_a_reworded_requirement_keeps_its_earlier_wording_and_says_who_saved_it(lead):
    row = add(lead)

    changed = change(lead, row, version=1)

    with acting_as(lead):
        wordings = [
            content["text"] for content in changed.revisions.order_by("number").values_list("content", flat=True)
        ]
    assert (changed.title, changed.force, changed.review_interval_months) == ("Ours", "must", 3)
    assert (changed.version, changed.saved_at, changed.saved_by_id) == (2, LATER, lead.membership_id)
    assert wordings == ["As our strategy says.", "Reworded."]
    assert events(lead, "requirement.changed") == [(row.pk, '{"requirement":"OWN-1"}')]


def test_a_stale_rewording_is_refused_and_carries_what_stands(lead):
    row = add(lead)
    change(lead, row, version=1, text="Theirs")

    with pytest.raises(StaleVersion) as refusal:
        change(lead, row, version=1, text="Mine")

    assert refusal.value.current.text == "Theirs"
    with acting_as(lead):
        assert Requirement.objects.get(pk=row.pk).text == "Theirs"
    assert len(events(lead, "requirement.changed")) == 1


def test_a_withdrawn_requirement_is_asked_until_today_and_withdrawn_once(lead):
    row = add(lead)

    with acting_as(lead):
        gone = actions.withdraw_requirement(requirement_id=row.pk, by=lead, now=LATER)
        with pytest.raises(RuleBroken, match="already withdrawn"):
            actions.withdraw_requirement(requirement_id=row.pk, by=lead, now=LATER)

    assert (gone.in_force_to, gone.version, gone.saved_by_id) == (LATER.date(), 2, lead.membership_id)
    assert events(lead, "requirement.withdrawn") == [(row.pk, '{"requirement":"OWN-1"}')]


def test_a_library_requirement_is_nobodys_own(lead, requirement):
    with pytest.raises(Requirement.DoesNotExist):
        change(lead, requirement("LA-05"), version=1)
    with pytest.raises(Requirement.DoesNotExist), acting_as(lead):
        actions.withdraw_requirement(requirement_id=requirement("LA-05").pk, by=lead, now=NOW)
