"""The end of an action: completed with its outcome and its effect on risks, cancelled, or opened again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actionplans import permissions, workflow
from actionplans.actions.keeping import keep
from actionplans.actions.locking import locked_action, locked_plan
from actionplans.actions.progressing import add_note
from actionplans.actions.writing import insert
from actionplans.models import (
    Action,
    ActionRecommendation,
    ActionRequirement,
    ActionRisk,
    Dependency,
    Effect,
    Supporter,
)
from actionplans.models.actions import ActionFields
from actionplans.workflow import OPEN, Status
from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.permissions import allowed

FINISH = ("status", "percent", "noted_on", "finished_on", "finished_at", "finished_by")


@dataclass(frozen=True)
class Said:
    """What an action did to one risk."""

    effect: str
    note: str = ""


@transaction.atomic
def complete(
    *,
    action_id: int,
    outcome: str,
    impact: str = "",
    finished_on: date | None = None,
    effects: Mapping[int, Said] | None = None,
    by: Acting,
    now: datetime,
) -> Action:
    """Complete an action: what came of it and, by risk link, what it did to each risk. Only once.

    Whoever may read the risk assessment says the effect on every linked risk; for others a lead says it later. A
    recurring action gets its next round. Scores do not change here: that is done in the risk assessment.
    """
    row = _locked_with_plan(action_id, by)
    permissions.check_can_progress(by, row)
    workflow.check_transition(row.status, Status.DONE)
    if not outcome.strip():
        raise RuleBroken(_("Say what came of the action."))
    done_on = finished_on or timezone.localdate(now)
    if done_on > timezone.localdate(now):
        raise RuleBroken(_("The day it was done must be today or earlier."))
    waiting = Dependency.objects.visible_to(by).filter(action=row, needs__status__in=OPEN)
    if waiting.exists():
        raise RuleBroken(_("This action waits for another that is not done. Complete or unlink that one first."))
    if allowed(permissions.check_can_see_risks, by):
        _say(row, effects or {}, by=by, now=now)
    before = row.status
    row.status, row.outcome, row.impact = Status.DONE, outcome.strip(), impact.strip()
    row.percent = None if row.percent is None else 100
    _finish(row, done_on, by=by, now=now)
    keep(row, [*FINISH, "outcome", "impact"])
    add_note(row, row.outcome, by=by, now=now)
    ledger.record("action.completed", actor=by, target=row, at=now, code=row.code, before=before)
    _next_round(row, done_on, by=by, now=now)
    return row


@transaction.atomic
def cancel(*, action_id: int, reason: str, by: Acting, now: datetime) -> Action:
    """Cancel an action, saying why. A recurring one ends with it."""
    permissions.check_can_edit(by)
    row = _locked_with_plan(action_id, by)
    workflow.check_transition(row.status, Status.CANCELLED)
    if not reason.strip():
        raise RuleBroken(_("Say why the action is cancelled."))
    before = row.status
    row.status, row.cancelled_reason = Status.CANCELLED, reason.strip()
    _finish(row, timezone.localdate(now), by=by, now=now)
    keep(row, [*FINISH, "cancelled_reason"])
    add_note(row, row.cancelled_reason, by=by, now=now)
    ledger.record("action.cancelled", actor=by, target=row, at=now, code=row.code, before=before)
    return row


@transaction.atomic
def reopen(*, action_id: int, reason: str, by: Acting, now: datetime) -> Action:
    """Open an action again that was done or cancelled, saying why. Its outcome stays to be rewritten."""
    permissions.check_can_edit(by)
    row = _locked_with_plan(action_id, by)
    if row.status in OPEN:
        raise RuleBroken(_("This action is open already."))
    workflow.check_transition(row.status, Status.IN_PROGRESS)
    if not reason.strip():
        raise RuleBroken(_("Say why the action is opened again."))
    before = row.status
    row.status, row.cancelled_reason, row.noted_on = Status.IN_PROGRESS, "", timezone.localdate(now)
    row.finished_on, row.finished_at, row.finished_by = None, None, None
    keep(row, [*FINISH, "cancelled_reason"])
    add_note(row, reason.strip(), by=by, now=now)
    ledger.record("action.reopened", actor=by, target=row, at=now, code=row.code, before=before)
    return row


@transaction.atomic
def say_effects(*, action_id: int, effects: Mapping[int, Said], by: Acting, now: datetime) -> Action:
    """Say what a completed action did to its risks, where whoever completed it could not, or see it anew."""
    permissions.check_can_edit(by)
    permissions.check_can_see_risks(by)
    row = locked_action(action_id, by)
    if row.status != Status.DONE:
        raise RuleBroken(_("Complete the action first."))
    _say(row, effects, by=by, now=now)
    ledger.record("action.effects_said", actor=by, target=row, at=now, code=row.code)
    return row


def _locked_with_plan(action_id: int, by: Acting) -> Action:
    """The plan first, as everybody who opens or adds an action takes it; then the action."""
    found = Action.objects.visible_to(by).select_related("plan").get(pk=action_id)
    if by.may("plan.view"):
        locked_plan(found.plan_id, by)
    return locked_action(action_id, by)


def _finish(row: Action, on: date, *, by: Acting, now: datetime) -> None:
    row.noted_on, row.finished_on, row.finished_at, row.finished_by = timezone.localdate(now), on, now, by.membership


def _say(row: Action, effects: Mapping[int, Said], *, by: Acting, now: datetime) -> None:
    for link in ActionRisk.objects.visible_to(by).select_for_update(no_key=True).filter(action=row):
        said = effects.get(link.pk)
        if said is None or Effect(said.effect) == Effect.NOT_SAID:
            raise RuleBroken(_("Say for every linked risk what the action did to it."))
        link.effect, link.effect_note = Effect(said.effect), said.note.strip()
        link.effect_at, link.effect_by = now, by.membership
        link.save(update_fields=["effect", "effect_note", "effect_at", "effect_by"])


def _next_round(row: Action, done_on: date, *, by: Acting, now: datetime) -> None:
    """The next action of one that recurs, with its people and links; none where there is one already."""
    due_on = row.recurrence.next_due(due_on=row.due_on, done_on=done_on)
    if due_on is None or Action.objects.filter(follows=row).exists():
        return
    said = {field.attname: getattr(row, field.attname) for field in ActionFields._meta.concrete_fields}
    following = insert(
        Action(
            **said | {"due_on": due_on, "starts_on": min(done_on, due_on)},
            organisation=by.organisation,
            plan_id=row.plan_id,
            objective_id=row.objective_id,
            original_due_on=due_on,
            follows=row,
            created_at=now,
            created_by=by.membership,
        )
    )
    common = {"organisation": by.organisation, "action": following}
    linked = common | {"linked_at": now, "linked_by": by.membership}
    Supporter.objects.bulk_create(
        Supporter(**common, membership_id=each.membership_id)
        for each in Supporter.objects.visible_to(by).filter(action=row)
    )
    ActionRisk.objects.bulk_create(
        ActionRisk(**linked, risk_id=each.risk_id) for each in ActionRisk.objects.visible_to(by).filter(action=row)
    )
    ActionRecommendation.objects.bulk_create(
        ActionRecommendation(**linked, recommendation_id=each.recommendation_id)
        for each in ActionRecommendation.objects.visible_to(by).filter(action=row)
    )
    ActionRequirement.objects.bulk_create(
        ActionRequirement(**linked, requirement_id=each.requirement_id)
        for each in ActionRequirement.objects.visible_to(by).filter(action=row)
    )
    ledger.record(
        "action.added", actor=by, target=following, at=now, code=following.code, after=row.code, due=due_on.isoformat()
    )
