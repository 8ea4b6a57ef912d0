"""Everything a person can do with evidence: add, revise, withdraw."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.markings import Marking
from foundation.evidence import permissions
from foundation.evidence.models import EvidenceItem, EvidenceRevision, Kind
from foundation.files import actions as files
from foundation.files.examination import Examined
from foundation.organisations.models import Membership

PURPOSE = "evidence.item"


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a person says about a piece of evidence. ``expires_on`` is the last day it counts."""

    title: str
    effective_from: date
    effective_to: date | None = None
    expires_on: date | None = None
    marking: str = Marking.OFFICIAL
    note: str = ""
    link: str = ""
    owner_id: int | None = None


@transaction.atomic
def add(
    *, kind: str, description: Description, upload: Examined | None = None, by: Acting, now: datetime
) -> EvidenceItem:
    """Add a piece of evidence of one kind: a file, a link or a note."""
    permissions.check_can_manage(by)
    _check(Kind(kind), description, upload is not None, by, now)
    item = EvidenceItem.objects.create(
        organisation_id=by.organisation_id,
        kind=Kind(kind),
        file=files.receive(examined=upload, purpose=PURPOSE, by=by, now=now) if upload else None,
        created_at=now,
        created_by=by.membership,
        updated_at=now,
        **asdict(description),
    )
    _keep_revision(item, by=by, now=now)
    ledger.record("evidence.added", actor=by, target=item, at=now, kind=kind, expires_on=description.expires_on)
    return item


@transaction.atomic
def revise(
    *,
    evidence_id: int,
    version: int,
    description: Description,
    upload: Examined | None = None,
    by: Acting,
    now: datetime,
) -> EvidenceItem:
    """Change what is said about a piece of evidence, or replace its file. How it stood before is kept.

    Saving it as it stands changes nothing and makes no version.
    Raises StaleVersion when somebody saved since ``version``.
    """
    permissions.check_can_manage(by)
    item = _locked(evidence_id, by)
    item.check_version(version)
    if item.is_withdrawn:
        raise RuleBroken(_("This evidence was withdrawn, so it cannot be changed."))
    _check(Kind(item.kind), description, upload is not None or item.file_id is not None, by, now)
    wanted = asdict(description)
    changed = sorted(name for name, value in wanted.items() if getattr(item, name) != value)
    for name in changed:
        setattr(item, name, wanted[name])
    if upload is not None:
        item.file = files.receive(examined=upload, purpose=PURPOSE, by=by, now=now)
        changed.append("file")
    if not changed:
        return item
    item.version += 1
    item.updated_at = now
    item.save(update_fields=[*(name.removesuffix("_id") for name in changed), "version", "updated_at"])
    _keep_revision(item, by=by, now=now)
    ledger.record("evidence.revised", actor=by, target=item, at=now, fields=changed)
    return item


@transaction.atomic
def withdraw(*, evidence_id: int, version: int, reason: str, by: Acting, now: datetime) -> EvidenceItem:
    """Say that a piece of evidence no longer counts, and why. It stays in the history of what it supported."""
    permissions.check_can_manage(by)
    item = _locked(evidence_id, by)
    item.check_version(version)
    if item.is_withdrawn:
        raise RuleBroken(_("This evidence was already withdrawn."))
    if not reason.strip():
        raise RuleBroken(_("Say why the evidence is withdrawn."))
    item.withdrawn_at, item.withdrawn_reason = now, reason.strip()
    item.version += 1
    item.updated_at = now
    item.save(update_fields=["withdrawn_at", "withdrawn_reason", "version", "updated_at"])
    _keep_revision(item, by=by, now=now)
    ledger.record("evidence.withdrawn", actor=by, target=item, at=now)
    return item


def _locked(evidence_id: int, by: Acting) -> EvidenceItem:
    return EvidenceItem.objects.visible_to(by).select_for_update(no_key=True).get(pk=evidence_id)


def _check(kind: Kind, description: Description, has_file: bool, by: Acting, now: datetime) -> None:
    if kind == Kind.FILE and not has_file:
        raise RuleBroken(_("Select a file."))
    if kind == Kind.LINK and not description.link.startswith("https://"):
        raise RuleBroken(_("Enter a link that begins with https://."))
    if kind != Kind.LINK and description.link:
        raise RuleBroken(_("Only evidence of the kind link has a link."))
    if kind == Kind.NOTE and not description.note.strip():
        raise RuleBroken(_("Write the note."))
    if description.effective_to and description.effective_to < description.effective_from:
        raise RuleBroken(_("The evidence cannot end before it begins."))
    if description.expires_on and description.expires_on < description.effective_from:
        raise RuleBroken(_("The last day it counts cannot be before it begins."))
    if description.owner_id is not None:
        owner = Membership.objects.visible_to(by).filter(pk=description.owner_id).first()
        if owner is None or not owner.is_current(timezone.localdate(now)):
            raise RuleBroken(_("The owner must be somebody who is in the organisation today."))


def _keep_revision(item: EvidenceItem, *, by: Acting, now: datetime) -> None:
    EvidenceRevision.objects.create(
        **item.evidence_fields(),
        organisation_id=item.organisation_id,
        item=item,
        number=item.version,
        changed_at=now,
        changed_by=by.membership,
    )
