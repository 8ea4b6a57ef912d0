"""What is already done about a risk. Each change is a revision of its entry."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from risk import permissions
from risk.actions import keeping
from risk.models import Control, Entry
from risk.models.risks import Strength


@transaction.atomic
def add_control(*, entry_id: int, version: int, text: str, strength: str, by: Acting, now: datetime) -> Control:
    """Name something that is done about a risk, and say how well it holds."""
    entry = keeping.open_entry(entry_id, version, by)
    last = entry.controls.aggregate(last=Max("position"))["last"]
    control = Control.objects.create(
        organisation=by.organisation,
        entry=entry,
        text=text.strip(),
        strength=Strength(strength),
        position=(last or 0) + 1,
    )
    _keep_and_record(entry, "risk.control_added", control, by=by, now=now)
    return control


@transaction.atomic
def change_control(*, control_id: int, version: int, text: str, strength: str, by: Acting, now: datetime) -> Control:
    """Reword a control or say anew how well it holds. ``version`` is the entry's."""
    control = _locked(control_id, version, by)
    control.text, control.strength = text.strip(), Strength(strength)
    control.save(update_fields=["text", "strength"])
    _keep_and_record(control.entry, "risk.control_changed", control, by=by, now=now)
    return control


@transaction.atomic
def remove_control(*, control_id: int, version: int, by: Acting, now: datetime) -> None:
    """Take away a control that is no longer there. Earlier revisions go on showing it."""
    control = _locked(control_id, version, by)
    entry, strength = control.entry, control.strength
    control.delete()
    keeping.keep(entry, [], by=by, now=now)
    _record(entry, "risk.control_removed", strength, by=by, now=now)


def _locked(control_id: int, version: int, by: Acting) -> Control:
    permissions.check_can_edit(by)
    rows = Control.objects.visible_to(by).filter(pk=control_id)
    found = rows.first()
    entry = keeping.open_entry(found.entry_id, version, by) if found else None
    control = rows.first() if entry else None
    if entry is None or control is None:
        raise RuleBroken(_("This control was taken away meanwhile."))
    control.entry = entry
    return control


def _keep_and_record(entry: Entry, verb: str, control: Control, *, by: Acting, now: datetime) -> None:
    keeping.keep(entry, [], by=by, now=now)
    _record(entry, verb, control.strength, by=by, now=now)


def _record(entry: Entry, verb: str, strength: str, *, by: Acting, now: datetime) -> None:
    ledger.record(
        verb,
        actor=by,
        target=entry.risk,
        at=now,
        assessment=entry.assessment.reference,
        version=entry.version,
        strength=strength,
    )
