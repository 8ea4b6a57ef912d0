"""Reads that several pages of action plans share."""

from collections.abc import Iterable, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Length

from actionplans import gathering
from actionplans.lines import Group, Line, line, together
from actionplans.models import Action, Plan, PlanReport, Settings
from actionplans.models.actions import ActionQuerySet
from actionplans.recurrence import Repeats
from actionplans.standing import signs
from actionplans.workflow import OPEN, PlanStatus
from foundation.core.acting import Acting
from foundation.core.prepared import Prepared, PreparedObjects, columns, instances
from foundation.organisations.models import Organisation
from risk.models import Entry, Risk

MOST = 500
BY_CODE = (Length("code"), "code", "pk")  # R2 before R10


def lines(rows: ActionQuerySet, today: date, most: int | None = None) -> list[Line]:
    """Rows with what is shown of each, those due first at the top: all of them, or the first ``most``."""
    return [line(row, today) for row in rows.select_related("owner", "team", "plan").order_by("due_on", "pk")[:most]]


def mine(acting: Acting, today: date) -> list[Line]:
    """What this person is to do or is accountable for, in plans that are active: the most pressing first."""
    return lines_of(_MINE.rows(acting.organisation_id, acting.membership_id, acting.membership.team_id or 0), today)


WITH_OWNER = (*columns(Action), "owner__name", "team__name")


def lines_of(rows: Sequence[tuple[Any, ...]], today: date) -> list[Line]:
    """Lines from the answer to a prepared query of ``WITH_OWNER``, and of whatever follows that."""
    begin = len(WITH_OWNER) - 2
    return [
        Line(action, row[begin] or row[begin + 1] or action.partner, signs(action.facts, today), action.objective_id)
        for action, row in zip(instances(Action, list(rows)), rows, strict=True)
    ]


def _mine(organisation_id: int, membership_id: int, team_id: int) -> QuerySet:
    """Whoever an action belongs to sees it, whatever their roles, so this asks for no permission."""
    acting: Any = SimpleNamespace(membership_id=membership_id, membership=SimpleNamespace(team_id=team_id))
    return (
        Action.objects.filter(organisation_id=organisation_id, plan__status=PlanStatus.ACTIVE)
        .of(acting)
        .open()
        .order_by("due_on", "pk")
        .values_list(*WITH_OWNER)[:10]
    )


_MINE = Prepared(_mine, int, int, int)


def attention(acting: Acting, today: date) -> tuple[int, int]:
    """How many actions of active plans are overdue, and how many drift. None for who may not read plans."""
    if not acting.may("plan.view"):
        return 0, 0
    [(overdue, drifting)] = _ATTENTION.rows(acting.organisation_id, today)
    return overdue, drifting


def _attention(organisation_id: int, today: date) -> QuerySet:
    rows = Action.objects.filter(organisation_id=organisation_id, plan__status=PlanStatus.ACTIVE).order_by()
    counts = [
        Coalesce(Subquery(found.values("organisation_id").annotate(number=Count("pk")).values("number")), 0)
        for found in (rows.overdue(today), rows.drifting(today))
    ]
    return Organisation.objects.filter(pk=organisation_id).order_by().values_list(*counts)


_ATTENTION = Prepared(_attention, int, date)


def plans_for_list(acting: Acting, today: date) -> QuerySet[Plan]:
    """Plans with how many actions each has, has open and has overdue."""
    is_open = Q(actions__status__in=OPEN)
    return (
        Plan.objects.visible_to(acting)
        .select_related("owner")
        .annotate(
            total=Count("actions"),
            open=Count("actions", filter=is_open),
            overdue=Count("actions", filter=is_open & Q(actions__due_on__lt=today)),
        )
    )


