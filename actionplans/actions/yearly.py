"""The plan of the next year, begun from this year's: objectives come along, and the open actions that are carried."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actionplans import permissions
from actionplans.actions.keeping import keep
from actionplans.actions.locking import locked_plan
from actionplans.models import Action, Carried, Gathered, Objective, Plan, ReportedAction
from actionplans.workflow import OPEN, PlanStatus
from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken

Renewed = dict[int, Objective]


@transaction.atomic
def begin_next_plan(
    *,
    plan_id: int,
    title: str,
    period_from: date,
    period_to: date,
    action_ids: Collection[int] = (),
    gathered_ids: Collection[int] = (),
    by: Acting,
    now: datetime,
) -> Plan:
    """Begin the plan that follows an active one. Only once: a plan has one that follows it.

    The new plan has the objectives of the old. Open actions named are carried: they move and keep their reference,
    history, links and first due date. ``gathered_ids`` are places of what members report, which move as well. With
    actions the new plan is active from now on, so that work in hand stays in sight; without, it is a draft.
    """
    permissions.check_can_edit(by)
    before = locked_plan(plan_id, by)
    if before.status != PlanStatus.ACTIVE:
        raise RuleBroken(_("Only an active plan can be followed by the next one."))
    if Plan.objects.visible_to(by).filter(follows=before).exists():
        raise RuleBroken(_("The next plan was begun already."))
    if period_to < period_from:
        raise RuleBroken(_("The plan cannot end before it begins."))
    if period_from <= before.period_from:
        raise RuleBroken(_("The next plan must begin after this one began."))
    carried = _open_actions(before, action_ids, by)
    after = _insert(before, title, period_from, period_to, is_active=bool(carried), by=by, now=now)
    renewed = _objectives(before, after, by)
    ledger.record("plan.continued", actor=by, target=after, at=now, before=before.reference, actions=len(carried))
    for row in carried:
        _carry(row, before, after, renewed, by=by, now=now)
    _move_gathered(before, after, gathered_ids, renewed, by=by, now=now)
    return after


def _open_actions(before: Plan, ids: Collection[int], by: Acting) -> list[Action]:
    """Locked. All of them are still open in the plan, or nothing happens."""
    rows = list(
        Action.objects.visible_to(by)
        .filter(plan=before, pk__in=ids, status__in=OPEN)
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
    )
    if len(rows) != len(set(ids)):
        raise RuleBroken(_("An action that you chose was completed, cancelled or moved meanwhile. Look again."))
    return rows


def _insert(
    before: Plan, title: str, period_from: date, period_to: date, *, is_active: bool, by: Acting, now: datetime
) -> Plan:
    owner = before.owner if before.owner.is_current(timezone.localdate(now)) else by.membership
    return Plan.objects.create(
        organisation=by.organisation,
        title=title.strip(),
        period_from=period_from,
        period_to=period_to,
        grouping=before.grouping,
        marking=before.marking,
        summary=before.summary,
        owner=owner,
        follows=before,
        status=PlanStatus.ACTIVE if is_active else PlanStatus.DRAFT,
        activated_at=now if is_active else None,
        activated_by=by.membership if is_active else None,
        created_at=now,
        created_by=by.membership,
    )


def _objectives(before: Plan, after: Plan, by: Acting) -> Renewed:
    """The same headings in the new plan, by the key of the old."""
    old = list(Objective.objects.visible_to(by).filter(plan=before))
    new = Objective.objects.bulk_create(
        Objective(organisation=by.organisation, plan=after, title=each.title, position=each.position) for each in old
    )
    return {each.pk: made for each, made in zip(old, new, strict=True)}


def _carry(row: Action, before: Plan, after: Plan, renewed: Renewed, *, by: Acting, now: datetime) -> None:
    row.plan, row.objective = after, renewed.get(row.objective_id or 0)
    row.count_up(by_id=by.membership_id, now=now)
    keep(row, ["plan", "objective", *Action.SAVED])
    Carried.objects.create(
        organisation=by.organisation, action=row, before=before, after=after, carried_at=now, carried_by=by.membership
    )
    ledger.record(
        "action.carried", actor=by, target=row, at=now, code=row.code, before=before.reference, after=after.reference
    )


def _move_gathered(
    before: Plan, after: Plan, ids: Collection[int], renewed: Renewed, *, by: Acting, now: datetime
) -> None:
    """What a member took back meanwhile stays out."""
    reported = ReportedAction.objects.gathered_by(by)
    places = Gathered.objects.visible_to(by).filter(plan=before, pk__in=ids, reported__in=reported)
    for place in places.select_related("reported").select_for_update(no_key=True, of=("self",)).order_by("pk"):
        place.plan, place.objective = after, renewed.get(place.objective_id or 0)
        place.placed_at, place.placed_by = now, by.membership
        place.save(update_fields=["plan", "objective", "placed_at", "placed_by"])
        ledger.record("reported_action.placed", actor=by, target=place, at=now, plan=after.reference)
