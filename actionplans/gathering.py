"""Reads about actions that members report: what a member reports, what its partnership gathers in its plans."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from actionplans.lines import Line
from actionplans.models import Action, Gathered, Plan, ReportedAction
from actionplans.standing import signs
from actionplans.workflow import OPEN, PlanStatus, Status
from foundation.core.acting import Acting
from foundation.organisations import queries as organisations
from foundation.organisations.models import Organisation

MOST = 500
Counted = tuple[int | None, int, int, int, int]  # of an objective: in all, done, overdue, drifting


class Reporting(TextChoices):
    """Where a member stands with reporting one action to a partnership."""

    NOT_REPORTED = "not_reported", _("Not reported")
    REPORTED = "reported", _("Reported")
    REWORDED = "reworded", _("Reported, but reworded since")
    TAKEN_BACK = "taken_back", _("Taken back")


COLOURS = {
    Reporting.NOT_REPORTED: "grey",
    Reporting.REPORTED: "green",
    Reporting.REWORDED: "yellow",
    Reporting.TAKEN_BACK: "grey",
}


# ---- What a member reports
@dataclass(frozen=True)
class Own:
    """One action of a member, and what one partnership may read of it."""

    action: Action
    partnership: Organisation
    reported: ReportedAction | None
    ended: ReportedAction | None

    @property
    def state(self) -> Reporting:
        if self.reported is None:
            return Reporting.TAKEN_BACK if self.ended else Reporting.NOT_REPORTED
        said, now = self.reported, self.action
        same = (said.title, said.success_measure) == (now.title, now.success_measure)
        return Reporting.REPORTED if same else Reporting.REWORDED

    @property
    def state_colour(self) -> str:
        return COLOURS[self.state]

    @property
    def can_be_reported(self) -> bool:
        return self.action.plan.status == PlanStatus.ACTIVE


def own(acting: Acting, partnerships: Sequence[Organisation], rows: Sequence[Action]) -> list[Own]:
    """What the organisation may report or reports of some of its actions, for each partnership. One query."""
    mine = ReportedAction.objects.visible_to(acting).filter(
        organisation=acting.organisation, partnership__in=partnerships, action__in=rows
    )
    reported: dict[tuple[int, int], ReportedAction] = {}
    ended: dict[tuple[int, int], ReportedAction] = {}
    for each in mine.order_by("reported_at", "pk"):
        (reported if each.ended_at is None else ended)[each.partnership_id, each.action_id] = each
    return [
        Own(row, partnership, reported.get((partnership.pk, row.pk)), ended.get((partnership.pk, row.pk)))
        for partnership in partnerships
        for row in rows
    ]


def own_action(acting: Acting, on: date, reference: str) -> list[Own]:
    """One action, for each of the organisation's partnerships. Three queries; nothing for who may not read plans."""
    partnerships = organisations.belongs_to(acting, on) if acting.may("plan.view") else []
    if not partnerships:
        return []
    rows = Action.objects.visible_to(acting).filter(reference=reference).select_related("plan")
    return own(acting, partnerships, list(rows))


# ---- What a partnership gathers
def lines(
    acting: Acting, today: date, *, plan: Plan | None = None, is_open: bool = False, most: int | None = MOST
) -> list[Line]:
    """What members report and the partnership placed in a plan, or in any plan that is not closed.

    ``is_open``: only what is not done or cancelled. Nothing, and no query, for what is no partnership. ``most`` None:
    all of it.
    """
    if not organisations.is_partnership(acting):
        return []
    return [_line(each, each.reported, today) for each in _placed(acting, plan=plan, is_open=is_open)[:most]]


def by_objective(acting: Acting, plan: Plan, today: date, most: int) -> tuple[list[Counted], list[Line]]:
    """How many reported actions stand under each objective of a plan, and the first of each by due date. Two queries.

    Nothing, and no query, for what is no partnership.
    """
    if not organisations.is_partnership(acting):
        return [], []
    rows = ReportedAction.objects.gathered_by(acting).filter(place__plan=plan).order_by()
    counted = list(
        rows.values_list("place__objective_id").annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(status=Status.DONE)),
            overdue=Count("pk", filter=Q(status__in=OPEN, due_on__lt=today)),
            drifting=Count("pk", filter=Q(pk__in=rows.drifting(today).values("pk"))),
        )
    )
    if not counted:
        return [], []
    first, *others = (
        rows.filter(Q(place__objective=pk) if pk else Q(place__objective__isnull=True))
        .order_by("due_on", "pk")
        .values("pk")[:most]
        for pk, *_numbers in counted
    )
    wanted = ReportedAction.objects.filter(pk__in=first.union(*others, all=True) if others else first)
    found = wanted.select_related("organisation", "place").order_by("due_on", "pk")
    return counted, [_line(each.place, each, today) for each in found]


def placed(acting: Acting, plan: Plan) -> Iterator[Gathered]:
    """All that members report and the partnership placed in a plan, one after another. One query, however many."""
    return _placed(acting, plan=plan).iterator()


def placed_in(acting: Acting, plan: Plan) -> int:
    """How many actions that members report the partnership placed in a plan. No query for what is no partnership."""
    return _placed(acting, plan=plan).order_by().count()


def _placed(acting: Acting, *, plan: Plan | None = None, is_open: bool = False) -> QuerySet[Gathered]:
    if not organisations.is_partnership(acting):
        return Gathered.objects.none()
    rows = Gathered.objects.visible_to(acting).filter(reported__in=ReportedAction.objects.gathered_by(acting))
    rows = rows.filter(plan=plan) if plan else rows.exclude(plan__status=PlanStatus.CLOSED)
    if is_open:
        rows = rows.filter(reported__status__in=OPEN)
    return rows.select_related("reported__organisation", "objective").order_by("reported__due_on", "reported_id")


def _line(place: Gathered, reported: ReportedAction, today: date) -> Line:
    name = reported.organisation.name
    return Line(reported, name, signs(reported.facts, today), place.objective_id, member=name)


def for_list(acting: Acting) -> QuerySet[ReportedAction]:
    """What members report now, with the place that the partnership gave each."""
    return ReportedAction.objects.gathered_by(acting).select_related("organisation", "place__plan", "place__objective")


def waiting(acting: Acting) -> int:
    """How many reported actions have no place in a plan yet."""
    return ReportedAction.objects.gathered_by(acting).filter(place__isnull=True).count()
