"""Reads about a plan and the one that follows it."""

from datetime import date

from actionplans.models import Action, Carried, Gathered, Plan, ReportedAction
from actionplans.workflow import OPEN
from foundation.core.acting import Acting
from foundation.core.prepared import PreparedObjects
from foundation.organisations.queries import is_partnership

Choices = list[tuple[int, str]]
MOST_CARRIED = 500


def open_actions(acting: Acting, plan: Plan) -> Choices:
    """What may be carried forward, by due date: "A7 Brief all hirers"."""
    rows = Action.objects.visible_to(acting).filter(plan=plan).open().order_by("due_on", "pk")
    return [(row.pk, str(row)) for row in rows]


def open_gathered(acting: Acting, plan: Plan, today: date) -> Choices:
    """Places of what members report and have not finished: "Ashmere District Council: A7 Brief all hirers"."""
    if not is_partnership(acting):
        return []
    places = Gathered.objects.visible_to(acting).filter(
        plan=plan, reported__in=ReportedAction.objects.gathered_by(acting), reported__status__in=OPEN
    )
    found = places.select_related("reported__organisation").order_by("reported__due_on", "pk")[:MOST_CARRIED]
    return [(place.pk, f"{place.reported.organisation.name}: {place.reported}") for place in found]


def next_of(acting: Acting, plan: Plan) -> Plan | None:
    """The plan that was begun from this one."""
    return _NEXT.first(acting.organisation_id, plan.pk) if acting.may("plan.view") else None


_NEXT = PreparedObjects(
    lambda organisation_id, plan_id: Plan.objects.filter(
        organisation_id=organisation_id, follows_id=plan_id
    ).order_by(),
    int,
    int,
)


def carried_from(acting: Acting, plan: Plan) -> list[Carried]:
    """Actions that went on to the next plan, in the order of their numbers."""
    return list(
        Carried.objects.visible_to(acting).filter(before=plan).select_related("action").order_by("action__number")
    )
