"""The content of a report of a plan as data, before any PDF is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from actionplans import quarterly, queries
from actionplans.lines import Group, Line
from actionplans.models import DueChange, Plan, PlanReport, Progress, ReportKind
from actionplans.timeline import timeline
from actionplans.workflow import OPEN
from foundation.core.acting import Acting
from foundation.core.markings import Marking
from foundation.core.templatetags.portal import day
from foundation.documents.charts import Chart
from foundation.documents.layout import DocumentContext

ON_ONE_DRAWING = 25  # bars that fit a page
MOST_DRAWN = 100


@dataclass(frozen=True)
class PlanContent:
    """Everything a report of a plan shows. ``quarter`` is there in a quarterly report alone.

    ``charts``: the timeline of ``drawn`` actions, in drawings that each fit a page; ``undrawn``: there are more.
    """

    document: DocumentContext
    plan: Plan
    is_full: bool
    groups: list[Group]
    late: list[Line]
    figures: list[tuple[int, str]]
    charts: list[Chart]
    drawn: int
    undrawn: bool
    notes: dict[int, list[Progress]]
    moves: dict[int, list[DueChange]]
    quarter: quarterly.Content | None = None

    def noted(self, line: Line) -> tuple[list[Progress], list[DueChange]]:
        """What was noted of one's own action. A member's stays with the member."""
        if line.own is None:
            return [], []
        return self.notes.get(line.own.pk, []), self.moves.get(line.own.pk, [])


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
    drawn = _drawn(lines)
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
        charts=_charts(drawn, today),
        drawn=len(drawn),
        undrawn=0 < len(drawn) < len(lines),
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


def _drawn(lines: Sequence[Line]) -> list[Line]:
    """Which actions the timeline shows: all of a plan that is not too long, else the open ones that are due first."""
    if len(lines) <= MOST_DRAWN:
        return list(lines)
    return [line for line in lines if line.action.status in OPEN][:MOST_DRAWN]


def _charts(lines: Sequence[Line], today: date) -> list[Chart]:
    caption = _("Actions from start to due date")
    return [
        timeline(lines[first : first + ON_ONE_DRAWING], today=today, caption=caption, chart_id=f"pdf-timeline-{first}")
        for first in range(0, len(lines), ON_ONE_DRAWING)
    ]
