"""Actions side by side in groups: the first of each group and how many it has, so that a long plan costs no more."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Func, OuterRef, Q, QuerySet

from actionplans import gathering, queries
from actionplans.lines import Line, line, together
from actionplans.models import Action, Objective, Plan
from actionplans.models.actions import ActionQuerySet, drifts
from actionplans.workflow import OPEN, PlanStatus, Status
from foundation.core.acting import Acting
from foundation.core.lookups import Among
from foundation.core.prepared import Prepared, PreparedObjects, answers

MOST = 25
ON_ONE_DRAWING = 50


@dataclass
class Shelf:
    """A group of actions: the first of them, members' as well, and how many there are in all."""

    title: str
    lines: list[Line] = field(default_factory=list)
    own: int = 0
    reported: int = 0
    objective: Objective | None = None

    @property
    def total(self) -> int:
        return self.own + self.reported

    @property
    def more(self) -> int:
        """How many of one's own are not shown."""
        return self.own - sum(not line.member for line in self.lines)

    @property
    def more_reported(self) -> int:
        """How many of those that members report are not shown."""
        return self.reported - sum(bool(line.member) for line in self.lines)


@dataclass
class Counts:
    """How many actions a plan has, how many of them members report, and how they stand."""

    total: int = 0
    reported: int = 0
    done: int = 0
    overdue: int = 0
    drifting: int = 0

    def add(self, total: int, done: int, overdue: int = 0, drifting: int = 0) -> None:
        self.total, self.done = self.total + total, self.done + done
        self.overdue, self.drifting = self.overdue + overdue, self.drifting + drifting


def of_plan(acting: Acting, plan: Plan, today: date) -> tuple[list[Shelf], Counts]:
    """A plan's actions under its objectives, in their order; last those under none. Each by due date.

    For who may read plans.
    """
    if not acting.may("plan.view"):
        return [], Counts()
    place = (acting.organisation_id, plan.pk)
    objectives, counted, late, first, *changes = answers(
        _OBJECTIVES.question(*place),
        _COUNTED.question(*place),
        _LATE.question(*place, today),
        _FIRST_OF_EACH_OBJECTIVE.question(*place),
        *gathering.asking_changes(acting),
    )
    shelves = {each.pk: Shelf(each.title, objective=each) for each in _OBJECTIVES.made_of(objectives)}
    rest, counts = Shelf(""), Counts()
    reported = gathering.heaps(acting, today, gathering.By.OBJECTIVE, *changes, plan=plan, most=MOST)
    for objective_id, status, total in counted:
        shelves.get(objective_id, rest).own += total
        counts.add(total, total if status == Status.DONE else 0)
    for overdue, drifting in late:
        counts.add(0, 0, overdue, drifting)
    for heap in reported:
        shelves.get(heap.key, rest).reported = heap.total
        counts.add(heap.total, heap.done, heap.overdue, heap.drifting)
        counts.reported += heap.total
    own = [line(row, today) for row in _FIRST_OF_EACH_OBJECTIVE.made_of(first)]
    for each in together(own, (each for heap in reported for each in heap.lines)):
        shelf = shelves.get(each.objective_id or 0, rest)
        if len(shelf.lines) < MOST:
            shelf.lines.append(each)
    return [*shelves.values(), *([rest] if rest.lines else [])], counts


def _of_plan(organisation_id: int, plan_id: int) -> ActionQuerySet:
    return Action.objects.filter(organisation_id=organisation_id, plan_id=plan_id).order_by()


def _late(organisation_id: int, plan_id: int, today: date) -> QuerySet:
    rows = _of_plan(organisation_id, plan_id).open().with_lag(today)
    counts = {"overdue": Count("pk", filter=Q(due_on__lt=today)), "drifting": Count("pk", filter=drifts(today))}
    return rows.values("plan_id").annotate(**counts).values_list(*counts)


def _first_of_each_objective(organisation_id: int, plan_id: int) -> QuerySet:
    """Each objective's first are read along an index: put in order together, all of the plan's would be sorted."""
    rows = _of_plan(organisation_id, plan_id).order_by("due_on", "pk").values("pk")
    under = Objective.objects.filter(organisation_id=organisation_id, plan_id=plan_id).order_by()
    each = Func(ArraySubquery(rows.filter(objective_id=OuterRef("pk"))[:MOST]), function="unnest")
    first = under.values_list(each).union(rows.filter(objective=None)[:MOST], all=True)
    return Action.objects.filter(organisation_id=organisation_id, pk__in=first).order_by("due_on", "pk")


