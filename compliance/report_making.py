"""The steps of making a compliance report, with nothing long inside a transaction."""

from django.utils.translation import gettext as _

from compliance import actions, pictures, reports
from compliance.models import ComplianceReport
from foundation import jobs
from foundation.core.exceptions import RuleBroken
from foundation.documents import layout, verify
from foundation.documents.pdf import PdfCancelled
from foundation.documents.process import PdfTooLarge, PdfTooSlow

TEMPLATE = "compliance/pdf/report.html"


def make(job: "jobs.JobContext", *, report_id: int) -> None:
    """Read, draw, keep. Run twice, it keeps one document."""
    job.progress(0, 3, "reading")
    with job.step() as acting:
        report = ComplianceReport.objects.visible_to(acting).select_related("theme").get(pk=report_id)
        if report.file_id is not None:
            _finish(job, report)
            return
        content = reports.build_compliance(acting=acting, report=report, now=job.now())
    job.progress(1, 3, "drawing")
    try:
        pdf = layout.make_pdf(TEMPLATE, content.document, context(content), cancelled=_asker(job))
    except PdfCancelled:
        raise jobs.JobCancelled from None
    except (PdfTooLarge, PdfTooSlow) as error:
        raise RuleBroken(str(error)) from error
    job.progress(2, 3, "keeping")
    with job.step() as acting:
        report = actions.store_report(
            report_id=report_id, pdf=pdf, pages=verify.page_count(pdf), by=acting, now=job.now()
        )
        _finish(job, report)


def context(content: reports.ComplianceContent) -> dict:
    """What the PDF's template needs besides the document itself."""
    return {
        "content": content,
        "whole_chart": pictures.whole(content.register, prefix="pdf"),
        "theme_chart": pictures.by_theme(content.register, prefix="pdf"),
        "movement_chart": pictures.movement(content.period.registers, prefix="pdf"),
        "tags": reports.TAGS,
    }


def _finish(job: "jobs.JobContext", report: ComplianceReport) -> None:
    job.finish(
        label=_("Open the report"),
        url_name="compliance:report",
        reference=report.reference,
        file_label=_("Download the PDF"),
        file_url_name="compliance:download_report",
    )


def _asker(job: "jobs.JobContext"):  # type: ignore[no-untyped-def]
    def cancelled() -> bool:
        try:
            job.check_cancelled()
        except jobs.JobCancelled:
            return True
        return False

    return cancelled
