"""Asking for risks to be assessed again, and saying that it was done."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from risk import permissions, tasks_queries
from risk.models import CtlpEdition, ReviewTask, ThreatLevel
from risk.models.tasks import BY_HAND, Cause

DUE_AFTER = timedelta(days=28)  # of a task whose due date nobody chose
TOLD = "risk.reassess"


@transaction.atomic
def raise_tasks(
    *, cause: str, note: str, risk_ids: Iterable[int], due_on: date, by: Acting, now: datetime
) -> list[ReviewTask]:
    """Ask for risks to be assessed again after an incident, new guidance or the like. Owners and leads are told."""
    permissions.check_can_keep_profiles(by)
    if cause not in BY_HAND:
        raise RuleBroken(_("A new local profile or threat level raises its own tasks. Choose another cause."))
    if not note.strip():
        raise RuleBroken(_("Say what happened, without naming people who may be at risk."))
    return _raise(
        [ReviewTask(cause=Cause(cause), note=note.strip(), due_on=due_on, risk_id=pk) for pk in _live(risk_ids, by)],
        organisation_id=by.organisation_id,
        by=by,
        now=now,
    )


def raise_for_edition(
    *, edition: CtlpEdition, risk_ids: Iterable[int], due_on: date, by: Acting, now: datetime
) -> list[ReviewTask]:
    """Ask for risks to be assessed again because of a new local profile. The edition's row must be locked."""
    chosen = _live(risk_ids, by)
    return _raise(
        [ReviewTask(cause=Cause.CTLP, edition=edition, due_on=due_on, risk_id=pk) for pk in chosen],
        organisation_id=by.organisation_id,
        by=by,
        now=now,
    )


def raise_for_threat_level(
    *, level: ThreatLevel, organisation_id: int, by: Acting | None, now: datetime
) -> list[ReviewTask]:
    """Ask for every live risk of an organisation to be assessed again, because the threat level changed.

    Runs in the organisation's context. ``by`` is None where the data file brought the level.
    """
    asked = ReviewTask.objects.filter(threat_level=level, organisation_id=organisation_id).values("risk_id")
    risks = tasks_queries.live_risks(organisation_id).exclude(pk__in=asked).order_by("code", "pk")
    due_on = timezone.localdate(now) + DUE_AFTER
    return _raise(
        [ReviewTask(cause=Cause.THREAT_LEVEL, threat_level=level, due_on=due_on, risk=each) for each in risks],
        organisation_id=organisation_id,
        by=by,
        now=now,
    )


@transaction.atomic
def finish_task(*, task_id: int, outcome: str, by: Acting, now: datetime) -> ReviewTask:
    """Say that the risk was assessed again and what came of it. Its owner may, and who writes assessments."""
    task = ReviewTask.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=task_id)
    owner = tasks_queries.owners(by.organisation_id, [task.risk_id], timezone.localdate(now)).get(task.risk_id)
    permissions.check_can_finish_task(by, owner)
    if task.is_done:
        raise RuleBroken(_("Somebody already said that this was done."))
    if not outcome.strip():
        raise RuleBroken(_("Say what came of it, even if nothing changed."))
    task.done_at, task.done_by, task.outcome = now, by.membership, outcome.strip()
    task.save(update_fields=["done_at", "done_by", "outcome"])
    ledger.record("review_task.done", actor=by, target=task, at=now, cause=task.cause)
    return task


def _live(risk_ids: Iterable[int], by: Acting) -> list[int]:
    """The risks as chosen. Raises RuleBroken for none, and for one that is closed or somebody else's."""
    chosen = set(risk_ids)
    found = tasks_queries.live_risks(by.organisation_id).filter(pk__in=chosen).order_by("code", "pk")
    ordered = list(found.values_list("pk", flat=True))
    if not chosen or set(ordered) != chosen:
        raise RuleBroken(_("Choose at least one risk, and only risks that are not closed."))
    return ordered


def _raise(tasks: list[ReviewTask], *, organisation_id: int, by: Acting | None, now: datetime) -> list[ReviewTask]:
    today = timezone.localdate(now)
    for task in tasks:
        if task.due_on < today:
            raise RuleBroken(_("The day by which it is to be done must be today or later."))
        task.organisation_id, task.raised_at = organisation_id, now
        task.raised_by_id = by.membership_id if by else None
    made = ReviewTask.objects.bulk_create(tasks)
    for task in made:
        ledger.record(
            "review_task.raised", actor=by, target=task, at=now, cause=task.cause, due_on=task.due_on, risk=task.risk_id
        )
    if made:
        _tell(made, organisation_id, by, now)
    return made


def _tell(tasks: list[ReviewTask], organisation_id: int, by: Acting | None, now: datetime) -> None:
    """One notice for each owner and lead, however many risks there are; it leads to the first of theirs."""
    today = timezone.localdate(now)
    owners = tasks_queries.owners(organisation_id, [task.risk_id for task in tasks], today)
    first: dict[int, ReviewTask] = {}
    for task in tasks:
        if task.risk_id in owners:
            first.setdefault(owners[task.risk_id], task)
    for lead in tasks_queries.people_to_tell(organisation_id, today):
        first.setdefault(lead, tasks[0])
    for membership_id, task in first.items():
        if by is None or membership_id != by.membership_id:
            notifications.notify(membership_id=membership_id, kind=TOLD, target=task, by=by, now=now)
