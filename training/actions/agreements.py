"""What is agreed with people about what they are asked: waivers, more time, absences. Ended, never deleted."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.models import Membership
from training import assigning, permissions
from training.models import Absence, Assignment, Extension, Waiver


@transaction.atomic
def waive(*, assignment_id: int, starts_on: date, ends_on: date, reason: str, by: Acting, now: datetime) -> Waiver:
    """Let somebody off a requirement until a last day. Nobody waives their own."""
    assignment = _locked(assignment_id, by)
    permissions.check_can_agree(by, assignment)
    check_waiver(starts_on, ends_on, now)
    Waiver.objects.filter(**pair_of(assignment), ended_at__isnull=True).update(ended_at=now, ended_by=by.membership)
    waiver = Waiver.objects.create(
        **pair_of(assignment),
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        recorded_at=now,
        recorded_by=by.membership,
    )
    _recorded("training.waived", assignment, by, now)
    return waiver


@transaction.atomic
def end_waiver(*, assignment_id: int, by: Acting, now: datetime) -> None:
    """Ask somebody again for what they were let off."""
    assignment = _locked(assignment_id, by)
    permissions.check_can_agree(by, assignment)
    rows = Waiver.objects.filter(**pair_of(assignment), ended_at__isnull=True)
    if not rows.update(ended_at=now, ended_by=by.membership):
        raise RuleBroken(_("Nothing is waived here."))
    _recorded("training.waiver_ended", assignment, by, now)


@transaction.atomic
def extend(*, assignment_id: int, due_on: date, reason: str, by: Acting, now: datetime) -> Extension:
    """Give somebody until ``due_on``, this time round. Nobody gives it to themself."""
    assignment = _locked(assignment_id, by)
    permissions.check_can_agree(by, assignment)
    if due_on <= assignment.due_on:
        raise RuleBroken(_("Enter a day after the one on which it is due now."))
    check_extension(due_on, now)
    standing = Extension.objects.filter(**pair_of(assignment), ended_at__isnull=True).first()
    was_due_on = due_before(assignment, standing)
    Extension.objects.filter(**pair_of(assignment), ended_at__isnull=True).update(ended_at=now, ended_by=by.membership)
    extension = Extension.objects.create(
        **pair_of(assignment),
        was_due_on=was_due_on,
        due_on=due_on,
        reason=reason,
        recorded_at=now,
        recorded_by=by.membership,
    )
    _recorded("training.extended", assignment, by, now)
    return extension


@transaction.atomic
def record_absence(
    *, membership_id: int, starts_on: date, ends_on: date | None, kind: str, by: Acting, now: datetime
) -> Absence:
    """Count somebody apart while they are away for long. One absence at a time: a new one ends the one before."""
    membership = _locked_person(membership_id, by)
    permissions.check_can_manage_training(by, membership)
    if ends_on is not None and ends_on < starts_on:
        raise RuleBroken(_("The last day is before the first."))
    _open_absences(membership).update(ended_at=now, ended_by=by.membership)
    absence = Absence.objects.create(
        organisation=by.organisation,
        membership=membership,
        reason=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=now,
        recorded_by=by.membership,
    )
    ledger.record("training.absence_recorded", actor=by, target=membership, at=now)
    assigning.work_out(by.organisation_id, [membership.pk], now=now)
    return absence


@transaction.atomic
def end_absence(*, membership_id: int, by: Acting, now: datetime) -> None:
    """Count somebody again: they came back, or were never away."""
    membership = _locked_person(membership_id, by)
    permissions.check_can_manage_training(by, membership)
    if not _open_absences(membership).update(ended_at=now, ended_by=by.membership):
        raise RuleBroken(_("No absence is recorded for this person."))
    ledger.record("training.absence_ended", actor=by, target=membership, at=now)
    assigning.work_out(by.organisation_id, [membership.pk], now=now)


def check_waiver(starts_on: date, ends_on: date, now: datetime) -> None:
    """Raise RuleBroken for days on which nothing can be waived."""
    if ends_on < starts_on:
        raise RuleBroken(_("The last day is before the first."))
    if ends_on < timezone.localdate(now):
        raise RuleBroken(_("The last day has passed."))


def check_extension(due_on: date, now: datetime) -> None:
    """Raise RuleBroken for a day until which nobody can be given time."""
    if due_on < timezone.localdate(now):
        raise RuleBroken(_("Enter a day that has not passed."))


def due_before(assignment: Assignment, standing: Extension | None) -> date:
    """When it was due before any time was given: the extension that stands knows, if it is about this time round."""
    return standing.was_due_on if standing and standing.due_on == assignment.due_on else assignment.due_on


def pair_of(assignment: Assignment) -> dict[str, int]:
    """The columns by which what is agreed names its person and requirement."""
    return {
        "organisation_id": assignment.organisation_id,
        "membership_id": assignment.membership_id,
        "requirement_id": assignment.requirement_id,
    }


def _locked_person(membership_id: int, by: Acting) -> Membership:
    return Membership.objects.visible_to(by).select_for_update(no_key=True).get(pk=membership_id)


def _open_absences(membership: Membership) -> QuerySet[Absence]:
    return Absence.objects.filter(organisation_id=membership.organisation_id, membership=membership, ended_at=None)


def _locked(assignment_id: int, by: Acting) -> Assignment:
    """What somebody is asked as it stands. Who acts on it one after the other waits for the person's row."""
    row = Assignment.objects.visible_to(by).get(pk=assignment_id)
    _locked_person(row.membership_id, by)
    stands = Assignment.objects.visible_to(by).filter(
        membership_id=row.membership_id, requirement_id=row.requirement_id, known_until__isnull=True
    )
    found = stands.select_related("membership", "requirement").first()
    if found is None:
        raise RuleBroken(_("This person is no longer asked for this."))
    return found


def _said(reason: str, by: Acting, now: datetime) -> dict[str, Any]:
    return {"reason": reason, "recorded_at": now, "recorded_by": by.membership}


def _recorded(verb: str, assignment: Assignment, by: Acting, now: datetime) -> None:
    ledger.record(verb, actor=by, target=assignment.membership, at=now, requirement=assignment.requirement.reference)
    assigning.work_out(assignment.organisation_id, [assignment.membership_id], now=now)
