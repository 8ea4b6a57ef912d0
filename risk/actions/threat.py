"""A threat level that an organisation enters before the portal's data file knows it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.models import Organisation
from risk import permissions, threat
from risk.actions.tasks import raise_for_threat_level
from risk.models import ReviewTask, ThreatLevel
from risk.models.threat import Level, Mark


@dataclass(frozen=True)
class Entered:
    """The level as entered, and the tasks that it raised."""

    row: ThreatLevel
    tasks: list[ReviewTask]


@transaction.atomic
def enter_level(
    *,
    level: str,
    effective_from: date,
    announced_on: date | None,
    source: str,
    source_address: str,
    note: str,
    by: Acting,
    now: datetime,
) -> Entered:
    """Enter a newer level for the own organisation. Every live risk is to be assessed again if the level changes."""
    permissions.check_can_keep_profiles(by)
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)  # one at a time
    today = timezone.localdate(now)
    if effective_from > today or (announced_on is not None and announced_on > today):
        raise RuleBroken(_("Enter a level that is already in force: the dates must be today or earlier."))
    if not source.strip():
        raise RuleBroken(_("Say where you read it, so that others can check it."))
    before = threat.level_in_force(by, today)
    if before is not None and effective_from <= before.effective_from:
        raise RuleBroken(_("A level from this day or later is already known. Enter only a newer one."))
    if before is not None and before.level == level:
        raise RuleBroken(_("This is the level that is in force already."))
    row = ThreatLevel.objects.create(
        organisation=by.organisation,
        level=Level(level),
        effective_from=effective_from,
        announced_on=announced_on,
        source=source.strip(),
        source_address=source_address.strip(),
        note=note.strip(),
        mark=Mark.NOT_VERIFIED,
        entered_at=now,
        entered_by=by.membership,
    )
    ledger.record(
        "threat_level.entered",
        actor=by,
        target=row,
        at=now,
        before=before.level if before else "",
        after=row.level,
        effective_from=effective_from,
    )
    return Entered(row, raise_for_threat_level(level=row, organisation_id=by.organisation_id, by=by, now=now))


@transaction.atomic
def withdraw_level(*, level_id: int, reason: str, by: Acting, now: datetime) -> ThreatLevel:
    """Take back a level that the own organisation entered by mistake. Tasks it raised stay, to be done or answered."""
    permissions.check_can_keep_profiles(by)
    own = ThreatLevel.objects.visible_to(by).filter(organisation_id=by.organisation_id)
    row = own.select_for_update(no_key=True).get(pk=level_id)
    if row.withdrawn_at is not None:
        raise RuleBroken(_("This level was already withdrawn."))
    if not reason.strip():
        raise RuleBroken(_("Say why it is withdrawn."))
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now, by.membership, reason.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    ledger.record("threat_level.withdrawn", actor=by, target=row, at=now, level=row.level)
    return row
