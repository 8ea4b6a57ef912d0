"""From a completed action to the score of the risk it changed: the reason comes along, and nothing else changes."""

from datetime import date

import pytest
from django.utils import timezone

from actionplans import actions, beside
from actionplans.actions.finishing import Said
from foundation.core.acting import acting_as
from foundation.organisations.roles import Role
from risk import actions as risk
from risk.models import Assessment, Entry, ScoreChange
from risk.workflow import Status
from tests.factories import actionplans as plans
from tests.factories import risk as risks

SCORES = {"inherent_likelihood": "4", "inherent_impact": "4", "target_likelihood": "", "target_impact": ""}
NO_DAY = {f"target_on_{part}": "" for part in range(3)}


@pytest.fixture
def browser(lead, client_for):
    return client_for(lead)


@pytest.fixture
def entry(lead):
    """A scored risk in a draft."""
    return risks.score(lead, risks.risk(lead, risks.assessment(lead)))


def done(lead, entry, effect="lowered"):
    """An action that is done and changed the risk."""
    row = plans.action(lead)
    with acting_as(lead):
        link = actions.link_risk(action_id=row.pk, risk_id=entry.risk_id, by=lead, now=timezone.now())
        said = {link.pk: Said(effect, "Counted")}
        return actions.complete(action_id=row.pk, outcome="All 9 signed", effects=said, by=lead, now=timezone.now())


def approved(lead, acting_for, entry):
    approver = acting_for("senior_approver")
    return risks.approve(approver, risks.send(lead, entry.assessment, approver))


def again(action, entry):
    return f"/action-plans/actions/{action.reference}/score/{entry.risk.reference}/"


def test_completing_an_action_that_lowered_a_risk_leads_to_scoring_it(browser, lead, entry):
    row = plans.action(lead)
    with acting_as(lead):
        link = actions.link_risk(action_id=row.pk, risk_id=entry.risk_id, by=lead, now=timezone.now())

    response = browser.post(
        f"/action-plans/actions/{row.reference}/complete/",
        {"outcome": "All signed", f"effect_{link.pk}": "lowered", f"note_{link.pk}": "Counted"},
        follow=True,
    )

    page = response.content.decode()
    assert response.redirect_chain[-1][0] == f"/action-plans/actions/{row.reference}/score/"
    assert again(row, entry) in page
    assert "Lowered it: Counted" in page


@pytest.mark.parametrize("effect", ["none", "unclear"])
def test_an_action_that_changed_nothing_leads_back_to_itself(browser, lead, entry, effect):
    row = plans.action(lead)
    with acting_as(lead):
        link = actions.link_risk(action_id=row.pk, risk_id=entry.risk_id, by=lead, now=timezone.now())

    response = browser.post(
        f"/action-plans/actions/{row.reference}/complete/",
        {"outcome": "All signed", f"effect_{link.pk}": effect, f"note_{link.pk}": ""},
    )

    assert response["Location"] == f"/action-plans/actions/{row.reference}/"


def test_the_outcome_is_the_reason_to_begin_with_until_the_risk_is_scored(browser, lead, entry):
    action = done(lead, entry)
    address = f"/risk/assessments/{entry.assessment.reference}/risks/{entry.risk.reference}/score/"

    response = browser.post(again(action, entry))
    form = browser.get(response["Location"]).content.decode()
    with acting_as(lead):
        version = Entry.objects.visible_to(lead).get(pk=entry.pk).version
    browser.post(
        address,
        {"version": version, "residual_likelihood": "2", "residual_impact": "3", "reason": "All 9 signed"}
        | SCORES
        | NO_DAY,
    )
    later = browser.get(address).content.decode()

    assert response["Location"] == address
    assert f"{action.code} was completed: All 9 signed" in form
    assert f"{action.code} was completed" not in later
    with acting_as(lead):
        change = ScoreChange.objects.visible_to(lead).filter(kind="residual").order_by("pk").last()
        assert (change.likelihood, change.impact, change.reason) == (2, 3, "All 9 signed")


def test_the_reason_is_for_that_risk_alone(browser, lead, entry):
    other = risks.score(lead, risks.risk(lead, entry.assessment, "Something else"))
    action = done(lead, entry)

    browser.post(again(action, entry))
    form = browser.get(f"/risk/assessments/{entry.assessment.reference}/risks/{other.risk.reference}/score/")

    assert "was completed" not in form.content.decode()


