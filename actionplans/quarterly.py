"""What a quarter brought to a plan, for its board.

What was done, moved or scored anew is of the quarter, from dates that are kept. How open actions stand is as they stand
when the report is made.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from actionplans import duty
from actionplans.duty import DutyStanding
from actionplans.lines import Line
from actionplans.models import ActionRisk, DueChange, PlanReport, Rag, ReportKind
from actionplans.quarters import Quarter
from actionplans.workflow import OPEN, Status
from foundation.core.acting import Acting
from risk import workflow as assessments
from risk.models import Entry, ScoreChange

# Kept with each report under these names: add to them, and never give a name another meaning.
FIGURES: dict[str, str | Promise] = {
    "open": _("Open actions"),
    "overdue": _("Overdue"),
    "drifting": _("Drifting"),
    "green": _("Rated on track by their own people"),
    "amber": _("Rated at risk"),
    "red": _("Rated off track"),
    "not_rated": _("Not rated"),
    "done": _("Done in the quarter"),
    "moved": _("Due dates moved in the quarter"),
    "risks_lowered": _("Risks lowered in the quarter"),
    "risks_raised": _("Risks raised in the quarter"),
    "duty_ready": _("Requirements of the duty that are ready"),
    "duty_asked": _("Requirements of the duty in all"),
}
RATINGS = (Rag.GREEN, Rag.AMBER, Rag.RED, Rag.NONE)


@dataclass(frozen=True)
class RiskMove:
    """A linked risk whose current score changed in the quarter. ``before`` is None where it had no score yet.

    ``is_approved`` is False while nobody has approved the assessment that the score stands in.
    """

    code: str
    title: str
    before: int | None
    after: int | None
    reason: str
    is_approved: bool


@dataclass(frozen=True)
class Content:
    """Everything that a quarterly report shows beside the plan. ``last`` is the report of an earlier quarter."""

    quarter: Quarter
    decisions: str
    figures: dict[str, int]
    last: PlanReport | None
    ratings: list[tuple[str, int, int, int]]
    pressing: list[Line]
    done: list[Line]
    moved: list[DueChange]
    risks: list[RiskMove] | None
    duty: DutyStanding | None

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """Each figure with what it was in the last report, and the change."""
        before: Mapping[str, int] = self.last.figures if self.last else {}
        return [
            (str(label), _shown(self.figures.get(name)), _shown(before.get(name)), _change(self.figures, before, name))
            for name, label in FIGURES.items()
            if name in self.figures
        ]

    @property
    def last_quarter(self) -> Quarter | None:
        return self.last.quarter if self.last else None


def build(acting: Acting, report: PlanReport, lines: Sequence[Line]) -> Content:
    """The content of a quarterly report. ``lines`` are the plan's, as they stand when the report is made.

    What members report counts among the actions; moved due dates and risks are the organisation's own.
    """
    assert report.quarter_from is not None  # a constraint says so of each quarterly report
    quarter = Quarter(report.quarter_from)
    still_open = [line for line in lines if line.action.status in OPEN]
    done = [line for line in lines if _was_done_in(quarter, line)]
    moved = _moved(acting, quarter, lines)
    risks = _risks(acting, quarter, lines) if acting.may("risk.view") else None
    standing = _duty(acting, quarter)
    return Content(
        quarter=quarter,
        decisions=report.decisions,
        figures=_figures(still_open, done, moved, risks) | _of_duty(standing),
        last=_last(acting, report),
        ratings=_ratings(still_open),
        pressing=[line for line in still_open if line.signs or line.action.rag in {Rag.AMBER, Rag.RED}],
        done=done,
        moved=moved,
        risks=risks,
        duty=standing,
    )


def _duty(acting: Acting, quarter: Quarter) -> DutyStanding | None:
    """How the duty stood before the quarter, and at its end or today, whichever is earlier."""
    until = min(quarter.last, timezone.localdate(acting.at))
    return duty.standing(acting, quarter.first - timedelta(days=1), until)


def _of_duty(standing: DutyStanding | None) -> dict[str, int]:
    return {"duty_ready": standing.ready, "duty_asked": standing.total} if standing else {}


def _own(lines: Sequence[Line]) -> list[int]:
    """Keys of the organisation's own actions. Of a member's, the partnership knows what the member reports."""
    return [line.own.pk for line in lines if line.own is not None]


def _was_done_in(quarter: Quarter, line: Line) -> bool:
    finished_on = line.action.finished_on
    return (
        line.action.status == Status.DONE and finished_on is not None and quarter.first <= finished_on <= quarter.last
    )


def _moved(acting: Acting, quarter: Quarter, lines: Sequence[Line]) -> list[DueChange]:
    begins, ends = quarter.moments
    rows = DueChange.objects.visible_to(acting).filter(
        action__in=_own(lines), changed_at__gte=begins, changed_at__lt=ends
    )
    return list(rows.select_related("action", "changed_by").order_by("changed_at", "pk"))


def _risks(acting: Acting, quarter: Quarter, lines: Sequence[Line]) -> list[RiskMove]:
    """One line for each linked risk: where its current score stood before the quarter, and where at its end."""
    begins, ends = quarter.moments
    linked = ActionRisk.objects.visible_to(acting).filter(action__in=_own(lines))
    changes = (
        ScoreChange.objects.visible_to(acting)
        .filter(
            risk__in=linked.values("risk"),
            kind=ScoreChange.Kind.RESIDUAL,
            entry__removed_at__isnull=True,
            changed_at__gte=begins,
            changed_at__lt=ends,
        )
        .select_related("risk", "entry__assessment")
        .order_by("changed_at", "pk")
    )
    of_risk: dict[int, list[ScoreChange]] = {}
    for change in changes:
        of_risk.setdefault(change.risk_id, []).append(change)
    found = [_move(each) for each in of_risk.values()]
    return sorted(
        (move for move in found if move.before != move.after), key=lambda move: (-(move.after or 0), move.code)
    )


def _move(changes: Sequence[ScoreChange]) -> RiskMove:
    first, last = changes[0], changes[-1]
    entry: Entry = last.entry
    return RiskMove(
        code=last.risk.code,
        title=entry.title,
        before=_score(first.before_likelihood, first.before_impact),
        after=_score(last.likelihood, last.impact),
        reason=last.reason,
        is_approved=entry.assessment.status not in assessments.OPEN,
    )


def _figures(
    still_open: Sequence[Line], done: Sequence[Line], moved: Sequence[DueChange], risks: Sequence[RiskMove] | None
) -> dict[str, int]:
    rated = Counter(line.action.rag for line in still_open)
    figures = {
        "open": len(still_open),
        "overdue": sum(line.is_overdue for line in still_open),
        "drifting": sum(bool(line.signs) and not line.is_overdue for line in still_open),
        "green": rated[Rag.GREEN],
        "amber": rated[Rag.AMBER],
        "red": rated[Rag.RED],
        "not_rated": rated[Rag.NONE],
        "done": len(done),
        "moved": len({change.action_id for change in moved}),
    }
    if risks is not None:
        both = [(move.before, move.after) for move in risks if move.before is not None and move.after is not None]
        figures["risks_lowered"] = sum(after < before for before, after in both)
        figures["risks_raised"] = sum(after > before for before, after in both)
    return figures


def _ratings(still_open: Sequence[Line]) -> list[tuple[str, int, int, int]]:
    """For each own rating: how many are without a sign, drifting, and overdue."""
    found = []
    for rating in RATINGS:
        rated = [line for line in still_open if line.action.rag == rating]
        overdue = sum(line.is_overdue for line in rated)
        drifting = sum(bool(line.signs) for line in rated) - overdue
        found.append((str(rating.label), len(rated) - overdue - drifting, drifting, overdue))
    return found


def _last(acting: Acting, report: PlanReport) -> PlanReport | None:
    """The newest finished report of an earlier quarter of the same plan."""
    earlier = PlanReport.objects.visible_to(acting).filter(
        plan=report.plan_id, kind=ReportKind.QUARTERLY, quarter_from__lt=report.quarter_from, file__isnull=False
    )
    return earlier.order_by("-quarter_from", "-finished_at", "-pk").first()


def _score(likelihood: int | None, impact: int | None) -> int | None:
    return None if likelihood is None or impact is None else likelihood * impact


def _shown(value: int | None) -> str:
    return "–" if value is None else str(value)


def _change(now: Mapping[str, Any], before: Mapping[str, Any], name: str) -> str:
    if name not in now or name not in before:
        return "–"
    points = now[name] - before[name]
    return f"{points:+d}".replace("-", "−") if points else "0"
