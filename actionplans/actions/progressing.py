"""How an action goes: started, noted, on hold, due later, and what its people say of it."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actionplans import permissions, workflow
from actionplans.actions.keeping import keep
from actionplans.actions.locking import locked_action
from actionplans.models import Action, DueChange, Progress, Rag
from actionplans.workflow import Status
from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken


@transaction.atomic
def start(*, action_id: int, by: Acting, now: datetime) -> Action:
    """Begin an action that was not started."""
    row = locked_action(action_id, by)
    permissions.check_can_progress(by, row)
    if row.status != Status.NOT_STARTED:
        raise RuleBroken(_("This action was started already."))
    return _move_and_record(row, Status.IN_PROGRESS, "action.started", _("Started"), by=by, now=now)


@transaction.atomic
def hold(*, action_id: int, reason: str, by: Acting, now: datetime) -> Action:
    """Put an action on hold, saying why."""
    row = locked_action(action_id, by)
    permissions.check_can_progress(by, row)
    if not reason.strip():
        raise RuleBroken(_("Say why the action is on hold."))
    return _move_and_record(row, Status.ON_HOLD, "action.held", reason.strip(), by=by, now=now)


@transaction.atomic
def resume(*, action_id: int, by: Acting, now: datetime) -> Action:
    """Go on with an action that was on hold."""
    row = locked_action(action_id, by)
    permissions.check_can_progress(by, row)
    if row.status != Status.ON_HOLD:
        raise RuleBroken(_("This action is not on hold."))
    return _move_and_record(row, Status.IN_PROGRESS, "action.resumed", _("Resumed"), by=by, now=now)


@transaction.atomic
def report_progress(*, action_id: int, note: str, percent: int | None = None, by: Acting, now: datetime) -> Progress:
    """Note how an open action goes. The note stays; the percentage, where given, becomes the action's.

    The first note starts an action that was not started.
    """
    row = locked_action(action_id, by)
    permissions.check_can_progress(by, row)
    workflow.check_open(row.status)
    if not note.strip():
        raise RuleBroken(_("Say what was done."))
    if percent is not None and not 0 <= percent <= 100:
        raise RuleBroken(_("The percentage must be from 0 to 100."))
    if row.status == Status.NOT_STARTED:
        row.status = Status.IN_PROGRESS
    row.percent = row.percent if percent is None else percent
    row.noted_on = timezone.localdate(now)
    keep(row, ["status", "percent", "noted_on"])
    noted = add_note(row, note.strip(), by=by, now=now)
    ledger.record("action.progressed", actor=by, target=row, at=now, code=row.code, percent=percent)
    return noted


@transaction.atomic
def move_due(*, action_id: int, version: int, due_on: date, reason: str, by: Acting, now: datetime) -> DueChange:
    """Move the due date, saying why. The first due date stays on the action for good."""
    row = locked_action(action_id, by)
    permissions.check_can_progress(by, row)
    row.check_version(version)
    workflow.check_open(row.status)
    if not reason.strip():
        raise RuleBroken(_("Say why the due date moves."))
    if due_on < row.starts_on:
        raise RuleBroken(_("An action cannot be due before it starts."))
    if due_on == row.due_on:
        raise RuleBroken(_("It is due on that day already."))
    before, row.due_on = row.due_on, due_on
    row.count_up(by_id=by.membership_id, now=now)
    keep(row, ["due_on", *Action.SAVED])
    moved = DueChange.objects.create(
        organisation=by.organisation,
        action=row,
        before_on=before,
        due_on=due_on,
        reason=reason.strip(),
        changed_at=now,
        changed_by=by.membership,
    )
    ledger.record(
        "action.due_moved",
        actor=by,
        target=row,
        at=now,
        code=row.code,
        before=before.isoformat(),
        after=due_on.isoformat(),
    )
    return moved


@transaction.atomic
def rate(*, action_id: int, version: int, rag: str, reason: str, by: Acting, now: datetime) -> Action:
    """Say how its people see the action, and why. Overdue is computed and stands beside it, whatever they say."""
    row = locked_action(action_id, by)
    permissions.check_can_progress(by, row)
    row.check_version(version)
    workflow.check_open(row.status)
    if Rag(rag) == Rag.NONE:
        raise RuleBroken(_("Select a rating."))
    if not reason.strip():
        raise RuleBroken(_("Say why you rate it so."))
    before = row.rag
    row.rag, row.rag_reason, row.rated_at, row.rated_by = Rag(rag), reason.strip(), now, by.membership
    row.count_up(by_id=by.membership_id, now=now)
    keep(row, ["rag", "rag_reason", "rated_at", "rated_by", *Action.SAVED])
    ledger.record("action.rated", actor=by, target=row, at=now, code=row.code, before=before, after=rag)
    return row


def add_note(row: Action, note: str, *, by: Acting, now: datetime) -> Progress:
    """A line of the action's history, as it stands now."""
    return Progress.objects.create(
        organisation=by.organisation,
        action=row,
        note=note,
        percent=row.percent,
        status=row.status,
        noted_at=now,
        noted_by=by.membership,
    )


def _move_and_record(row: Action, to: Status, verb: str, note: str, *, by: Acting, now: datetime) -> Action:
    before = row.status
    workflow.check_transition(before, to)
    row.status, row.noted_on = to, timezone.localdate(now)
    keep(row, ["status", "noted_on"])
    add_note(row, note, by=by, now=now)
    ledger.record(verb, actor=by, target=row, at=now, code=row.code, before=before, after=row.status)
    return row