def test_an_approved_assessment_is_copied_first_and_the_way_leads_on_to_the_score(browser, lead, acting_for, entry):
    kept = approved(lead, acting_for, entry)
    action = done(lead, entry)

    page = browser.get(f"/action-plans/actions/{action.reference}/score/").content.decode()
    first = browser.post(again(action, entry))
    period = {f"period_from_{n}": part for n, part in enumerate((1, 1, 2027))}
    period |= {f"period_to_{n}": part for n, part in enumerate((31, 12, 2027))}
    then = browser.post(first["Location"], {"title": "Risk 2027"} | period)

    assert "is approved and kept as it is" in page
    assert first["Location"] == f"/risk/assessments/{kept.reference}/copy/"
    with acting_as(lead):
        copy = Assessment.objects.visible_to(lead).get(status=Status.DRAFT)
    assert then["Location"] == f"/risk/assessments/{copy.reference}/risks/{entry.risk.reference}/score/"
    assert f"{action.code} was completed" in browser.get(then["Location"]).content.decode()


@pytest.mark.parametrize("is_sent", [True, False])
def test_an_assessment_in_review_says_so_and_leads_to_its_review(browser, lead, acting_for, entry, is_sent):
    action = done(lead, entry)
    if is_sent:
        risks.send(lead, entry.assessment, acting_for(Role.SENIOR_APPROVER))

    page = browser.get(f"/action-plans/actions/{action.reference}/score/").content.decode()

    review = f'href="/risk/assessments/{entry.assessment.reference}/review/"'
    assert (review in page, "Whoever approves it has to read a score that changes now" in page) == (is_sent, is_sent)


def test_a_copy_begun_for_its_own_sake_opens_as_it_always_did(browser, lead, acting_for, entry):
    kept = approved(lead, acting_for, entry)
    period = {f"period_from_{n}": part for n, part in enumerate((1, 1, 2027))}
    period |= {f"period_to_{n}": part for n, part in enumerate((31, 12, 2027))}

    response = browser.post(f"/risk/assessments/{kept.reference}/copy/", {"title": "Risk 2027"} | period)

    with acting_as(lead):
        copy = Assessment.objects.visible_to(lead).get(status=Status.DRAFT)
    assert response["Location"] == copy.get_absolute_url()


def test_only_a_risk_that_the_action_changed_is_scored_from_it(browser, lead, entry):
    other = risks.score(lead, risks.risk(lead, entry.assessment, "Something else"))
    unclear, lowered = done(lead, entry, "unclear"), done(lead, entry)

    assert browser.post(again(unclear, entry))["Location"] == unclear.get_absolute_url()
    assert browser.post(again(lowered, other))["Location"] == lowered.get_absolute_url()
    still_open = browser.get(f"/action-plans/actions/{plans.action(lead).reference}/score/").content.decode()
    assert "Nobody said that this action lowered or raised a risk" in still_open


def test_who_does_not_score_risks_is_refused(client_for, acting_for, lead, entry):
    action = done(lead, entry)

    for role in (Role.SENIOR_APPROVER, Role.BOARD_MEMBER, Role.STAFF):
        assert client_for(acting_for(role)).post(again(action, entry)).status_code in {403, 404}


def test_the_page_of_a_risk_shows_its_actions_and_what_they_did(browser, lead, entry):
    action = done(lead, entry)

    of_assessment = f"/risk/assessments/{entry.assessment.reference}/risks/{entry.risk.reference}/"
    for page in (f"/risk/risks/{entry.risk.reference}/", of_assessment):
        shown = browser.get(page).content.decode()
        assert action.get_absolute_url() in shown
        assert "Lowered it" in shown


def test_actions_beside_a_risk_are_those_that_one_may_see(lead, acting_for, entry):
    action = done(lead, entry)
    stranger = acting_for(Role.STAFF)

    with acting_as(lead):
        [row] = beside.of_risk(lead, entry.risk).rows
    with acting_as(stranger):
        nothing = beside.of_risk(stranger, entry.risk).rows

    assert (row.text, row.tag) == (f"{action.code} Brief all hirers", ("Done", "green"))
    assert nothing == []


def test_no_second_draft_is_begun_for_a_risk_that_was_left_out_of_the_first(browser, lead, acting_for, entry):
    kept = approved(lead, acting_for, entry)
    risks.risk(lead, risks.assessment(lead, "Another year", period_from=date(2027, 1, 1), period_to=date(2027, 12, 31)))
    action = done(lead, entry)

    page = browser.get(f"/action-plans/actions/{action.reference}/score/").content.decode()
    response = browser.post(again(action, entry))

    assert "add it to the one that is being written first" in page
    assert kept.reference not in response["Location"]


def test_a_draft_goes_before_an_assessment_in_review(browser, lead, acting_for, entry):
    approved(lead, acting_for, entry)
    with acting_as(lead):
        years = [
            risk.copy_forward(
                assessment_id=entry.assessment_id,
                title=f"Risk {year}",
                period_from=date(year, 1, 1),
                period_to=date(year, 12, 31),
                by=lead,
                now=timezone.now(),
            )
            for year in (2027, 2028)
        ]
    risks.send(lead, years[1], acting_for("senior_approver"))
    action = done(lead, entry)

    response = browser.post(again(action, entry))

    assert years[0].reference in response["Location"]
