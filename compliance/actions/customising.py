"""What an organisation adds to the duty and how it keeps its assessment."""

import hashlib
import json
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance import permissions
from compliance.models import Requirement, RequirementRevision, Settings, Theme
from compliance.models.library import Force
from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.actions.guards import lock_organisation


@transaction.atomic
def add_requirement(
    *,
    code: str,
    theme_code: str,
    title: str,
    text: str,
    force: str,
    review_interval_months: int,
    by: Acting,
    now: datetime,
) -> Requirement:
    """Add a requirement of the organisation's own, for example from a local strategy or an inspection finding."""
    permissions.check_can_customise(by)
    lock_organisation(by.organisation_id)  # of two who choose the same code at once, one is told
    if Requirement.objects.visible_to(by).filter(code__iexact=code).exists():
        raise RuleBroken(_("The code %(code)s is already in use. Choose another.") % {"code": code})
    content = _local_content(title, text, force, review_interval_months)
    row = Requirement.objects.create(
        organisation=by.organisation,
        framework=None,
        code=code,
        theme=Theme.objects.get(pk=theme_code),
        title=title.strip(),
        force=Force(force),
        in_force_from=timezone.localdate(now),
        review_interval_months=review_interval_months,
        verified=True,
        content=content,
        content_hash=_hash(content),
        position=900_000 + Requirement.objects.filter(organisation=by.organisation).count(),
    )
    _revise_requirement(row, now)
    ledger.record(
        "requirement.added", actor=by, target=row, at=now, requirement=row.code, theme=theme_code, force=force
    )
    return row


@transaction.atomic
def change_requirement(
    *,
    requirement_id: int,
    version: int,
    theme_code: str,
    title: str,
    text: str,
    force: str,
    review_interval_months: int,
    by: Acting,
    now: datetime,
) -> Requirement:
    """Reword a requirement of the organisation's own. Earlier answers keep the wording they answered."""
    row = _own_requirement(requirement_id, by)
    row.check_version(version)
    row.theme, row.title, row.force = Theme.objects.get(pk=theme_code), title.strip(), Force(force)
    row.review_interval_months = review_interval_months
    row.content = _local_content(title, text, force, review_interval_months)
    row.content_hash = _hash(row.content)
    row.count_up(by_id=by.membership_id, now=now)
    changed = ["theme", "title", "force", "review_interval_months", "content", "content_hash"]
    row.save(update_fields=[*changed, *Requirement.SAVED])
    _revise_requirement(row, now)
    ledger.record("requirement.changed", actor=by, target=row, at=now, requirement=row.code)
    return row


@transaction.atomic
def withdraw_requirement(*, requirement_id: int, by: Acting, now: datetime) -> Requirement:
    """End a requirement of the organisation's own from today. Its answers and their history stay."""
    row = _own_requirement(requirement_id, by)
    if row.in_force_to is not None:
        raise RuleBroken(_("This requirement was already withdrawn."))
    row.in_force_to = max(timezone.localdate(now), row.in_force_from)
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=["in_force_to", *Requirement.SAVED])
    ledger.record("requirement.withdrawn", actor=by, target=row, at=now, requirement=row.code)
    return row


@transaction.atomic
def change_settings(
    *,
    version: int,
    stale_after_months: int,
    expiry_warning_days: int,
    highest_score: int | None,
    by: Acting,
    now: datetime,
) -> Settings:
    """Set after how many months without change a requirement is flagged, and how early expiry is warned of."""
    permissions.check_can_customise(by)
    Settings.objects.get_or_create(organisation=by.organisation)
    row = Settings.objects.select_for_update(no_key=True).get(organisation=by.organisation)
    row.check_version(version)
    before = _facts(row)
    row.stale_after_months, row.expiry_warning_days = stale_after_months, expiry_warning_days
    row.highest_score = highest_score
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=["stale_after_months", "expiry_warning_days", "highest_score", *Settings.SAVED])
    ledger.record(
        "compliance.settings_changed",
        actor=by,
        target=row,
        at=now,
        before=before,
        after=_facts(row),
    )
    return row


def _facts(row: Settings) -> dict[str, int | None]:
    return {name: getattr(row, name) for name in ("stale_after_months", "expiry_warning_days", "highest_score")}


def _own_requirement(requirement_id: int, by: Acting) -> Requirement:
    permissions.check_can_customise(by)
    return Requirement.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=requirement_id, organisation=by.organisation
    )


def _local_content(title: str, text: str, force: str, review_interval_months: int) -> dict:
    return {
        "title": title.strip(),
        "text": text.strip(),
        "force": force,
        "review_interval_months": review_interval_months,
    }


def _hash(content: dict) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _revise_requirement(row: Requirement, now: datetime) -> None:
    RequirementRevision.objects.create(
        requirement=row,
        organisation_id=row.organisation_id,
        number=row.revisions.count() + 1,
        content=row.content,
        content_hash=row.content_hash,
        effective_at=now,
    )
