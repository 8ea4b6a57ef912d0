"""Plans, their objectives, and how the organisation reminds people."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actionplans import permissions, workflow
from actionplans.actions.locking import locked_plan, person
from actionplans.groupings import Grouping, headings
from actionplans.models import Action, Objective, Plan, Settings
from actionplans.workflow import PlanStatus
from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.markings import Marking


@transaction.atomic
def create_plan(
    *,
    title: str,
    period_from: date,
    period_to: date,
    grouping: str,
    marking: str,
    summary: str,
    owner_id: int,
    by: Acting,
    now: datetime,
) -> Plan:
    """Begin a plan as a draft. It gets the headings of the grouping as its objectives, to be reworded at will."""
    permissions.check_can_edit(by)
    _check_period(period_from, period_to)
    row = Plan.objects.create(
        organisation=by.organisation,
        title=title.strip(),
        period_from=period_from,
        period_to=period_to,
        grouping=Grouping(grouping),
        marking=Marking(marking),
        summary=summary.strip(),
        owner=person(owner_id, by, now),
        created_at=now,
        created_by=by.membership,
    )
    Objective.objects.bulk_create(
        Objective(organisation=by.organisation, plan=row, title=heading, position=position)
        for position, heading in enumerate(headings()[grouping], start=1)
    )
    ledger.record("plan.created", actor=by, target=row, at=now, grouping=row.grouping)
    return row


@transaction.atomic
def change_plan(
    *,
    plan_id: int,
    version: int,
    title: str,
    period_from: date,
    period_to: date,
    marking: str,
    summary: str,
    owner_id: int,
    by: Acting,
    now: datetime,
) -> Plan:
    """Change what a plan says of itself, until it is closed."""
    permissions.check_can_edit(by)
    row = locked_plan(plan_id, by)
    row.check_version(version)
    workflow.check_plan_open(row.status)
    _check_period(period_from, period_to)
    if owner_id != row.owner_id:
        row.owner = person(owner_id, by, now)
    row.title, row.summary, row.marking = title.strip(), summary.strip(), Marking(marking)
    row.period_from, row.period_to = period_from, period_to
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=["title", "summary", "marking", "period_from", "period_to", "owner", *Plan.SAVED])
    ledger.record("plan.changed", actor=by, target=row, at=now)
    return row


@transaction.atomic
def activate_plan(*, plan_id: int, by: Acting, now: datetime) -> Plan:
    """Begin to work on a plan. It needs an action first."""
    permissions.check_can_edit(by)
    row = locked_plan(plan_id, by)
    workflow.check_plan_transition(row.status, PlanStatus.ACTIVE)
    if not Action.objects.visible_to(by).filter(plan=row).exists():
        raise RuleBroken(_("Add an action before you activate the plan."))
    row.status, row.activated_at, row.activated_by = PlanStatus.ACTIVE, now, by.membership
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=["status", "activated_at", "activated_by", *Plan.SAVED])
    ledger.record("plan.activated", actor=by, target=row, at=now)
    return row


@transaction.atomic
def close_plan(*, plan_id: int, note: str, by: Acting, now: datetime) -> Plan:
    """Close a plan, saying what it achieved. Open actions are completed, cancelled or moved to another plan first."""
    permissions.check_can_edit(by)
    row = locked_plan(plan_id, by)
    workflow.check_plan_transition(row.status, PlanStatus.CLOSED)
    if not note.strip():
        raise RuleBroken(_("Say what the plan achieved."))
    if Action.objects.visible_to(by).filter(plan=row).open().exists():
        raise RuleBroken(_("Complete, cancel or move the open actions to another plan before you close this one."))
    row.status, row.closed_at, row.closed_by, row.closing_note = PlanStatus.CLOSED, now, by.membership, note.strip()
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=["status", "closed_at", "closed_by", "closing_note", *Plan.SAVED])
    ledger.record("plan.closed", actor=by, target=row, at=now)
    return row


@transaction.atomic
def add_objective(*, plan_id: int, title: str, by: Acting, now: datetime) -> Objective:
    """Add a heading to the plan, below those that are there."""
    permissions.check_can_edit(by)
    plan = locked_plan(plan_id, by)
    workflow.check_plan_open(plan.status)
    _check_new_title(plan, title, by)
    last = plan.objectives.order_by("-position").values_list("position", flat=True).first() or 0
    row = Objective.objects.create(organisation=by.organisation, plan=plan, title=title.strip(), position=last + 1)
    ledger.record("objective.added", actor=by, target=row, at=now, plan=plan.reference)
    return row


@transaction.atomic
def change_objective(
    *, objective_id: int, version: int, title: str, position: int, by: Acting, now: datetime
) -> Objective:
    """Reword a heading or give it another place. Its actions stay under it."""
    permissions.check_can_edit(by)
    plan = locked_plan(Objective.objects.visible_to(by).get(pk=objective_id).plan_id, by)
    row = Objective.objects.visible_to(by).select_for_update(no_key=True).get(pk=objective_id)
    row.check_version(version)
    workflow.check_plan_open(plan.status)
    if title.strip() != row.title:
        _check_new_title(plan, title, by)
    row.title, row.position = title.strip(), position
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=["title", "position", *Objective.SAVED])
    ledger.record("objective.changed", actor=by, target=row, at=now, plan=plan.reference)
    return row


@transaction.atomic
def change_settings(
    *, version: int, remind_days_before: int, escalate_days_after: int, by: Acting, now: datetime
) -> Settings:
    """Set when owners are reminded, and when the accountable person is told of what is overdue."""
    permissions.check_can_edit(by)
    Settings.objects.get_or_create(organisation=by.organisation)
    row = Settings.objects.select_for_update(no_key=True).get(organisation=by.organisation)
    row.check_version(version)
    row.remind_days_before, row.escalate_days_after = remind_days_before, escalate_days_after
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=["remind_days_before", "escalate_days_after", *Settings.SAVED])
    ledger.record(
        "actionplans.settings_changed",
        actor=by,
        target=row,
        at=now,
        remind_days_before=remind_days_before,
        escalate_days_after=escalate_days_after,
    )
    return row


def _check_period(period_from: date, period_to: date) -> None:
    if period_to < period_from:
        raise RuleBroken(_("The plan cannot end before it begins."))


def _check_new_title(plan: Plan, title: str, by: Acting) -> None:
    if Objective.objects.visible_to(by).filter(plan=plan, title=title.strip()).exists():
        raise RuleBroken(_("The plan has this objective already."))
