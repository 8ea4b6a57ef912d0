from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance import actions
from compliance.models import Answer, ComplianceReport, Requirement
from foundation.core import drafts
from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.factories.compliance import give_answer
from tests.factories.evidence import note

ANSWER = "/compliance/requirements/LA-05/answer/"


def typed(**changes):
    fields = {"version": 0, "applies": "yes", "status": "met", "comment": "Mine", "why_not": "", "owner_id": ""}
    return fields | {f"next_review_on_{part}": "" for part in range(3)} | changes


@pytest.fixture
def browser(lead, client_for):
    return client_for(lead)


def test_an_answer_is_saved_and_shown(browser, lead, library):
    response = browser.post(ANSWER, typed(comment="A board meets."), follow=True)

    page = response.content.decode()
    assert response.redirect_chain == [("/compliance/requirements/LA-05/", 302)]
    assert "A board meets." in page
    with acting_as(lead):
        assert Answer.objects.get().status == "met"


def test_a_missing_reason_is_an_error_on_its_field_and_keeps_what_was_typed(browser, lead, library):
    response = browser.post(ANSWER, typed(applies="no", comment="Still here"))

    page = response.content.decode()
    assert response.status_code == 200
    assert "Say why this requirement does not apply to you" in page
    assert "<title>Error: Answer LA-05" in page.replace("\n", "")
    assert "Still here" in page
    with acting_as(lead):
        assert Answer.objects.count() == 0


@pytest.mark.parametrize(("day", "month", "year"), [("31", "2", "2027"), ("1", "13", "2027"), ("x", "1", "2027")])
def test_a_date_that_does_not_exist_is_refused(browser, library, day, month, year):
    response = browser.post(ANSWER, typed(next_review_on_0=day, next_review_on_1=month, next_review_on_2=year))

    assert response.status_code == 200
    assert b"govuk-error-summary" in response.content


def test_a_stale_save_shows_both_texts_and_saving_again_stands(browser, lead, requirement):
    give_answer(lead, requirement("LA-05"), comment="Theirs, saved first")

    conflict = browser.post(ANSWER, typed(comment="Mine, typed meanwhile"))

    page = conflict.content.decode()
    assert conflict.status_code == 409
    assert "Theirs, saved first" in page
    assert "Mine, typed meanwhile" in page
    with acting_as(lead):
        assert Answer.objects.get().comment == "Theirs, saved first"
        assert drafts.find(lead, ANSWER)["comment"] == ["Mine, typed meanwhile"]

    browser.post(ANSWER, typed(version=1, comment="Mine, typed meanwhile"))
    with acting_as(lead):
        assert Answer.objects.get().comment == "Mine, typed meanwhile"
        assert drafts.find(lead, ANSWER) is None


def test_what_was_typed_and_not_saved_is_there_again(browser, lead, library):
    browser.post(f"/drafts/?path={ANSWER}", {"comment": "half a sentence", "status": "partly_met"})

    page = browser.get(ANSWER).content.decode()

    assert "half a sentence" in page
    assert "what you typed last time" in page


def test_a_requirement_answered_elsewhere_says_where(browser, lead, requirement):
    give_answer(lead, requirement("LA-01"))

    page = browser.get("/compliance/requirements/GEN-03/").content.decode()

    assert "A more specific requirement asks the same question" in page
    assert "/compliance/requirements/LA-01/" in page


def test_wording_nobody_checked_says_so(browser, library):
    page = browser.get("/compliance/requirements/LA-05/").content.decode()

    assert "has not yet been checked against the published document" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?theme=PART&state=met", {"LA-05"}),
        ("?q=multi-agency+group+agrees", {"LA-05"}),
        ("?flag=no_evidence", {"LA-05"}),
        ("?state=not_applicable", {"LA-09"}),
        ("?owner=none&state=met", {"LA-05"}),
    ],
)
def test_the_register_shows_what_the_filter_asks_for(browser, lead, requirement, query, expected):
    give_answer(lead, requirement("LA-05"))
    give_answer(lead, requirement("LA-09"), applies=False, why_not="A unitary council.")

    page = browser.get(f"/compliance/requirements/{query}")

    assert {line["code"] for line in page.context["lines"] if not line["through"]} == expected


def test_a_filter_that_makes_no_sense_is_said_on_its_field_and_shows_the_whole_register(browser, library):
    whole = browser.get("/compliance/requirements/").context["lines"]

    page = browser.get("/compliance/requirements/?theme=NOWHERE")

    text = page.content.decode()
    assert page.context["lines"] == whole
    assert "<title>Error: Duty register" in text
    assert 'id="id_theme-error"' in text


