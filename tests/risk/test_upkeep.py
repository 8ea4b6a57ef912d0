"""What the clock tells people: a risk is due to be reviewed. Its owner, once for each due date."""

from datetime import date, datetime, timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.notifications.models import Notice
from risk import actions, upkeep
from risk.models import Entry
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import risk as factories

DUE = date(2026, 12, 31)


@pytest.fixture
def owner(organisation):
    return acting_of(make_membership(organisation, "board_member", name="Owen Owner"))


@pytest.fixture
def owned(committed, lead, owner, entry) -> Entry:
    return factories.own(lead, entry, owner.membership_id, next_review_on=DUE)


def at(days_after_due: int) -> datetime:
    return NOW + (DUE - NOW.date()) + timedelta(days=days_after_due)


def told(person) -> list[str]:
    with acting_as(person):
        rows = Notice.objects.visible_to(person).filter(membership_id=person.membership_id, kind="risk.review_due")
        return list(rows.order_by("pk").values_list("target_reference", flat=True))


def test_the_owner_is_told_on_the_day_and_once(lead, owner, owned):
    counts = [upkeep.remind(now=at(day)) for day in (-1, 0, 0, 1, 30)]

    assert counts == [0, 1, 0, 0, 0]
    assert (told(owner), told(lead)) == ([owned.risk.reference], [])


def test_a_review_that_was_missed_while_the_clock_stood_still_is_told_later(owner, owned):
    assert (upkeep.remind(now=at(3)), told(owner)) == (1, [owned.risk.reference])


def test_the_next_due_date_is_told_anew(lead, owner, owned):
    upkeep.remind(now=at(0))
    with acting_as(lead):
        reviewed = actions.mark_reviewed(entry_id=owned.pk, version=owned.version, by=lead, now=at(0))

    assert reviewed.next_review_on == date(2027, 12, 31)
    assert (upkeep.remind(now=at(1)), upkeep.remind(now=at(365))) == (0, 1)
    assert told(owner) == [owned.risk.reference] * 2


def test_nobody_is_told_of_a_risk_that_is_closed_or_was_taken_out(lead, draft, owner, owned):
    other = factories.own(lead, factories.risk(lead, draft, "Leaflets"), owner.membership_id, next_review_on=DUE)
    factories.close(lead, owned)
    with acting_as(lead):
        actions.remove_entry(entry_id=other.pk, version=other.version, reason="Twice", by=lead, now=NOW)

    assert upkeep.remind(now=at(1)) == 0


def test_what_the_next_assessment_says_counts_and_not_the_one_before(lead, approver, draft, owner, owned):
    factories.send(lead, draft, approver)
    factories.approve(approver, draft)
    year = {"period_from": date(2027, 1, 1), "period_to": date(2027, 12, 31)}
    with acting_as(lead):
        copy = actions.copy_forward(assessment_id=draft.pk, title="Risk 2027", **year, by=lead, now=NOW)
        later = Entry.objects.visible_to(lead).get(assessment=copy)
    factories.own(lead, later, owner.membership_id, next_review_on=DUE + timedelta(days=10))

    assert (upkeep.remind(now=at(1)), upkeep.remind(now=at(10))) == (0, 1)


def test_a_risk_that_was_taken_out_of_the_next_assessment_counts_as_the_approved_one_says(
    lead, approver, draft, owner, owned
):
    factories.send(lead, draft, approver)
    factories.approve(approver, draft)
    year = {"period_from": date(2027, 1, 1), "period_to": date(2027, 12, 31)}
    with acting_as(lead):
        copy = actions.copy_forward(assessment_id=draft.pk, title="Risk 2027", **year, by=lead, now=NOW)
        later = Entry.objects.visible_to(lead).get(assessment=copy)
    later = factories.own(lead, later, owner.membership_id, next_review_on=DUE + timedelta(days=10))
    with acting_as(lead):
        actions.remove_entry(entry_id=later.pk, version=later.version, reason="Not ours", by=lead, now=NOW)

    assert upkeep.remind(now=at(0)) == 1


def test_leads_stand_in_for_an_owner_who_left(lead, owner, owned):
    with acting_as(lead):
        owner.membership.ends_on = date(2026, 12, 1)
        owner.membership.save(update_fields=["ends_on"])

    upkeep.remind(now=at(0))

    assert (told(owner), told(lead)) == ([], [owned.risk.reference])


def test_people_are_told_of_their_own_organisations_risks_only(lead, owner, owned):
    elsewhere = acting_of(make_membership(make_organisation("Elsewhere District Council"), "prevent_lead"))
    theirs = factories.risk(elsewhere, factories.assessment(elsewhere))
    factories.own(elsewhere, theirs, elsewhere.membership_id, next_review_on=DUE)

    upkeep.remind(now=at(0))

    assert (told(owner), told(elsewhere)) == ([owned.risk.reference], [theirs.risk.reference])
