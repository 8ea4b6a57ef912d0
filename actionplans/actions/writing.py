"""Writing an action down: what is done, by whom, until when."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from actionplans import permissions, recurrence, workflow
from actionplans.actions.keeping import keep
from actionplans.actions.locking import locked_action, locked_plan, objective_of, person
from actionplans.models import Action, Priority, Supporter
from actionplans.recurrence import Repeats
from foundation import ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.models import Team

ATTEMPTS = 5


@dataclass(frozen=True)
class Description:
    """What is said of an action. It has an owner: a person, a team or a partner organisation; and always somebody
    accountable. ``due_on`` counts only for a new action: later it moves by ``move_due``, with a reason."""

    title: str
    success_measure: str
    accountable_id: int
    starts_on: date
    due_on: date
    owner_id: int | None = None
    team_id: int | None = None
    partner: str = ""
    description: str = ""
    relevance: str = ""
    resources: str = ""
    priority: int = Priority.MEDIUM
    cost: Decimal | None = None
    funding: str = ""
    repeats: str = Repeats.NEVER
    every_months: int | None = None
    on_day: int | None = None

    def columns(self) -> dict[str, Any]:
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}


@transaction.atomic
def add_action(
    *,
    plan_id: int,
    objective_id: int | None,
    description: Description,
    supporter_ids: Iterable[int] = (),
    by: Acting,
    now: datetime,
) -> Action:
    """Add an action to a plan that is not closed. It gets the next number of the organisation."""
    permissions.check_can_edit(by)
    plan = locked_plan(plan_id, by)
    workflow.check_plan_open(plan.status)
    _check(description, None, by, now)
    row = insert(
        Action(
            organisation=by.organisation,
            plan=plan,
            objective=objective_of(plan, objective_id, by),
            original_due_on=description.due_on,
            created_at=now,
            created_by=by.membership,
            **description.columns(),
        )
    )
    _support(row, supporter_ids, by, now)
    ledger.record("action.added", actor=by, target=row, at=now, code=row.code, plan=plan.reference)
    tell(row, had_owner=None, was_accountable=None, by=by, now=now)
    return row


@transaction.atomic
def change_action(
    *,
    action_id: int,
    version: int,
    plan_id: int,
    objective_id: int | None,
    description: Description,
    supporter_ids: Iterable[int] = (),
    by: Acting,
    now: datetime,
) -> Action:
    """Change what an open action says, or move it to another plan. Its due date stays: see ``move_due``."""
    permissions.check_can_edit(by)
    plan = locked_plan(plan_id, by)
    row = locked_action(action_id, by)
    row.check_version(version)
    workflow.check_open(row.status)
    workflow.check_plan_open(plan.status)
    _check(description, row, by, now)
    had_owner, was_accountable = row.owner_id, row.accountable_id
    columns = description.columns()
    del columns["due_on"]
    for name, value in columns.items():
        setattr(row, name, value)
    row.plan, row.objective = plan, objective_of(plan, objective_id, by)
    row.count_up(by_id=by.membership_id, now=now)
    keep(row, [*columns, "plan", "objective", *Action.SAVED])
    _support(row, supporter_ids, by, now)
    ledger.record("action.changed", actor=by, target=row, at=now, code=row.code)
    tell(row, had_owner=had_owner, was_accountable=was_accountable, by=by, now=now)
    return row


def insert(row: Action) -> Action:
    """Insert an action with the next number. Two at once get two numbers."""
    for attempt in range(1, ATTEMPTS + 1):
        last = Action.objects.filter(organisation_id=row.organisation_id).aggregate(last=Max("number"))["last"] or 0
        row.number, row.code = last + 1, f"A{last + 1}"
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            if attempt == ATTEMPTS or "action_number_once" not in str(error):
                raise
        else:
            break
    return row


def tell(row: Action, *, had_owner: int | None, was_accountable: int | None, by: Acting, now: datetime) -> None:
    """Tell a new owner and a new accountable person, unless they did it themselves."""
    told = {by.membership_id}
    for membership_id, before, kind in (
        (row.owner_id, had_owner, "actionplans.owns"),
        (row.accountable_id, was_accountable, "actionplans.accountable"),
    ):
        if membership_id is not None and membership_id != before and membership_id not in told:
            told.add(membership_id)
            notifications.notify(
                membership_id=membership_id, kind=kind, target=row, by=by, now=now, event=str(row.version)
            )


def _check(said: Description, row: Action | None, by: Acting, now: datetime) -> None:
    """``row`` is the action as it stands: whoever is named there already may stay named after they left."""
    due_on = row.due_on if row else said.due_on
    if due_on < said.starts_on:
        raise RuleBroken(_("An action cannot be due before it starts."))
    if not (said.owner_id or said.team_id or said.partner.strip()):
        raise RuleBroken(_("Name an owner: a person, a team or a partner organisation."))
    if said.owner_id is not None and (row is None or said.owner_id != row.owner_id):
        person(said.owner_id, by, now)
    if row is None or said.accountable_id != row.accountable_id:
        person(said.accountable_id, by, now)
    if said.team_id is not None and not Team.objects.visible_to(by).filter(pk=said.team_id).exists():
        raise RuleBroken(_("Choose a team of the organisation."))
    if recurrence.problems_of(said.repeats, said.every_months, said.on_day):
        raise RuleBroken(_("Say how the action repeats: months from 1 to 60, and a day only for a fixed calendar."))


def _support(row: Action, membership_ids: Iterable[int], by: Acting, now: datetime) -> None:
    """Make these people, and nobody else, its supporters."""
    wanted = set(membership_ids)
    standing = set(Supporter.objects.visible_to(by).filter(action=row).values_list("membership_id", flat=True))
    Supporter.objects.visible_to(by).filter(action=row, membership_id__in=standing - wanted).delete()
    Supporter.objects.bulk_create(
        Supporter(organisation=by.organisation, action=row, membership=person(pk, by, now))
        for pk in sorted(wanted - standing)
    )