def test_an_export_holds_exactly_what_is_filtered_and_no_formula(browser, lead, requirement):
    give_answer(lead, requirement("LA-05"), comment="=HYPERLINK(1)")

    response = browser.get("/compliance/requirements/?q=multi-agency+group+agrees&export=csv")

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("LA-05,")
    assert "'=HYPERLINK(1)" in lines[1]


def test_an_own_requirement_is_added_changed_and_withdrawn(browser, lead, library):
    fields = {
        "own_code": "OWN-1", "theme_code": "LEAD", "title": "Ours", "text": "As our strategy says.", "force": "should",
        "review_interval_months": 6, "version": 0,
    }  # fmt: skip
    browser.post("/compliance/requirements/add/", fields)
    with acting_as(lead):
        row = Requirement.objects.get(code="OWN-1")

    browser.post("/compliance/requirements/OWN-1/change/", fields | {"title": "Ours, better", "version": row.version})
    browser.post("/compliance/requirements/OWN-1/withdraw/")

    with acting_as(lead):
        row.refresh_from_db()
        assert (row.title, row.in_force_to is not None, row.revisions.count()) == ("Ours, better", True, 2)


def test_a_code_in_use_is_refused_on_its_field(browser, library):
    fields = {
        "own_code": "la-05", "theme_code": "LEAD", "title": "x", "text": "x", "force": "must",
        "review_interval_months": 6, "version": 0,
    }  # fmt: skip
    response = browser.post("/compliance/requirements/add/", fields)

    assert "The code la-05 is already in use" in response.content.decode()


def test_a_requirement_of_the_library_cannot_be_changed(browser, library):
    assert browser.get("/compliance/requirements/LA-05/change/").status_code == 404


def test_a_report_for_a_future_date_is_refused_on_the_form(browser, lead, library):
    tomorrow = NOW.date() + timedelta(days=400)
    fields = {"theme_code": "", "marking": "official", "with_evidence": "yes"}
    dates = {"as_at_0": tomorrow.day, "as_at_1": tomorrow.month, "as_at_2": tomorrow.year}

    response = browser.post("/compliance/reports/new/", fields | dates)

    assert "The date must be today or in the past" in response.content.decode()
    with acting_as(lead):
        assert ComplianceReport.objects.count() == 0


@pytest.mark.parametrize("count", [1, 6])
def test_the_list_of_reports_costs_the_same_queries_at_any_length(browser, lead, library, count):
    for _ in range(count):
        with acting_as(lead):
            actions.request_report(
                theme_code="", as_at=NOW.date(), marking="official", with_evidence=True, by=lead, now=NOW
            )

    browser.get("/compliance/reports/")
    with CaptureQueriesContext(connection) as captured:
        browser.get("/compliance/reports/")
    assert len(captured) == 9  # four of them are the savepoint and context of the test around it


@pytest.mark.parametrize("count", [1, 12])
def test_the_register_page_costs_the_same_queries_at_any_length(browser, lead, requirement, count):
    for number in range(1, count + 1):
        give_answer(lead, requirement(f"LA-{number:02}"))
        item = note(lead, f"Evidence {number}")
        with acting_as(lead):
            actions.link_evidence(
                requirement_id=requirement(f"LA-{number:02}").pk, evidence_id=item.pk, by=lead, now=NOW
            )

    browser.get("/compliance/requirements/")  # the first request of a session also notes that it was seen
    with CaptureQueriesContext(connection) as captured:
        browser.get("/compliance/requirements/")
    assert len(captured) == 11  # four of them are the savepoint and context of the test around it


def test_evidence_is_searched_without_putting_the_words_in_the_address(browser, lead, library):
    note(lead, "Quarterly minutes")
    note(lead, "Hire policy")

    response = browser.post("/compliance/requirements/LA-05/evidence/", {"search": "minutes"}, follow=True)

    assert "minutes" not in response.redirect_chain[0][0]
    assert [item.title for item, _state, _colour in response.context["rows"]] == ["Quarterly minutes"]


def test_a_trend_of_nothing_is_not_drawn(browser, lead, requirement):
    empty = browser.get("/compliance/").context["trend"]
    give_answer(lead, requirement("LA-05"), status="met", now=NOW)

    assert (empty, browser.get("/compliance/").context["trend"] is None) == (None, False)
