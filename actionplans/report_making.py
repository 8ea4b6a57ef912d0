"""The steps of making a report of a plan, with nothing long inside a transaction."""

from collections.abc import Callable, Mapping
from functools import partial

from django.utils.translation import gettext as _

from actionplans import action_spreadsheets, actions
from actionplans.models import PlanReport
from actionplans.report_content import build, document_of
from actionplans.report_parts import parts_of
from foundation import jobs
from foundation.core.acting import Acting
from foundation.documents import verify
from foundation.jobs.reports import draw_parts, write_spreadsheet


def make(job: "jobs.JobContext", *, report_id: int) -> None:
    """Read, draw, keep. Run twice, it keeps one document."""
    job.progress(0, 3, "reading")
    with job.step() as acting:
        report = PlanReport.objects.visible_to(acting).select_related("plan__owner", "requested_by").get(pk=report_id)
        if report.file_id is not None:
            _finish(job, report)
            return
        made, parts, figures = _begin(job, report, acting)
    job.progress(1, 3, "drawing")
    document = made()
    job.progress(parts + 1, parts + 2, "keeping")
    pages = None if report.is_spreadsheet else verify.page_count(document)
    with job.step() as acting:
        report = actions.store_report(
            report_id=report_id, document=document, pages=pages, figures=figures, by=acting, now=job.now()
        )
        _finish(job, report)


def _begin(
    job: "jobs.JobContext", report: PlanReport, acting: Acting
) -> tuple[Callable[[], bytes], int, Mapping[str, int] | None]:
    """Read what the report tells.

    Gives back what makes the document of it, without the database; of how many parts; and its figures.
    """
    now = job.now()
    if report.is_spreadsheet:
        sheet = action_spreadsheets.build(acting=acting, report=report, now=now)
        written = write_spreadsheet(job, document_of(acting, report, now), sheet)
        return lambda: written, 1, None
    content = build(acting=acting, report=report, now=now)
    parts = parts_of(content)
    figures = content.quarter.figures if content.quarter else None
    return partial(draw_parts, job, content.document, parts), len(parts), figures


def _finish(job: "jobs.JobContext", report: PlanReport) -> None:
    job.finish(label=_("Open the report"), url_name="actionplans:report", reference=report.reference)