def by_objective(acting: Acting, plan: Plan, today: date) -> list[Group]:
    """All actions of a plan, members' as well, under its objectives, in their order; last those under none.

    For a report: pages show the first of each (see shelves).
    """
    groups = {each.pk: Group(each.title) for each in plan.objectives.all()}
    rest = Group("")
    own = lines(Action.objects.visible_to(acting).filter(plan=plan), today)
    for each in together(own, gathering.lines(acting, plan, today)):
        groups.get(each.objective_id or 0, rest).lines.append(each)
    return [*groups.values(), *([rest] if rest.lines else [])]


def risks_with_titles(acting: Acting) -> QuerySet[Risk]:
    """Risks this person may see, with the ``title`` that the latest assessment gives each."""
    return with_titles(Risk.objects.visible_to(acting))


def with_titles(risks: QuerySet[Risk]) -> QuerySet:
    """With the ``title`` that the latest assessment gives each, and with no question of who asks."""
    latest = Entry.objects.filter(risk=OuterRef("pk")).order_by("-assessment__period_from", "-pk").values("title")[:1]
    return risks.annotate(title=Subquery(latest))


def next_round(acting: Acting, action: Action) -> Action | None:
    """The action of the round after this one, where it recurs."""
    if action.repeats == Repeats.NEVER:
        return None
    return Action.objects.visible_to(acting).filter(follows=action).first()


def settings_of(acting: Acting) -> Settings:
    """How the organisation reminds people; the defaults, unsaved, where it never said."""
    return Settings.objects.visible_to(acting).select_related("saved_by").first() or Settings(
        organisation_id=acting.organisation_id
    )


def open_plans(acting: Acting) -> list[Plan]:
    """Plans that may still change, newest first."""
    return list(Plan.objects.visible_to(acting).exclude(status=PlanStatus.CLOSED).order_by("-period_from", "-pk"))


def plans_to_choose_from(acting: Acting) -> list[Plan]:
    """The plans this person may read, the newest hundred."""
    return _NEWEST_PLANS.all(acting.organisation_id) if acting.may("plan.view") else []


_NEWEST_PLANS = PreparedObjects(
    lambda organisation_id: Plan.objects.filter(organisation_id=organisation_id).order_by("-period_from", "-pk")[:100],
    int,
)


def reports_of_plan(acting: Acting, plan: Plan) -> list[PlanReport]:
    """The ten reports of a plan that were asked for last, each with its state."""
    rows = _REPORTS_OF_PLAN.rows(acting.organisation_id, plan.pk) if acting.may("plan.view") else []
    reports = list(instances(PlanReport, rows))
    for report, (*_columns, state) in zip(reports, rows, strict=True):
        report.state = state
    return reports


_REPORTS_OF_PLAN = Prepared(
    lambda organisation_id, plan_id: (
        PlanReport.objects.filter(organisation_id=organisation_id, plan_id=plan_id)
        .with_state()
        .values_list(*columns(PlanReport), "state")[:10]
    ),
    int,
    int,
)


def people_with_actions(acting: Acting) -> list[tuple[int, str]]:
    """Everybody with open actions, as choices."""
    open_rows = Action.objects.visible_to(acting).open().order_by()
    owners = open_rows.filter(owner__isnull=False).values_list("owner_id", "owner__name")
    named: Iterable[tuple[int, str]] = owners.union(open_rows.values_list("accountable_id", "accountable__name"))
    return sorted(named, key=lambda person: (person[1].casefold(), person[0]))


# One plan and one action by reference, with what their pages name. Who may see them is the caller's to ask.
PLAN = PreparedObjects(
    lambda organisation_id, reference: Plan.objects.filter(
        organisation_id=organisation_id, reference=reference
    ).order_by(),
    int,
    str,
    related=("owner", "created_by", "activated_by", "closed_by", "saved_by", "follows"),
)
BESIDE_ACTION = (
    "plan", "objective", "owner", "team", "accountable", "rated_by", "finished_by", "saved_by", "follows",
)  # fmt: skip
ACTION = PreparedObjects(
    lambda organisation_id, reference: Action.objects.filter(
        organisation_id=organisation_id, reference=reference
    ).order_by(),
    int,
    str,
    related=BESIDE_ACTION,
)
