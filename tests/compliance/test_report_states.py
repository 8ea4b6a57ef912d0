"""A report's state follows from its document and its job: every pair of them, and the ways from one to another."""

import itertools
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from compliance import actions
from compliance.models import ComplianceReport
from compliance.workflow import ReportStatus
from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.files.models import StoredFile
from foundation.jobs import actions as job_actions
from foundation.jobs.models import Job
from foundation.jobs.workflow import Failure, Status
from foundation.organisations.models import RoleGrant
from foundation.organisations.roles import Role
from tests.conftest import NOW
from tests.factories.compliance import ask_for_report

JOBS = {
    "queued": {},
    "delayed": {"status": Status.DELAYED, "sent_at": None},
    "running": {
        "status": Status.RUNNING, "leased_by": "worker", "lease_until": NOW + timedelta(minutes=1), "started_at": NOW,
    },
    "done": {"status": Status.DONE, "finished_at": NOW},
    "failed": {
        "status": Status.FAILED, "finished_at": NOW, "failure_code": Failure.CRASHED, "failure_sentence": "It stopped.",
    },
    "cancelled": {"status": Status.CANCELLED, "finished_at": NOW},
    "cleared away": None,
}  # fmt: skip
WITHOUT_FILE = {
    "queued": ReportStatus.REQUESTED,
    "delayed": ReportStatus.REQUESTED,
    "running": ReportStatus.REQUESTED,
    "done": ReportStatus.FAILED,
    "failed": ReportStatus.FAILED,
    "cancelled": ReportStatus.CANCELLED,
    "cleared away": ReportStatus.FAILED,
}


def put(report, job):
    """Bring the report's job into a state. To be called as somebody."""
    found = Job.objects.filter(pk=report.job_id)
    found.delete() if JOBS[job] is None else found.update(**JOBS[job] or {"sent_at": NOW})


def stored(report, by):
    return actions.store_report(report_id=report.pk, pdf=b"%PDF-1.7 finished", pages=1, by=by, now=NOW)


def state_of(report, by):
    return ComplianceReport.objects.visible_to(by).with_state().get(pk=report.pk).state


def run(report, by):
    """Let the report's job be done; how the report stands afterwards."""
    with acting_as(by):
        jobs.run_here(ComplianceReport.objects.select_related("job").get(pk=report.pk).job, at=NOW)
        return state_of(report, by)


def fail(report, by, code=Failure.UNEXPECTED):
    with acting_as(by):
        job = Job.objects.get(pk=ComplianceReport.objects.get(pk=report.pk).job_id)
    claimed = job_actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW)
    job_actions.failed(claimed, code=code, now=NOW)
    return job


def documents():
    return StoredFile.objects.filter(purpose="compliance.report").count()


# ---- Every pair
@pytest.mark.parametrize(("job", "has_file"), list(itertools.product(JOBS, [True, False])))
def test_the_state_follows_from_document_and_job(lead, library, job, has_file):
    report = ask_for_report(lead)
    with acting_as(lead):
        if has_file:
            stored(report, lead)
        put(report, job)

        state = state_of(report, lead)

    assert state == (ReportStatus.READY if has_file else WITHOUT_FILE[job])


@pytest.mark.parametrize(("job", "has_file"), list(itertools.product(JOBS, [True, False])))
def test_only_what_failed_or_was_cancelled_is_made_again(lead, library, job, has_file):
    report = ask_for_report(lead)
    with acting_as(lead):
        if has_file:
            stored(report, lead)
        put(report, job)
        standing = ComplianceReport.objects.get().job_id

        if not has_file and job in {"done", "failed", "cancelled", "cleared away"}:
            again = actions.make_again(report_id=report.pk, by=lead, now=NOW)
            assert (again.job.status, again.job_id != standing) == (Status.QUEUED, True)
            assert state_of(report, lead) == ReportStatus.REQUESTED
        else:
            with pytest.raises(RuleBroken, match="so it cannot be made again"):
                actions.make_again(report_id=report.pk, by=lead, now=NOW)
            assert ComplianceReport.objects.get().job_id == standing


@pytest.mark.parametrize("change", [{"sha256": "x"}, {"pages": 1}, {"finished_at": NOW}])
def test_the_database_refuses_half_a_document(lead, library, change):
    report = ask_for_report(lead)

    with acting_as(lead), pytest.raises(IntegrityError, match="whole_or_not_at_all"), transaction.atomic():
        ComplianceReport.objects.filter(pk=report.pk).update(**change)


