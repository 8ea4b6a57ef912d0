"""Reports of a plan: asked for by whoever may, made by a job, kept as they were."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pypdf import PdfReader

from actionplans import actions
from actionplans.models import PlanReport
from foundation import jobs
from foundation.core.acting import acting_as
from foundation.notifications.models import Notice
from tests.factories.actionplans import action, complete, plan

NOW = timezone.now()


@pytest.fixture
def written(lead):
    """A plan with one action that is late, one that is done and one whose due date moved."""
    today = timezone.localdate(NOW)
    starts = today - timedelta(days=60)
    of = plan(lead, title="Delivery plan", summary="Fewer risks than last year")
    late = action(lead, of, title="Brief hirers", starts_on=starts, due_on=today - timedelta(days=3))
    done = action(lead, of, title="Train tutors", starts_on=starts, due_on=today)
    complete(lead, done, outcome="Ninety tutors trained", now=NOW)
    with acting_as(lead):
        actions.rate(action_id=late.pk, version=1, rag="green", reason="One hirer is left", by=lead, now=NOW)
        actions.report_progress(action_id=late.pk, note="Nine of ten signed", by=lead, now=NOW)
    return of


def made(by, of, kind) -> tuple[PlanReport, PdfReader]:
    with acting_as(by):
        report = actions.request_report(plan_id=of.pk, kind=kind, marking="official_sensitive", by=by, now=NOW)
        jobs.run_here(report.job)
        report.refresh_from_db()
        content = report.file.bytes.open().read()
    assert hashlib.sha256(content).hexdigest() == report.sha256
    return report, PdfReader(io.BytesIO(content))


def words(document: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def test_the_board_reads_figures_and_what_is_late_beside_the_own_rating(committed, lead, written):
    report, document = made(lead, written, "board")

    text = words(document)
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert all(
        each in text
        for each in ("Delivery plan", "OFFICIAL-SENSITIVE", "Fewer risks than last year", report.reference, "Overdue")
    )
    assert "On track: One hirer is left" in text
    assert "Nine of ten signed" not in text
    with acting_as(lead):
        assert Notice.objects.filter(kind="actionplans.report_ready", target_reference=report.reference).count() == 1


def test_the_full_version_tells_every_note_and_outcome(committed, lead, written):
    _report, document = made(lead, written, "full")

    text = words(document)
    assert "Nine of ten signed" in text
    assert "Outcome: Ninety tutors trained" in text


def test_a_report_stays_as_it_was_when_the_plan_changes(committed, lead, written):
    report, _document = made(lead, written, "board")
    with acting_as(lead):
        again = actions.store_report(report_id=report.pk, document=b"%PDF-1.7 other", pages=9, by=lead, now=NOW)

    assert (again.sha256, again.pages) == (report.sha256, report.pages)


@pytest.mark.parametrize("role", ["board_member", "assurer", "inspector", "staff"])
def test_who_may_not_report_gets_none(lead, acting_for, written, role):
    reader = acting_for(role)

    with acting_as(reader), pytest.raises(PermissionDenied, match="does not include reports"):
        actions.request_report(plan_id=written.pk, kind="board", marking="official", by=reader, now=NOW)


def test_a_report_is_asked_for_and_taken_on_pages(committed, lead, written, client_for):
    browser = client_for(lead)
    asked = browser.post(f"/action-plans/{written.reference}/report/", {"kind": "board", "marking": "official"})
    with acting_as(lead):
        report = PlanReport.objects.visible_to(lead).get()
        jobs.run_here(report.job)

    plan_page = browser.get(f"/action-plans/{written.reference}/").content.decode()
    report_page = browser.get(f"/action-plans/reports/{report.reference}/").content.decode()
    taken = browser.get(f"/action-plans/reports/{report.reference}/download/")

    assert asked["Location"] == f"/jobs/{report.job.reference}/"
    assert f"/action-plans/reports/{report.reference}/" in plan_page
    assert f"/action-plans/reports/{report.reference}/download/" in report_page
    assert report.sha256 in report_page
    assert taken.headers["Content-Type"] == "application/pdf"
    assert b"".join(taken.streaming_content).startswith(b"%PDF")
