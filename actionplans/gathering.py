"""Reads about actions that members report: what a member reports, what its partnership gathers in its plans."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache, partial
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextChoices, Value
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actionplans.lines import Line, Told
from actionplans.models import Action, Gathered, Plan, ReportedAction
from actionplans.models.actions import drifts
from actionplans.standing import signs
from actionplans.workflow import OPEN, PlanStatus, Status
from foundation.core.acting import Acting
from foundation.core.lookups import as_one_value
from foundation.core.prepared import Prepared, Question, answers
from foundation.organisations import given
from foundation.organisations import queries as organisations
from foundation.organisations.models import Given, Organisation

MOST = 500


class Counted(NamedTuple):
    """How many reported actions stand under one objective, or under none, and how."""

    objective_id: int | None
    total: int
    done: int
    overdue: int
    drifting: int


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
Words = tuple[str, str]  # the title, and how one will know that it worked


def state_of(now: Words, reported: Words | None, *, was_reported: bool) -> Reporting:
    """Where an action stands: in what words it is written now, and in what words it is reported, if it is."""
    if reported is None:
        return Reporting.TAKEN_BACK if was_reported else Reporting.NOT_REPORTED
    return Reporting.REPORTED if reported == now else Reporting.REWORDED


@dataclass(frozen=True)
class Own:
    """One action of a member, and what one partnership may read of it."""

    action: Action
    partnership: Organisation
    reported: ReportedAction | None
    ended: ReportedAction | None

    @property
    def state(self) -> Reporting:
        said, now = self.reported, self.action
        return state_of(
            (now.title, now.success_measure),
            (said.title, said.success_measure) if said else None,
            was_reported=self.ended is not None,
        )

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
    return beside(partnerships, rows, mine.order_by("reported_at", "pk"))


def beside(
    partnerships: Sequence[Organisation], rows: Sequence[Action], reports: Iterable[ReportedAction]
) -> list[Own]:
    """Some actions, for each partnership, with what was reported of them, the oldest first."""
    reported: dict[tuple[int, int], ReportedAction] = {}
    ended: dict[tuple[int, int], ReportedAction] = {}
    for each in reports:
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
    return [
        _line(each.reported, each.objective_id, today) for each in _placed(acting, plan=plan, is_open=is_open)[:most]
    ]


def asking_changes(acting: Acting) -> list[Question]:
    """What to ask before ``by_objective``, with other questions: nothing for what is no partnership."""
    if not organisations.is_partnership(acting):
        return []
    return [given.asking_changes(acting.organisation_id, timezone.localdate(acting.at), Given.What.ACTIONS)]


def by_objective(
    acting: Acting, plan: Plan, today: date, most: int, changes: Sequence[tuple[Any, ...]] = ()
) -> tuple[list[Counted], list[Line]]:
    """How many reported actions stand under each objective of a plan, and the first of each by due date.

    ``changes`` is the answer to ``asking_changes``. Two queries, and two more after each change of what is reported or
    where it stands: then the database counts it anew. None where nothing was ever reported.
    """
    if not changes:
        return [], []
    place = (acting.organisation_id, timezone.localdate(acting.at))
    name = f"actions of plan {plan.pk} by objective on {today}, first {most}"
    kept = given.figures(*place, name, changes, partial(_counted_and_first, *place, plan.pk, today, most))
    objectives = {pk: objective_id for objective_id, first in kept["first"] for pk in first}
    found = []
    for row in _TOLD.rows(*place, as_one_value(objectives)) if objectives else ():
        action = Told(*row[:-1])
        found.append(Line(action, row[-1], signs(action.facts, today), objectives[action.pk], member=row[-1]))
    return [Counted(*row) for row in kept["counted"]], found


def _counted_and_first(partnership_id: int, on: date, plan_id: int, today: date, most: int) -> dict[str, Any]:
    """What ``by_objective`` keeps: its ``Counted``, and the numbers of the first of each objective."""
    place = (partnership_id, on, plan_id)
    counted = _COUNTED.rows(*place, today)
    under, under_none = _first(most)
    asked = [
        under_none.question(*place) if objective_id is None else under.question(*place, objective_id)
        for objective_id, *_numbers in counted
    ]
    found = answers(*asked) if asked else []
    first = [
        (objective_id, [pk for (pk,) in rows]) for (objective_id, *_numbers), rows in zip(counted, found, strict=True)
    ]
    return {"counted": counted, "first": first}


def _counted(partnership_id: int, on: date, plan_id: int, today: date) -> QuerySet:
    rows = ReportedAction.objects.gathered_on(partnership_id, on).filter(place__plan_id=plan_id).with_lag(today)
    return (
        rows.order_by()
        .values_list("place__objective_id")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(status=Status.DONE)),
            overdue=Count("pk", filter=Q(status__in=OPEN, due_on__lt=today)),
            drifting=Count("pk", filter=drifts(today)),
        )
    )


_COUNTED = Prepared(_counted, int, date, int, date)
_TOLD = Prepared(
    lambda partnership_id, on, wanted: (
        ReportedAction.objects.gathered_on(partnership_id, on)
        .filter(pk__any_of=wanted)
        .order_by("due_on", "pk")
        .values_list(*(field.name for field in fields(Told)), "organisation__name")
    ),
    int,
    date,
    str,
)


@cache
def _first(most: int) -> tuple[Prepared, Prepared]:
    """The numbers of the first of one objective of a plan by due date, and of the first under none.

    Where each stands is asked while walking along the due dates, which ends with the last one wanted: joined, all of
    the plan's would be put together first.
    """

    def first(partnership_id: int, on: date, plan_id: int, **under: Any) -> QuerySet:
        places = Gathered.objects.filter(reported=OuterRef("pk"), plan_id=plan_id, **under)
        rows = ReportedAction.objects.gathered_on(partnership_id, on).filter(Exact(Exists(places), Value(True)))
        return rows.order_by("due_on", "pk").values_list("pk")[:most]

    return (
        Prepared(lambda *place: first(*place[:3], objective_id=place[3]), int, date, int, int),
        Prepared(lambda *place: first(*place, objective_id__isnull=True), int, date, int),
    )


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


def _line(reported: ReportedAction, objective_id: int | None, today: date) -> Line:
    name = reported.organisation.name
    return Line(reported, name, signs(reported.facts, today), objective_id, member=name)


def with_places(acting: Acting) -> QuerySet[ReportedAction]:
    """What members report now, with the place that the partnership gave each."""
    return ReportedAction.objects.gathered_by(acting).select_related("organisation", "place__plan", "place__objective")


def waiting(acting: Acting) -> int:
    """How many reported actions have no place in a plan yet."""
    return ReportedAction.objects.gathered_by(acting).filter(place__isnull=True).count()