# ---- Lists
def test_a_list_is_sorted_by_state_and_asks_once(lead, library):
    with acting_as(lead):
        for job in ("queued", "failed", "cancelled"):
            put(ask_for_report(lead), job)

        with CaptureQueriesContext(connection) as captured:
            rows = list(ComplianceReport.objects.visible_to(lead).with_state().order_by("state"))

        assert [row.state for row in rows] == ["cancelled", "failed", "requested"]
        assert [row.state_label for row in rows] == ["Cancelled", "Failed", "Being made"]
        assert len(captured) == 1


# ---- After a refusal, a cancel and a loss
def test_a_report_whose_maker_lost_the_right_has_failed_and_a_colleague_may_make_it(
    committed, lead, acting_for, library
):
    colleague = acting_for(Role.SENIOR_APPROVER)
    report = ask_for_report(lead)
    with acting_as(lead):
        RoleGrant.objects.filter(membership=lead.membership).update(ends_on=NOW.date() - timedelta(days=1))

    after_refusal = run(report, lead)
    with acting_as(colleague):
        actions.make_again(report_id=report.pk, by=colleague, now=NOW)
    after_second = run(report, colleague)

    assert (after_refusal, after_second) == (ReportStatus.FAILED, ReportStatus.READY)


def test_a_report_whose_job_was_cancelled_is_cancelled_and_may_be_made(committed, lead, library):
    report = ask_for_report(lead)
    with acting_as(lead):
        job_actions.cancel(job_id=report.job_id, by=lead, now=NOW)
        cancelled = state_of(report, lead)
        actions.make_again(report_id=report.pk, by=lead, now=NOW)

    assert (cancelled, run(report, lead)) == (ReportStatus.CANCELLED, ReportStatus.READY)


def test_starting_the_job_again_makes_a_report_that_failed(committed, lead, library):
    report = ask_for_report(lead)
    job = fail(report, lead)

    with acting_as(lead):
        job_actions.retry(job_id=job.pk, by=lead, now=NOW)
        being_made = state_of(report, lead)

    assert (being_made, run(report, lead)) == (ReportStatus.REQUESTED, ReportStatus.READY)


def test_a_job_that_another_took_the_place_of_does_not_start_again(committed, lead, library, client_for):
    report = ask_for_report(lead)
    old = fail(report, lead)
    before = client_for(lead).get(f"/jobs/{old.reference}/").content.decode()
    with acting_as(lead):
        actions.make_again(report_id=report.pk, by=lead, now=NOW)

    response = client_for(lead).post(f"/jobs/{old.reference}/retry/", follow=True)

    assert "Try again" in before
    assert "Try again" not in response.content.decode()
    assert "Another job has taken the place of this one" in response.content.decode()
    with acting_as(lead):
        assert Job.objects.get(pk=old.pk).status == Status.FAILED


@pytest.mark.parametrize("round_", range(3))
@pytest.mark.parametrize("pressed", [("retry", "again"), ("again", "again"), ("retry", "retry")], ids="+".join)
def test_pressed_at_once_there_is_one_job_and_one_document(committed, lead, library, backup, pressed, round_):
    report = ask_for_report(lead)
    old = fail(report, lead)
    press = {
        "retry": lambda: job_actions.retry(job_id=old.pk, by=lead, now=NOW),
        "again": lambda: actions.make_again(report_id=report.pk, by=lead, now=NOW),
    }
    barrier, outcomes = threading.Barrier(2), []

    def at_once(button):
        try:
            barrier.wait(timeout=10)
            with acting_as(lead):
                press[button]()
            outcomes.append("started")
        except RuleBroken:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=at_once, args=(button,)) for button in pressed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["refused", "started"]
    assert backup(Job).filter(status=Status.QUEUED).count() == 1
    assert run(report, lead) == ReportStatus.READY
    with acting_as(lead):
        assert documents() == 1


# ---- The page
def test_the_page_of_a_failed_report_says_why_and_offers_another_try(committed, lead, library, client_for):
    report = ask_for_report(lead)
    with acting_as(lead):
        put(report, "failed")
    client = client_for(lead)

    page = client.get(report.get_absolute_url()).content.decode()
    pressed = client.post(f"{report.get_absolute_url()}again/")

    assert "Failed" in page
    assert "It stopped." in page
    assert "Try again" in page
    with acting_as(lead):
        new = ComplianceReport.objects.select_related("job").get().job
        assert (new.status, pressed.headers["Location"]) == (Status.QUEUED, f"/jobs/{new.reference}/")


def test_the_page_of_a_report_being_made_leads_to_its_job_and_offers_nothing(lead, library, client_for):
    report = ask_for_report(lead)

    page = client_for(lead).get(report.get_absolute_url()).content.decode()

    assert "Being made" in page
    assert f'href="/jobs/{report.job.reference}/"' in page
    assert "Try again" not in page
