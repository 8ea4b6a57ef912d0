"""The list of reports, one report, and another try after one failed or was cancelled."""

import pytest
from django.core.exceptions import PermissionDenied

from actionplans import actions
from actionplans.models import PlanReport
from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.jobs import actions as job_actions
from foundation.jobs.models import Job
from foundation.jobs.workflow import Failure, Status
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories.actionplans import plan


@pytest.fixture
def of(lead):
    return plan(lead, title="Delivery plan")


@pytest.fixture
def browser(lead, client_for):
    return client_for(lead)


def asked(by, of, **fields) -> PlanReport:
    with acting_as(by):
        return actions.request_report(
            plan_id=of.pk, by=by, now=NOW, **{"kind": "board", "marking": "official"} | fields
        )


def again(by, report) -> PlanReport:
    with acting_as(by):
        return actions.make_report_again(report_id=report.pk, by=by, now=NOW)


def state_of(report, by) -> str:
    with acting_as(by):
        return PlanReport.objects.visible_to(by).with_state().get(pk=report.pk).state


def fail(report, by) -> None:
    with acting_as(by):
        job = Job.objects.get(pk=report.job_id)
    claimed = job_actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW)
    job_actions.failed(claimed, code=Failure.CRASHED, now=NOW)


def test_a_cancelled_report_is_made_after_all(committed, lead, of):
    report = asked(lead, of)
    with acting_as(lead):
        job_actions.cancel(job_id=report.job_id, by=lead, now=NOW)
    cancelled = state_of(report, lead)
    report = again(lead, report)
    with acting_as(lead):
        jobs.run_here(Job.objects.get(pk=report.job_id), at=NOW)

    assert (cancelled, state_of(report, lead)) == ("cancelled", "ready")


def test_what_is_being_made_or_ready_is_not_made_again(committed, lead, of):
    report = asked(lead, of)

    with pytest.raises(RuleBroken, match="being made, so it cannot"):
        again(lead, report)
    with acting_as(lead):
        jobs.run_here(Job.objects.get(pk=report.job_id), at=NOW)
    with pytest.raises(RuleBroken, match="ready, so it cannot"):
        again(lead, report)


def test_asked_again_twice_at_once_there_is_one_job(committed, lead, of, backup):
    report = asked(lead, of)
    fail(report, lead)

    outcomes = at_once(lambda: again(lead, report), lambda: again(lead, report))

    assert [type(each) for each in outcomes if isinstance(each, Exception)] == [RuleBroken]
    assert backup(Job).filter(status=Status.QUEUED).count() == 1


@pytest.mark.parametrize("role", ["board_member", "assurer", "inspector", "staff", "records_manager"])
def test_who_may_not_report_has_neither_list_nor_another_try(committed, lead, of, acting_for, client_for, role):
    report = asked(lead, of)
    fail(report, lead)
    reader = acting_for(role)
    browser = client_for(reader)

    with pytest.raises((PermissionDenied, PlanReport.DoesNotExist)):
        again(reader, report)
    found = {
        browser.get("/action-plans/reports/").status_code,
        browser.get(report.get_absolute_url()).status_code,
        browser.post(f"{report.get_absolute_url()}again/").status_code,
    }

    assert found == {403}
    assert state_of(report, lead) == "failed"


def test_a_failed_report_says_so_and_offers_another_try(committed, lead, of, browser):
    report = asked(lead, of, kind="quarterly", quarter_from=NOW.date().replace(month=10, day=1))
    fail(report, lead)

    page = browser.get(report.get_absolute_url()).content.decode()
    pressed = browser.post(f"{report.get_absolute_url()}again/")

    assert "Try again" in page
    assert "October to December 2026" in page
    with acting_as(lead):
        job = PlanReport.objects.select_related("job").get().job
    assert (job.status, pressed["Location"]) == (Status.QUEUED, f"/jobs/{job.reference}/")


def test_another_try_of_what_is_being_made_is_refused_on_the_page(lead, of, browser):
    report = asked(lead, of)

    refused = browser.post(f"{report.get_absolute_url()}again/", follow=True).content.decode()

    assert "This document is being made, so it cannot be made again." in refused
    with acting_as(lead):
        assert Job.objects.count() == 1


def test_an_empty_list_leads_to_the_plans(lead, browser):
    page = browser.get("/action-plans/reports/").content.decode()

    assert "No reports yet" in page
    assert "Choose a plan" in page


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_asks_no_more_for_more_reports(lead, of, browser, django_assert_max_num_queries, count):
    for _each in range(count):
        asked(lead, of)
    browser.get("/action-plans/reports/")

    with django_assert_max_num_queries(12):
        page = browser.get("/action-plans/reports/")

    assert len(page.context["page"].items) == count
    assert "Delivery plan" in page.content.decode()
