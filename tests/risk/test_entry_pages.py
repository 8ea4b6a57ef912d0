"""The pages of one risk in an assessment: scores, words, controls, and where a finding leads."""

from datetime import date

from foundation.core.acting import acting_as
from risk import actions
from risk.models import Control, Entry, Risk
from tests.conftest import NOW
from tests.factories import risk as factories
from tests.risk.pages import empty_day, of, queries_of


def test_a_finding_links_to_the_page_that_puts_it_right(browser, entry):
    page = browser.get(of(entry)).content.decode()

    assert f'href="{of(entry, "controls/add/")}"' in page
    assert f'href="{of(entry, "response/")}"' in page


def scores(**changes):
    names = [f"{kind}_{side}" for kind in ("inherent", "residual", "target") for side in ("likelihood", "impact")]
    return dict.fromkeys(names, "") | empty_day("target_on") | {"version": 2, "reason": ""} | changes


def test_a_score_is_saved_and_its_movement_shown(browser, entry):
    typed = scores(inherent_likelihood=4, inherent_impact=4, residual_likelihood=2, residual_impact=2, reason="Tested")

    page = browser.post(of(entry, "score/"), typed, follow=True).content.decode()

    assert "4: Unlikely, Moderate" in page
    assert "The current score over time" in page
    assert "Tested" in page


def test_half_a_score_is_an_error_on_the_half_that_is_missing(browser, lead, entry):
    response = browser.post(
        of(entry, "score/"), scores(inherent_likelihood=4, residual_likelihood="", residual_impact=3)
    )

    assert response.status_code == 200
    assert response.content.decode().count("Select both likelihood and impact, or neither") == 4
    with acting_as(lead):
        assert Entry.objects.visible_to(lead).get().version == 2


def test_a_score_that_falls_without_a_reason_says_so_and_keeps_what_was_typed(browser, entry):
    typed = scores(inherent_likelihood=4, inherent_impact=4, residual_likelihood=1, residual_impact=1)

    page = browser.post(of(entry, "score/"), typed).content.decode()

    assert "Say why the score falls." in page


def test_two_who_score_get_the_page_that_shows_both(browser, lead, entry):
    factories.score(lead, entry, residual=(4, 3))

    response = browser.post(
        of(entry, "score/"), scores(inherent_likelihood=4, inherent_impact=4, residual_likelihood=3, residual_impact=4)
    )

    assert response.status_code == 409
    assert "Somebody saved first" in response.content.decode()


def test_a_risk_is_described_answered_to_and_controlled_on_its_pages(browser, lead, approver, entry):
    browser.post(
        of(entry, "describe/"),
        {
            "version": 2,
            "title": "Drawn in on gaming sites",
            "theme": "online",
            "ideologies": ["islamist"],
            "source": "incident",
            "marking": "official",
        },
    )
    browser.post(
        of(entry, "response/"),
        {
            "version": 3,
            "response": "tolerate",
            "tolerated_by_id": approver.membership_id,
            "tolerated_until_0": 1,
            "tolerated_until_1": 2,
            "tolerated_until_2": 2027,
            "owner_id": lead.membership_id,
            "review_every_months": 6,
        }
        | empty_day("next_review_on"),
    )
    browser.post(of(entry, "controls/add/"), {"version": 4, "text": "Filter", "strength": "strong"})
    browser.post(of(entry, "reviewed/"), {"version": 5})

    with acting_as(lead):
        row = Entry.objects.visible_to(lead).get()
        assert (row.title, row.source, row.response, row.owner_id) == (
            "Drawn in on gaming sites",
            "incident",
            "tolerate",
            lead.membership_id,
        )
        assert (row.tolerated_until, row.version) == (date(2027, 2, 1), 6)
        assert Control.objects.visible_to(lead).get().text == "Filter"
    history = browser.get(of(entry, "history/")).content.decode()
    assert "<del>Drawn in online</del>" in history.replace("\n", "")
    assert "Filter (Effective)" in history


def test_a_form_without_scores_has_no_scores_anywhere(browser, lead):
    row = factories.assessment(lead, template="prompts")
    entry = factories.risk(lead, row)

    register, page = browser.get(row.get_absolute_url()).content.decode(), browser.get(of(entry)).content.decode()

    assert "Inherent" not in register + page
    assert "/matrix/" not in register
    response = browser.post(
        of(entry, "prompts/"),
        {"version": 1, "management": "Lessons"} | empty_day("target_on") | empty_day("next_review_on"),
        follow=True,
    )
    assert "Lessons" in response.content.decode()


def test_closing_and_reopening_a_risk_on_its_page(browser, lead, entry):
    url = f"/risk/risks/{entry.risk.reference}/"

    page = browser.post(f"{url}close/", {"version": 1, "reason": "No longer there"}, follow=True).content.decode()

    assert "No longer there" in page
    browser.post(f"{url}reopen/", {"version": 2, "reason": "Seen again"})
    with acting_as(lead):
        assert Risk.objects.visible_to(lead).get().closed_at is None


def test_the_page_of_a_risk_asks_no_more_when_its_history_grows(browser, lead, draft, entry):
    before = queries_of(browser, of(entry)), queries_of(browser, entry.risk.get_absolute_url())
    for step in range(4):
        factories.score(lead, entry, residual=(1 + step % 3, 2), reason="Moved")
        with acting_as(lead):
            actions.comment(assessment_id=draft.pk, entry_id=entry.pk, text="Seen", by=lead, now=NOW)

    assert (queries_of(browser, of(entry)), queries_of(browser, entry.risk.get_absolute_url())) == before
