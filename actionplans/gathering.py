"""Reads about actions that members report: what a member reports, what its partnership gathers in its plans."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from enum import Enum
from functools import partial
from typing import Any

from django.db.models import Count, F, Q, QuerySet, TextChoices, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actionplans.lines import Line, Told
from actionplans.models import Action, Gathered, Plan, ReportedAction
from actionplans.models.actions import drifts
from actionplans.standing import signs
from actionplans.workflow import OPEN, PlanStatus, Status
from foundation.core.acting import Acting
from foundation.core.lookups import as_one_value
from foundation.core.prepared import Prepared, Question
from foundation.organisations import given
from foundation.organisations import queries as organisations
from foundation.organisations.models import Given, Organisation


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
def lines(acting: Acting, plan: Plan, today: date) -> list[Line]:
    """All that members report and the partnership placed in a plan. No query for what is no partnership."""
    return [_line(each.reported, each.objective_id, today) for each in _placed(acting, plan)]


class By(Enum):
    """What a partnership's pages group the actions by that its members report."""

    OBJECTIVE = "place__objective_id"
    STATUS = "status"
    MEMBER = "organisation__slug"
    NOTHING = "partnership_id"


@dataclass
class Heap:
    """Reported actions of one group: how many, how they stand, and the first of them."""

    key: Any
    total: int
    done: int
    overdue: int
    drifting: int
    lines: list[Line] = field(default_factory=list)


def asking_changes(acting: Acting) -> list[Question]:
    """What to ask before ``heaps``, with other questions: nothing for what is no partnership."""
    if not organisations.is_partnership(acting):
        return []
    return [given.asking_changes(acting.organisation_id, timezone.localdate(acting.at), Given.What.ACTIONS)]


def heaps(
    acting: Acting,
    today: date,
    by: By,
    changes: Sequence[tuple[Any, ...]] = (),
    *,
    plan: Plan | None = None,
    is_open: bool = False,
    most: int,
) -> list[Heap]:
    """What members report and the partnership placed in a plan, or in any that is not closed, in groups.

    Of each group the first ``most`` by due date; by status, of what ended the latest first. ``changes`` is the answer
    to ``asking_changes``. Two queries, and two more after each change of what is reported or where it stands: then the
    database counts it anew. None where nothing was ever reported, and for who may not read plans.
    """
    if not changes or not acting.may("plan.view"):
        return []
    place = (acting.organisation_id, timezone.localdate(acting.at))
    of = "all that is not closed" if plan is None else f"plan {plan.pk}"
    name = f"actions of {of} by {by.name} on {today}, first {most}{' open' if is_open else ''}"
    kept = given.figures(*place, name, changes, partial(_counted_and_first, acting, today, by, plan, is_open, most))
    found = {key: Heap(key, *numbers) for key, *numbers in kept["counted"]}
    keys = {pk: key for key, pk in kept["first"]}
    rows = {row[0]: row for row in _TOLD.rows(*place, as_one_value(keys))} if keys else {}
    for pk, key in keys.items():
        if pk in rows:
            *told, name = rows[pk]
            action = Told(*told)
            found[key].lines.append(Line(action, name, signs(action.facts, today), key, member=name))
    return list(found.values())


def _counted_and_first(
    acting: Acting, today: date, by: By, plan: Plan | None, is_open: bool, most: int
) -> dict[str, list[Any]]:
    """What ``heaps`` keeps: how many stand in each group and how, and the numbers of the first of each, in order."""
    rows = ReportedAction.objects.gathered_by(acting).filter(place__isnull=False).order_by()
    rows = rows.filter(place__plan=plan) if plan else rows.exclude(place__plan__status=PlanStatus.CLOSED)
    if is_open:
        rows = rows.open()
    counted = (
        rows.with_lag(today)
        .values_list(by.value)
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(status=Status.DONE)),
            overdue=Count("pk", filter=Q(status__in=OPEN, due_on__lt=today)),
            drifting=Count("pk", filter=drifts(today)),
        )
    )
    ended_last = [F("finished_on").desc(nulls_first=True)] if by is By.STATUS else []
    first = rows.annotate(
        rank=Window(RowNumber(), partition_by=F(by.value), order_by=[*ended_last, "due_on", "pk"])
    ).filter(rank__lte=most)
    return {"counted": list(counted), "first": list(first.order_by("rank").values_list(by.value, "pk"))}


_TOLD = Prepared(
    lambda partnership_id, on, wanted: (
        ReportedAction.objects.gathered_on(partnership_id, on)
        .filter(pk__any_of=wanted)
        .order_by()
        .values_list(*(each.name for each in fields(Told)), "organisation__name")
    ),
    int,
    date,
    str,
)


def placed(acting: Acting, plan: Plan) -> Iterator[Gathered]:
    """All that members report and the partnership placed in a plan, one after another. One query, however many."""
    return _placed(acting, plan).iterator()


def placed_in(acting: Acting, plan: Plan) -> int:
    """How many actions that members report the partnership placed in a plan. No query for what is no partnership."""
    return _placed(acting, plan).order_by().count()


def _placed(acting: Acting, plan: Plan) -> QuerySet[Gathered]:
    if not organisations.is_partnership(acting):
        return Gathered.objects.none()
    rows = Gathered.objects.visible_to(acting).filter(reported__in=ReportedAction.objects.gathered_by(acting))
    found = rows.filter(plan=plan).select_related("reported__organisation", "objective")
    return found.order_by("reported__due_on", "reported_id")


def _line(reported: ReportedAction, objective_id: int | None, today: date) -> Line:
    name = reported.organisation.name
    return Line(reported, name, signs(reported.facts, today), objective_id, member=name)


def with_places(acting: Acting) -> QuerySet[ReportedAction]:
    """What members report now, with the place that the partnership gave each."""
    return ReportedAction.objects.gathered_by(acting).select_related("organisation", "place__plan", "place__objective")


def waiting(acting: Acting) -> int:
    """How many reported actions have no place in a plan yet."""
    return ReportedAction.objects.gathered_by(acting).filter(place__isnull=True).count()
