"""Actions side by side in groups: the first of each group and how many it has, so that a long plan costs no more."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber
from django.db.models.lookups import Exact

from actionplans import gathering, queries
from actionplans.lines import Line, line, together
from actionplans.models import Action, Objective, Plan
from actionplans.models.actions import ActionQuerySet
from actionplans.workflow import OPEN, PlanStatus, Status
from foundation.core.acting import Acting
from foundation.core.prepared import Prepared, PreparedObjects, answers

MOST = 25
ON_ONE_DRAWING = 60


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

    def add(self, total: int, done: int, overdue: int, drifting: int) -> None:
        self.total, self.done = self.total + total, self.done + done
        self.overdue, self.drifting = self.overdue + overdue, self.drifting + drifting


def of_plan(acting: Acting, plan: Plan, today: date) -> tuple[list[Shelf], Counts]:
    """A plan's actions under its objectives, in their order; last those under none. Each by due date.

    For who may read plans.
    """
    if not acting.may("plan.view"):
        return [], Counts()
    objectives, counted, first, *changes = answers(
        _OBJECTIVES.question(acting.organisation_id, plan.pk),
        _COUNTED.question(acting.organisation_id, plan.pk, today),
        _FIRST_OF_EACH_OBJECTIVE.question(acting.organisation_id, plan.pk),
        *gathering.asking_changes(acting),
    )
    shelves = {each.pk: Shelf(each.title, objective=each) for each in _OBJECTIVES.made_of(objectives)}
    rest, counts = Shelf(""), Counts()
    reported = gathering.heaps(acting, today, gathering.By.OBJECTIVE, *changes, plan=plan, most=MOST)
    for objective_id, *numbers in counted:
        shelves.get(objective_id, rest).own = numbers[0]
        counts.add(*numbers)
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


def _counted(organisation_id: int, plan_id: int, today: date) -> QuerySet:
    rows = Action.objects.filter(organisation_id=organisation_id, plan_id=plan_id).order_by()
    return rows.values_list("objective_id").annotate(
        total=Count("pk"),
        done=Count("pk", filter=Q(status=Status.DONE)),
        overdue=Count("pk", filter=Q(status__in=OPEN, due_on__lt=today)),
        drifting=Count("pk", filter=Q(pk__in=rows.drifting(today).values("pk"))),
    )


def _first_of_each_objective(organisation_id: int, plan_id: int) -> QuerySet:
    place = Window(RowNumber(), partition_by=F("objective_id"), order_by=["due_on", "pk"])
    rows = Action.objects.filter(organisation_id=organisation_id, plan_id=plan_id).order_by()
    first = rows.annotate(place=place).filter(place__lte=MOST).values("pk")
    return Action.objects.filter(organisation_id=organisation_id, pk__in=first).order_by("due_on", "pk")


_COUNTED = Prepared(_counted, int, int, date)
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
    plan_id = plan.pk if plan else ANY_PLAN
    reported: list[gathering.Heap] = []
    if acting.may("plan.view"):
        counted, first, *changes = answers(
            _BY_STATUS.question(acting.organisation_id, plan_id),
            _FIRST_OF_EACH_STATUS.question(acting.organisation_id, plan_id),
            *gathering.asking_changes(acting),
        )
        found = _FIRST_OF_EACH_STATUS.made_of(first)
        reported = gathering.heaps(acting, today, gathering.By.STATUS, *changes, plan=plan, most=MOST)
    else:
        rows = Action.objects.visible_to(acting).filter(_in_plan(plan_id))
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
    plan_id = plan.pk if plan else ANY_PLAN
    if not acting.may("plan.view"):
        return queries.lines_of(list(_in_time(Action.objects.visible_to(acting).filter(_in_plan(plan_id)))), today)
    own, *changes = answers(_IN_TIME.question(acting.organisation_id, plan_id), *gathering.asking_changes(acting))
    heaps = gathering.heaps(acting, today, gathering.By.NOTHING, *changes, plan=plan, most=ON_ONE_DRAWING + 1)
    reported = (each for heap in heaps for each in heap.lines)
    return together(queries.lines_of(own, today), reported)[: ON_ONE_DRAWING + 1]


def _in_time(rows: ActionQuerySet) -> QuerySet:
    return rows.order_by("due_on", "pk").values_list(*queries.WITH_OWNER)[: ON_ONE_DRAWING + 1]


ANY_PLAN = 0


def _in_plan(plan_id: int) -> Q:
    return Q(plan_id=plan_id) | Q(Exact(Value(plan_id, BigIntegerField()), ANY_PLAN)) & ~Q(
        plan__status=PlanStatus.CLOSED
    )


def _by_status(rows: ActionQuerySet) -> QuerySet:
    return rows.order_by().values_list("status").annotate(number=Count("pk"))


def _first_of_each_status(rows: ActionQuerySet) -> ActionQuerySet:
    def first_of(status: Status) -> QuerySet:
        order = ("due_on", "pk") if status in OPEN else (F("finished_at").desc(), "pk")
        return rows.filter(status=status).order_by(*order).values("pk")[:MOST]

    first, *others = map(first_of, Status)
    return Action.objects.filter(pk__in=first.union(*others, all=True)).order_by("due_on", "pk")


def _of_organisation(organisation_id: int, plan_id: int) -> ActionQuerySet:
    return Action.objects.filter(_in_plan(plan_id), organisation_id=organisation_id)


_BY_STATUS = Prepared(lambda *values: _by_status(_of_organisation(*values)), int, int)
_FIRST_OF_EACH_STATUS = PreparedObjects(
    lambda *values: _first_of_each_status(_of_organisation(*values)), int, int, related=("owner", "team", "plan")
)
_IN_TIME = Prepared(lambda *values: _in_time(_of_organisation(*values)), int, int)