_COUNTED = Prepared(
    lambda *place: _of_plan(*place).values_list("objective_id", "status").annotate(total=Count("*")), int, int
)
_LATE = Prepared(_late, int, int, date)
_FIRST_OF_EACH_OBJECTIVE = PreparedObjects(_first_of_each_objective, int, int, related=("owner", "team", "plan"))
_OBJECTIVES = PreparedObjects(
    lambda organisation_id, plan_id: Objective.objects.filter(organisation_id=organisation_id, plan_id=plan_id),
    int,
    int,
)


def board(acting: Acting, today: date, *, plan: Plan | None) -> list[tuple[Status, Shelf]]:
    """Actions of a plan, else of all that are not closed, by status, with those that members report.

    The open ones by due date, the ended ones latest first; as far as this person may see them.
    """
    shelves = {status: Shelf(str(status.label)) for status in Status}
    reported: list[gathering.Heap] = []
    if acting.may("plan.view"):
        asked, place = _asked(acting, plan)
        counted, first, *changes = answers(
            asked.by_status.question(*place),
            asked.first_of_each_status.question(*place),
            *gathering.asking_changes(acting),
        )
        found = asked.first_of_each_status.made_of(first)
        reported = gathering.heaps(acting, today, gathering.By.STATUS, *changes, plan=plan, most=MOST)
    else:
        rows = _seen_by(acting, plan)
        counted = list(_by_status(rows))
        found = list(_first_of_each_status(rows).select_related("owner", "team", "plan"))
    for status, number in counted:
        shelves[Status(status)].own = number
    for heap in reported:
        shelves[Status(heap.key)].reported = heap.total
    for each in together([line(row, today) for row in found], (each for heap in reported for each in heap.lines)):
        shelves[Status(each.action.status)].lines.append(each)
    for status, shelf in shelves.items():
        if status not in OPEN:
            shelf.lines.sort(key=lambda each: each.action.finished_on or today, reverse=True)
        shelf.lines[MOST:] = []
    return list(shelves.items())


def in_time(acting: Acting, today: date, *, plan: Plan | None) -> list[Line]:
    """The first actions of a plan by due date, else of all that are not closed, members' as well: one too many."""
    if not acting.may("plan.view"):
        return queries.lines_of(list(_in_time(_seen_by(acting, plan))), today)
    asked, place = _asked(acting, plan)
    own, *changes = answers(asked.in_time.question(*place), *gathering.asking_changes(acting))
    heaps = gathering.heaps(acting, today, gathering.By.NOTHING, *changes, plan=plan, most=ON_ONE_DRAWING + 1)
    reported = (each for heap in heaps for each in heap.lines)
    return together(queries.lines_of(own, today), reported)[: ON_ONE_DRAWING + 1]


def _by_status(rows: ActionQuerySet) -> QuerySet:
    return rows.order_by().values_list("status").annotate(number=Count("*"))


def _first_of_each_status(rows: ActionQuerySet) -> ActionQuerySet:
    def first_of(status: Status) -> QuerySet:
        order = ("due_on", "pk") if status in OPEN else (F("finished_at").desc(), "pk")
        return rows.filter(status=status).order_by(*order).values("pk")[:MOST]

    first, *others = map(first_of, Status)
    return Action.objects.filter(pk__in=first.union(*others, all=True)).order_by("due_on", "pk")


def _in_time(rows: ActionQuerySet) -> QuerySet:
    return rows.order_by("due_on", "pk").values_list(*queries.WITH_OWNER)[: ON_ONE_DRAWING + 1]


class _Asked:
    """What board and timeline ask of the actions that ``rows`` gives, for whoever may read plans."""

    def __init__(self, rows: Callable[..., ActionQuerySet], *types: type) -> None:
        self.by_status = Prepared(lambda *place: _by_status(rows(*place)), *types)
        self.in_time = Prepared(lambda *place: _in_time(rows(*place)), *types)
        self.first_of_each_status = PreparedObjects(
            lambda *place: _first_of_each_status(rows(*place)), *types, related=("owner", "team", "plan")
        )


def _of_open_plans(organisation_id: int) -> ActionQuerySet:
    plans = Plan.objects.filter(organisation_id=organisation_id).exclude(status=PlanStatus.CLOSED)
    return Action.objects.filter(Among("plan_id", plans.values("pk")), organisation_id=organisation_id)


_OF_PLAN, _OF_OPEN_PLANS = _Asked(_of_plan, int, int), _Asked(_of_open_plans, int)


def _asked(acting: Acting, plan: Plan | None) -> tuple[_Asked, tuple[int, ...]]:
    if plan is None:
        return _OF_OPEN_PLANS, (acting.organisation_id,)
    return _OF_PLAN, (acting.organisation_id, plan.pk)


def _seen_by(acting: Acting, plan: Plan | None) -> ActionQuerySet:
    """For who may not read plans: what is theirs to do."""
    rows = Action.objects.visible_to(acting)
    return rows.exclude(plan__status=PlanStatus.CLOSED) if plan is None else rows.filter(plan=plan)
