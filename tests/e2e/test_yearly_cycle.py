"""The yearly cycle of risk and plan, in a browser: from a new local profile to what the board reads."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from foundation.core.acting import Acting, acting_as
from foundation.organisations.roles import Role
from risk.models import Entry
from tests.e2e.axe import assert_accessible
from tests.e2e.going import follow, press
from tests.factories import risk as risks
from tests.foundation.documents.pdf_checks import assert_is_accessible
from tests.foundation.jobs.ground import Process

TITLE = "People are drawn in online"


@pytest.fixture
def approver(committed: None, acting_for: Callable[..., Acting]) -> Acting:
    return acting_for(Role.SENIOR_APPROVER, name="Helen Marchbanks")


@pytest.fixture
def entry(committed: None, lead: Acting, approver: Acting) -> Entry:
    """Last year's register: one risk, scored 3 by 4, approved."""
    row = risks.assessment(lead, "Risk of last year", period_from=date(2025, 1, 1), period_to=date(2025, 12, 31))
    entry = risks.score(lead, risks.risk(lead, row, TITLE), inherent=(4, 4), residual=(3, 4))
    risks.approve(approver, risks.send(lead, row, approver))
    return entry


def day(page: Page, label: str, on: date) -> None:
    group = page.get_by_role("group", name=label)
    for name, value in (("Day", on.day), ("Month", on.month), ("Year", on.year)):
        group.get_by_label(name).fill(str(value))


def test_the_yearly_cycle(
    worker: Process, page_for: Callable[..., Page], lead: Acting, approver: Acting, entry: Entry
) -> None:
    page = page_for(lead)

    enter_profile(page)
    assess_again(page)
    score(page, likelihood="4 Very likely", reason="The profile names a new platform.")
    say_that_it_was_assessed(page)
    send(page)
    approve(page_for(approver))
    plan_an_action(page)
    complete_it_and_score_lower(page)
    text = board_report(page)

    assert "Plan of this year" in text
    assert "A1 Work with three schools" in text
    with acting_as(lead):
        now = Entry.objects.visible_to(lead).order_by("pk").last()
        assert (now.residual_likelihood, now.residual_impact) == (2, 4)


def enter_profile(page: Page) -> None:
    page.goto("/risk/local-profiles/add/")
    assert_accessible(page)
    page.get_by_label("Title", exact=True).fill("Local profile of this year")
    page.get_by_label("Originator", exact=True).fill("Severnshire Constabulary")
    day(page, "Period from", date(2025, 4, 1))
    day(page, "Period to", date(2026, 3, 31))
    day(page, "Issued on", date(2026, 5, 4))
    page.get_by_label("Where is it held?", exact=True).fill("Safe of the community safety team")
    page.get_by_role("radio", name="All open risks").check()
    day(page, "Assessed again by", date(2099, 1, 31))
    press(page, "Save edition")
    expect(page.get_by_role("heading", name="Risks to assess again")).to_be_visible()
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()


def assess_again(page: Page) -> None:
    """The approved register is kept as it is: this year's begins as its copy."""
    page.goto("/risk/reassess/")
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()
    assert_accessible(page)
    page.goto("/risk/assessments/")
    follow(page, "Risk of last year")
    press(page, "Copy forward")
    page.get_by_label("Title", exact=True).fill("Risk of this year")
    day(page, "From", date(2026, 1, 1))
    day(page, "To", date(2026, 12, 31))
    press(page, "Copy it forward")
    expect(page.get_by_role("heading", name="Risk of this year")).to_be_visible()
    follow(page, TITLE)
    press(page, "Score")


def score(page: Page, *, likelihood: str, reason: str = "") -> None:
    assert_accessible(page)
    page.get_by_label("Current likelihood: with today's controls").select_option(likelihood)
    if reason:
        page.get_by_label("Why the scores change", exact=True).fill(reason)
    press(page, "Save the scores")
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()


def say_that_it_was_assessed(page: Page) -> None:
    page.goto("/risk/reassess/")
    follow(page, TITLE)
    assert_accessible(page)
    page.get_by_label("What came of it?", exact=True).fill("Raised by one step; the profile names a new platform.")
    press(page, "It was assessed again")


def send(page: Page) -> None:
    page.goto("/risk/assessments/")
    follow(page, "Risk of this year")
    follow(page, "Review and comments")
    press(page, "Send for approval")
    page.get_by_label("Who is to approve it?", exact=True).select_option(label="Helen Marchbanks")
    press(page, "Send for approval")
    expect(page.get_by_text("In review").first).to_be_visible()


def approve(page: Page) -> None:
    page.goto("/risk/assessments/")
    follow(page, "Risk of this year")
    follow(page, "Review and comments")
    assert_accessible(page)
    press(page, "Approve")
    page.get_by_label("Note (optional)", exact=True).fill("Discussed with the leadership team.")
    press(page, "Approve")
    expect(page.get_by_text("Approved").first).to_be_visible()
    page.goto("/risk/")
    expect(page.get_by_text("Raised by 4")).to_be_visible()


def plan_an_action(page: Page) -> None:
    page.goto("/action-plans/add/")
    page.get_by_label("Title", exact=True).fill("Plan of this year")
    day(page, "From", date(2026, 1, 1))
    day(page, "To", date(2026, 12, 31))
    page.get_by_role("radio").first.check()
    page.get_by_label("Owner of the plan", exact=True).select_option(index=1)
    press(page, "Save plan")
    press(page, "Activate the plan")
    press(page, "Add an action")
    page.get_by_label("What is to be done, in one line?", exact=True).fill("Work with three schools")
    page.get_by_label("How will we know that it worked?", exact=True).fill("Fewer referrals from the three schools")
    page.get_by_label("Who does it?", exact=True).select_option(index=1)
    day(page, "Due", date(2099, 6, 30))
    press(page, "Save action")
    follow(page, "Link risks, requirements and other actions")
    assert_accessible(page)
    press(page, "Link the risk")
    expect(page.get_by_role("button", name="Remove R1")).to_be_visible()
    follow(page, "Back")


def complete_it_and_score_lower(page: Page) -> None:
    press(page, "Complete")
    assert_accessible(page)
    page.get_by_label("What came of it?", exact=True).fill("Referrals fell by half")
    page.get_by_role("radio", name="Lowered it").check()
    press(page, "Complete the action")
    expect(page.get_by_role("heading", name="Score the risks again")).to_be_visible()
    assert_accessible(page)
    press(page, "Copy forward and score R1")
    page.get_by_label("Title", exact=True).fill("Risk of next year")
    day(page, "From", date(2027, 1, 1))
    day(page, "To", date(2027, 12, 31))
    press(page, "Copy it forward")
    expect(page.get_by_label("Why the scores change", exact=True)).to_have_value(
        "A1 was completed: Referrals fell by half"
    )
    score(page, likelihood="2 Unlikely")
    expect(page.get_by_text("A1 was completed: Referrals fell by half").first).to_be_visible()


def board_report(page: Page) -> str:
    page.goto("/action-plans/")
    follow(page, "Plan of this year")
    follow(page, "Make a report of the plan")
    page.get_by_role("radio", name="For the board").check()
    assert_accessible(page)
    press(page, "Make the report")
    expect(page.get_by_role("button", name="Open the report")).to_be_visible(timeout=60_000)
    press(page, "Open the report")
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the PDF").click()
    pdf = Path(download.value.path()).read_bytes()
    assert_is_accessible(pdf)
    return " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(pdf)).pages).split())
