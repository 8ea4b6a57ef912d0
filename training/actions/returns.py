"""Numbers that partners give who name nobody: written down, and corrected by writing them down anew."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations import queries as organisations
from training import permissions
from training.models import PartnerReturn, Requirement


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a partner says. ``partner_id`` is a member organisation; without one, ``partner_name`` says who it is."""

    partner_id: int | None = None
    partner_name: str = ""
    requirement_id: int | None = None
    group: str = ""
    as_at: date
    in_scope: int
    in_date: int
    note: str = ""


@transaction.atomic
def record_return(*, given: Given, by: Acting, now: datetime) -> PartnerReturn:
    """Write down a partner's numbers. Raises RuleBroken for a day to come, and for more in date than in scope."""
    permissions.check_can_manage_training(by)
    row = _write(given, None, by, now)
    ledger.record("training.return_recorded", actor=by, target=row, at=now)
    return row


@transaction.atomic
def correct_return(*, return_id: int, given: Given, by: Acting, now: datetime) -> PartnerReturn:
    """Put other numbers in the place of those that stand. What stood before is kept."""
    before = PartnerReturn.objects.visible_to(by).get(pk=return_id)
    permissions.check_can_manage_training(by, before)
    corrected = RuleBroken(_("Somebody corrected these numbers meanwhile. Look at what stands now."))
    if PartnerReturn.objects.visible_to(by).filter(replaces=before).exists():
        raise corrected
    try:
        with transaction.atomic():
            row = _write(given, before, by, now)
    except IntegrityError as error:  # two at once: each row is replaced once
        raise corrected from error
    ledger.record("training.return_corrected", actor=by, target=row, at=now, before=before.reference)
    return row


def _write(given: Given, before: PartnerReturn | None, by: Acting, now: datetime) -> PartnerReturn:
    today = timezone.localdate(now)
    if given.as_at > today:
        raise RuleBroken(_("The day the numbers are of must not be in the future."))
    if given.in_scope < 1:
        raise RuleBroken(_("At least one person must be in scope."))
    if given.in_date > given.in_scope:
        raise RuleBroken(_("There cannot be more people in date than in scope."))
    if given.requirement_id is None and not given.group:
        raise RuleBroken(_("Select a requirement, or say which group of people this is about."))
    requirements = Requirement.objects.visible_to(by)
    return PartnerReturn.objects.create(
        organisation_id=by.organisation_id,
        partner_id=given.partner_id,
        partner_name=_name(given, by, today),
        requirement=requirements.get(pk=given.requirement_id) if given.requirement_id else None,
        group=given.group,
        as_at=given.as_at,
        in_scope=given.in_scope,
        in_date=given.in_date,
        note=given.note,
        recorded_at=now,
        recorded_by_id=by.membership_id,
        replaces=before,
    )


def _name(given: Given, by: Acting, today: date) -> str:
    if given.partner_id is None:
        if not given.partner_name:
            raise RuleBroken(_("Select the partner, or enter its name."))
        return given.partner_name
    members = {each.pk: each.name for each in organisations.members(by, today)}
    if given.partner_id not in members:
        raise RuleBroken(_("This organisation is not a member today. Enter its name instead."))
    return members[given.partner_id]
