"""A running job's page moves by itself, says only what is new, and turns into the finished page."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from compliance import actions as compliance
from foundation.core.acting import Acting, acting_as
from foundation.jobs import actions
from foundation.jobs.actions import Progress, Result
from foundation.jobs.models import Job
from tests.e2e.axe import assert_accessible

FRONTEND = Path(__file__).parents[2] / "node_modules/govuk-frontend/dist/govuk"
MOVED = 10_000  # the page asks every two seconds; the machine may be busy


@pytest.fixture
def running(committed: None, lead: Acting) -> Job:
    now = timezone.now()
    with acting_as(lead):
        report = compliance.request_report(
            theme_code="", as_at=now.date(), marking="official", with_evidence=False, by=lead, now=now
        )
    claimed = actions.claim(job_id=report.job_id, organisation_id=lead.organisation_id, now=now)
    assert claimed is not None
    actions.pulse(claimed, now=now, progress=Progress(3, 10, "part"))
    return claimed


@pytest.fixture
def job_page(running: Job, lead: Acting, page_for: Callable[..., Page]) -> Page:
    page = page_for(lead)
    page.goto(f"/jobs/{running.reference}/")
    expect(page.get_by_text("3 of 10")).to_be_visible()
    page.evaluate("window.sameDocument = true; window.sameStatus = document.querySelector('[role=status]')")
    return page


def test_progress_is_shown_without_loading_the_page_again(job_page: Page, running: Job) -> None:
    assert_accessible(job_page)

    actions.pulse(running, now=timezone.now(), progress=Progress(7, 10, "part"))

    expect(job_page.get_by_text("7 of 10")).to_be_visible(timeout=MOVED)
    expect(job_page.get_by_role("progressbar")).to_have_js_property("value", 7)
    # the live region is still the same element, so a screen reader announces only the new sentence
    assert job_page.evaluate("window.sameDocument && window.sameStatus === document.querySelector('[role=status]')")


def test_nothing_is_touched_while_nothing_changes(job_page: Page) -> None:
    job_page.evaluate(
        "window.changes = 0; new MutationObserver((seen) => (window.changes += seen.length)).observe("
        "document.querySelector('[data-progress]'), {subtree: true, childList: true, attributes: true,"
        " attributeFilter: ['value', 'max', 'class', 'role'], characterData: true})"
    )

    with job_page.expect_response("**/progress/"):
        pass
    with job_page.expect_response("**/progress/"):
        pass  # the second shows that the first has been dealt with

    assert job_page.evaluate("window.changes") == 0


def test_the_whole_page_follows_when_the_job_is_done(job_page: Page, running: Job, lead: Acting) -> None:
    with acting_as(lead):
        actions.fence(running, by=lead, result=Result("Open the report", "jobs:index"), now=timezone.now())

    expect(job_page.get_by_role("button", name="Open the report")).to_be_visible(timeout=MOVED)
    assert job_page.evaluate("window.sameDocument") is None
    assert job_page.locator("[data-progress]").count() == 0


def test_a_session_that_ended_elsewhere_takes_the_page_off_the_screen(job_page: Page, lead: Acting) -> None:
    assert lead.user is not None

    lead.user.sessions_valid_from = timezone.now()
    lead.user.save(update_fields=["sessions_valid_from"])

    job_page.wait_for_url("**/accounts/sign-in/**", timeout=MOVED)
    expect(job_page.get_by_text("3 of 10")).to_have_count(0)


def test_what_is_shown_stays_while_the_portal_does_not_answer(job_page: Page, running: Job) -> None:
    job_page.route("**/progress/", lambda route: route.fulfill(status=502, body="<p>Bad gateway</p>"))
    with job_page.expect_response("**/progress/"):
        pass
    expect(job_page.get_by_text("3 of 10")).to_be_visible()
    expect(job_page.get_by_text("Bad gateway")).to_have_count(0)

    job_page.unroute("**/progress/")
    actions.pulse(running, now=timezone.now(), progress=Progress(8, 10, "part"))

    expect(job_page.get_by_text("8 of 10")).to_be_visible(timeout=MOVED)


def test_it_loads_less_than_a_third_more_than_govuk_frontend_itself(job_page: Page) -> None:
    theirs = sum(
        len(gzip.compress((FRONTEND / f"govuk-frontend.min.{kind}").read_bytes(), 9)) for kind in ("css", "js")
    )
    loaded = job_page.evaluate(
        "performance.getEntriesByType('resource').map(({name}) => name).filter((name) => /[.](css|js)$/.test(name))"
    )

    ours = sum(len(gzip.compress(job_page.request.get(address).body(), 9)) for address in loaded)

    assert len(loaded) == 3
    assert ours <= 1.3 * theirs
