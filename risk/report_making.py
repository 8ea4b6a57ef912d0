"""The steps of making a report of the risk room, with nothing long inside a transaction."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from foundation import jobs
from foundation.core.acting import Acting
from foundation.documents import verify
from foundation.documents.chapters import Part
from foundation.jobs.reports import download_label, draw_parts, write_spreadsheet
from risk import actions, register_spreadsheets, reports, response_reports
from risk.models import RiskReport
from risk.models.reports import ReportKind
from risk.report_parts import parts_of
from risk.reports import RiskContent
from risk.response_reports import ResponseContent

SCORED, PROMPTS, RESPONSE = "risk/pdf/scored.html", "risk/pdf/prompts.html", "risk/pdf/response.html"
WITH_REPORT = (
    "edition",
    "requested_by",
    "assessment__approved_by",
    "assessment__approver",
    "assessment__created_by",
)


def make(job: "jobs.JobContext", *, report_id: int) -> None:
    """Read, draw, keep. Run twice, it keeps one document."""
    job.progress(0, 3, "reading")
    with job.step() as acting:
        report = RiskReport.objects.visible_to(acting).select_related(*WITH_REPORT).get(pk=report_id)
        if report.file_id is not None:
            _finish(job, report)
            return
        made, parts = _begin(job, report, acting)
    job.progress(1, 3, "drawing")
    document = made()
    job.progress(parts + 1, parts + 2, "keeping")
    pages = None if report.is_spreadsheet else verify.page_count(document)
    with job.step() as acting:
        report = actions.store_report(report_id=report_id, document=document, pages=pages, by=acting, now=job.now())
        _finish(job, report)


def _begin(job: "jobs.JobContext", report: RiskReport, acting: Acting) -> tuple[Callable[[], bytes], int]:
    """Read what the report tells: gives back what makes the document, without the database, and of how many parts."""
    if report.is_spreadsheet:
        document, sheet = register_spreadsheets.build(acting=acting, report=report, now=job.now())
        written = write_spreadsheet(job, document, sheet)
        return lambda: written, 1
    template, content = content_of(report, acting=acting, now=job.now())
    parts = parts_of(template, content) if isinstance(content, RiskContent) else [Part(template, {"content": content})]
    return partial(draw_parts, job, content.document, parts), len(parts)


def content_of(report: RiskReport, *, acting: Acting, now: datetime) -> tuple[str, RiskContent | ResponseContent]:
    """The template of a report that is a PDF, and what it shows."""
    if report.kind == ReportKind.RESPONSE:
        return RESPONSE, response_reports.build(acting=acting, report=report, now=now)
    content = reports.build(acting=acting, report=report, now=now)
    return (SCORED if content.is_scored else PROMPTS), content


def _finish(job: "jobs.JobContext", report: RiskReport) -> None:
    job.finish(
        label=_("Open the report"),
        url_name="risk:report",
        reference=report.reference,
        file_label=download_label(is_spreadsheet=report.is_spreadsheet),
        file_url_name="risk:download_report",
    )
