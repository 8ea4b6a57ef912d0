"""The steps of making a report of training, with nothing long inside a transaction."""

from collections.abc import Callable
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import jobs
from foundation.core.acting import Acting
from foundation.core.templatetags.portal import day
from foundation.documents import csv_export, verify, xlsx
from foundation.documents.layout import RegisterColumn
from foundation.jobs.reports import draw, draw_register, write_spreadsheet
from training import compliance_report, register, return_report, sign_in_sheet
from training.actions import reporting
from training.models import ReportKind, TrainingReport

TEMPLATE = "training/pdf/compliance.html"
RETURN_TEMPLATE = "training/pdf/return.html"


def make(job: "jobs.JobContext", *, report_id: int) -> None:
    """Read, draw, keep. Run twice, it keeps one document."""
    job.progress(0, 3, "reading")
    with job.step() as acting:
        report = TrainingReport.objects.visible_to(acting).select_related("requested_by").get(pk=report_id)
        if report.file_id is not None:
            _finish(job, report)
            return
        made = _begin(job, report, acting)
    job.progress(1, 3, "drawing")
    document = made()
    job.progress(2, 3, "keeping")
    pages = None if report.is_spreadsheet else verify.page_count(document)
    with job.step() as acting:
        report = reporting.store_report(report_id=report_id, document=document, pages=pages, by=acting, now=job.now())
        _finish(job, report)


def _begin(job: "jobs.JobContext", report: TrainingReport, acting: Acting) -> Callable[[], bytes]:
    """Read what the report tells: gives back what makes the document of it, without the database."""
    now = job.now()
    if report.kind == ReportKind.SHEET:
        signed = sign_in_sheet.build(acting=acting, report=report, now=now)
        return partial(draw, job, sign_in_sheet.TEMPLATE, signed.document, {"content": signed})
    document = compliance_report.document_of(acting, report, now)
    if report.kind == ReportKind.FIGURES:
        content = compliance_report.build(acting=acting, report=report, now=now)
        return partial(draw, job, TEMPLATE, content.document, {"content": content, "report": report})
    if report.kind == ReportKind.RETURN:
        returned = return_report.build(acting=acting, report=report, now=now)
        return partial(draw, job, RETURN_TEMPLATE, returned.document, {"content": returned})
    rows = register.rows(compliance_report.asked(acting, report, now))
    if report.kind == ReportKind.REGISTER:
        columns = [RegisterColumn(str(each.title), each.share) for each in register.FIELDS if each.share]
        printed = [register.printed(row) for row in rows]
        return partial(draw_register, job, document, columns, printed, introduction=_introduction(report))
    if report.kind == ReportKind.CSV:
        heading: list[tuple[str, csv_export.Cell]] = [
            (_("Title"), document.subtitle),
            (_("Organisation"), document.organisation),
            (_("Marking"), document.marking),
            (_("Report ID"), document.report_id),
            (_("As at"), timezone.localdate(document.as_at)),
        ]
        written = b"".join(csv_export.stream(register.headers(), rows, heading=heading))
    else:
        sheet = xlsx.Sheet(register.columns(), rows, _("Training"), frozen=1, facts=partial(_facts, report))
        written = write_spreadsheet(job, document, sheet)
    return lambda: written


def _introduction(report: TrainingReport) -> str:
    return _("Everybody who was asked for training on %(day)s, as was known when that day ended.") % {
        "day": day(report.as_at)
    }


def _facts(report: TrainingReport) -> list[xlsx.Fact]:
    return [
        (_("What it is"), _introduction(report)),
        (_("As at day"), report.as_at),
        (_("Asked for by"), report.requested_by.name),
    ]


def _finish(job: "jobs.JobContext", report: TrainingReport) -> None:
    job.finish(label=_("Open the report"), url_name="training:report", reference=report.reference)
