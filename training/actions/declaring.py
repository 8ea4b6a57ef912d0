"""What people say themselves that they did elsewhere: said with proof, and taken back as long as nobody decided."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.files import actions as stored_files
from foundation.files.examination import Examined
from foundation.organisations import queries as organisations
from foundation.organisations.models import Membership
from training import permissions, workflow
from training.actions.recording import Done, record
from training.models import Came, Completion
from training.workflow import RecordStatus

PROOF = "training.proof"


@transaction.atomic
def declare(*, done: Done, certificate: Examined | None, by: Acting, now: datetime) -> Completion:
    """Say that one did a course elsewhere. It waits until the line manager or a training manager has looked at it.

    Raises RuleBroken where there is nothing to check it by, and as ``record`` does.
    """
    permissions.check_can_learn(by)
    if certificate is None and not done.number:
        raise RuleBroken(_("Add your certificate, or enter its number."))
    if certificate is not None:
        kept = stored_files.receive(examined=certificate, purpose=PROOF, by=by, now=now)
        done = replace(done, proof_id=kept.pk)
    completion = record(membership_id=by.membership_id, done=done, came=Came.SELF, by=by, now=now)
    notifications.notify_many(
        events=dict.fromkeys(_to_tell(by, now), ""), kind="training.record_waiting", target=completion, by=by, now=now
    )
    return completion


@transaction.atomic
def take_back(*, completion_id: int, by: Acting, now: datetime) -> Completion:
    """Take back what one said and nobody decided about yet."""
    seen = Completion.objects.visible_to(by).get(pk=completion_id)
    Membership.objects.visible_to(by).select_for_update(no_key=True).get(pk=seen.membership_id)  # as who decides does
    completion = Completion.objects.visible_to(by).get(pk=completion_id)
    permissions.check_can_take_back(by, completion)
    if completion.status != RecordStatus.WAITING:
        raise RuleBroken(_("Somebody has decided about this record already."))
    workflow.check_record_can_move(completion.status, RecordStatus.WITHDRAWN)
    completion.status, completion.decided_at, completion.decided_by_id = RecordStatus.WITHDRAWN, now, by.membership_id
    completion.decision_reason = _("Taken back by the person")
    completion.save(update_fields=["status", "decided_at", "decided_by", "decision_reason"])
    ledger.record("training.record_taken_back", actor=by, target=by.membership, at=now, record=completion.reference)
    return completion


def _to_tell(by: Acting, now: datetime) -> list[int]:
    """The line manager or, where there is none today, the training managers."""
    today = timezone.localdate(now)
    person = by.membership
    led_by = Membership.objects.visible_to(by).current(today).filter(pk__in=[person.line_manager_id or 0])
    if (manager := led_by.first()) is not None:
        return [manager.pk]
    managers = organisations.people_choices(by, on=today, permission="training.manage")
    return [pk for pk, _name in managers if pk != by.membership_id]
