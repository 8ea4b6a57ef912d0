"""The steps of making a report of a plan, with nothing long inside a transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from actionplans import action_spreadsheets, actions, quarterly, queries
from actionplans.lines import Group, Line
from actionplans.models import DueChange, Plan, PlanReport, Progress, ReportKind
from actionplans.timeline import timeline
from foundation import jobs
from foundation.core.acting import Acting
from foundation.core.markings import Marking
from foundation.core.templatetags.portal import day
from foundation.documents import verify
from foundation.documents.charts import Chart
from foundation.documents.layout import DocumentContext
from foundation.jobs.reports import draw, write_spreadsheet

TEMPLATE = "actionplans/pdf/report.html"
QUARTERLY_TEMPLATE = "actionplans/pdf/quarterly.html"


@dataclass(frozen=True)
class PlanContent:
    """Everything a report of a plan shows. ``chart`` is None where there are no actions.

    ``quarter`` is there in a quarterly report alone.
    """

    document: DocumentContext
    plan: Plan
    is_full: bool
    groups: list[Group]
    late: list[Line]
    figures: list[tuple[int, str]]
    chart: Chart | None
    notes: dict[int, list[Progress]]
    moves: dict[int, list[DueChange]]
    quarter: quarterly.Content | None = None


def build(*, acting: Acting, report: PlanReport, now: datetime) -> PlanContent:
    """The content of a report, as the plan stands now."""
    plan, today = report.plan, timezone.localdate(now)
    groups = queries.by_objective(acting, plan, today)
    lines = sorted((line for group in groups for line in group.lines), key=lambda line: line.action.due_on)
    ids = [line.action.pk for line in lines if line.own]
    notes: dict[int, list[Progress]] = {}
    moves: dict[int, list[DueChange]] = {}
    is_full = report.kind == ReportKind.FULL
    if is_full:
        for note in Progress.objects.visible_to(acting).filter(action__in=ids).select_related("noted_by"):
            notes.setdefault(note.action_id, []).append(note)
        for move in DueChange.objects.visible_to(acting).filter(action__in=ids).select_related("changed_by"):
            moves.setdefault(move.action_id, []).append(move)
    chart = None
    if lines:
        chart = timeline(lines, today=today, caption=_("Actions from start to due date"), chart_id="pdf-timeline")
    content = PlanContent(
        document=document_of(acting, report, now),
        plan=plan,
        is_full=is_full,
        groups=groups,
        late=[line for line in lines if line.signs],
        figures=[
            (len(lines), _("actions")),
            (sum(line.action.status == "done" for line in lines), _("done")),
            (sum(line.is_overdue for line in lines), _("overdue")),
            (sum(bool(line.signs) and not line.is_overdue for line in lines), _("drifting")),
        ],
        chart=chart,
        notes=notes,
        moves=moves,
    )
    return _of_quarter(content, quarterly.build(acting, report, lines)) if report.quarter_from else content


def document_of(acting: Acting, report: PlanReport, now: datetime) -> DocumentContext:
    """What a report of a plan says of itself, whatever its format."""
    plan = report.plan
    return DocumentContext(
        title=plan.title,
        organisation=acting.organisation.name,
        marking=str(Marking(report.marking).label),
        report_id=report.reference,
        as_at=now,
        generated_at=now,
        version="1",
        subtitle=str(_("Action plan")),
        period=_("%(first)s to %(last)s") % {"first": day(plan.period_from), "last": day(plan.period_to)},
    )


def _of_quarter(content: PlanContent, quarter: quarterly.Content) -> PlanContent:
    document = replace(content.document, subtitle=_("Quarterly report"), period=quarter.quarter.in_words)
    return replace(content, document=document, quarter=quarter)


def make(job: "jobs.JobContext", *, report_id: int) -> None:
    """Read, draw, keep. Run twice, it keeps one document."""
    job.progress(0, 3, "reading")
    with job.step() as acting:
        report = PlanReport.objects.visible_to(acting).select_related("plan__owner", "requested_by").get(pk=report_id)
        if report.file_id is not None:
            _finish(job, report)
            return
        made, figures = _begin(job, report, acting)
    job.progress(1, 3, "drawing")
    document = made()
    job.progress(2, 3, "keeping")
    pages = None if report.is_spreadsheet else verify.page_count(document)
    with job.step() as acting:
        report = actions.store_report(
            report_id=report_id, document=document, pages=pages, figures=figures, by=acting, now=job.now()
        )
        _finish(job, report)


def _begin(
    job: "jobs.JobContext", report: PlanReport, acting: Acting
) -> tuple[Callable[[], bytes], Mapping[str, int] | None]:
    """Read what the report tells: gives back what makes the document of it, without the database, and its figures."""
    now = job.now()
    if report.is_spreadsheet:
        sheet = action_spreadsheets.build(acting=acting, report=report, now=now)
        written = write_spreadsheet(job, document_of(acting, report, now), sheet)
        return lambda: written, None
    content = build(acting=acting, report=report, now=now)
    template = QUARTERLY_TEMPLATE if content.quarter else TEMPLATE
    figures = content.quarter.figures if content.quarter else None
    return partial(draw, job, template, content.document, context(content)), figures


def context(content: PlanContent) -> dict[str, object]:
    """What the PDF's template needs besides the document itself."""
    chapters = [
        (group.title, [(line, *_noted(content, line)) for line in group.lines]) for group in content.groups
    ]  # fmt: skip
    return {"content": content, "chapters": chapters, "timeline": content.chart, "quarter": content.quarter}


def _noted(content: PlanContent, line: Line) -> tuple[list[Progress], list[DueChange]]:
    """What was noted of one's own action. A member's stays with the member."""
    if line.own is None:
        return [], []
    return content.notes.get(line.own.pk, []), content.moves.get(line.own.pk, [])


def _finish(job: "jobs.JobContext", report: PlanReport) -> None:
    job.finish(label=_("Open the report"), url_name="actionplans:report", reference=report.reference)
