"""The steps of making a report of the risk room, with nothing long inside a transaction."""

from datetime import datetime

from django.utils.translation import gettext as _

from foundation import jobs
from foundation.core.acting import Acting
from foundation.documents import verify
from foundation.jobs.reports import draw
from risk import actions, reports, response_reports
from risk.models import RiskReport
from risk.models.reports import ReportKind
from risk.reports import RiskContent
from risk.response_reports import ResponseContent

SCORED, PROMPTS, RESPONSE = "risk/pdf/scored.html", "risk/pdf/prompts.html", "risk/pdf/response.html"


def make(job: "jobs.JobContext", *, report_id: int) -> None:
    """Read, draw, keep. Run twice, it keeps one document."""
    job.progress(0, 3, "reading")
    with job.step() as acting:
        report = (
            RiskReport.objects.visible_to(acting)
            .select_related("edition", "assessment__approved_by", "assessment__approver", "assessment__created_by")
            .get(pk=report_id)
        )
        if report.file_id is not None:
            _finish(job, report)
            return
        template, content = content_of(report, acting=acting, now=job.now())
    job.progress(1, 3, "drawing")
    pdf = draw(job, template, content.document, {"content": content})
    job.progress(2, 3, "keeping")
    with job.step() as acting:
        report = actions.store_report(
            report_id=report_id, pdf=pdf, pages=verify.page_count(pdf), by=acting, now=job.now()
        )
        _finish(job, report)


def content_of(report: RiskReport, *, acting: Acting, now: datetime) -> tuple[str, RiskContent | ResponseContent]:
    """The template of a report and what it shows."""
    if report.kind == ReportKind.RESPONSE:
        return RESPONSE, response_reports.build(acting=acting, report=report, now=now)
    content = reports.build(acting=acting, report=report, now=now)
    return (SCORED if content.is_scored else PROMPTS), content


def _finish(job: "jobs.JobContext", report: RiskReport) -> None:
    job.finish(
        label=_("Open the report"),
        url_name="risk:report",
        reference=report.reference,
        file_label=_("Download the PDF"),
        file_url_name="risk:download_report",
    )
