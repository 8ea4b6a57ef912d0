"""Evidence is put behind a risk and taken from behind it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.evidence.models import EvidenceItem
from risk import permissions
from risk.actions import keeping
from risk.models import Risk, RiskEvidence


@transaction.atomic
def link_evidence(*, risk_id: int, evidence_id: int, by: Acting, now: datetime) -> RiskEvidence:
    """Put a piece of evidence behind a risk. It stands behind the risk itself, whatever assessments say of it."""
    permissions.check_can_edit(by)
    risk = keeping.locked_risk(risk_id, by)
    if risk.closed_at is not None:
        raise RuleBroken(_("This risk is closed."))
    item = EvidenceItem.objects.visible_to(by).get(pk=evidence_id)
    if item.withdrawn_at is not None:
        raise RuleBroken(_("This evidence was withdrawn."))
    if RiskEvidence.objects.visible_to(by).filter(risk=risk, evidence=item, unlinked_at__isnull=True).exists():
        raise RuleBroken(_("This is linked already."))
    use = RiskEvidence.objects.create(
        organisation=by.organisation, risk=risk, evidence=item, linked_at=now, linked_by=by.membership
    )
    _record("risk.evidence_linked", risk, item, by=by, now=now)
    return use


@transaction.atomic
def unlink_evidence(*, use_id: int, by: Acting, now: datetime) -> RiskEvidence:
    """Take a piece of evidence from behind a risk. The evidence stays, and so does that it was linked."""
    permissions.check_can_edit(by)
    found = RiskEvidence.objects.visible_to(by).get(pk=use_id)
    risk = keeping.locked_risk(found.risk_id, by)
    use = RiskEvidence.objects.visible_to(by).select_related("evidence").get(pk=use_id)
    if use.unlinked_at is not None:
        raise RuleBroken(_("This evidence was already unlinked."))
    use.unlinked_at, use.unlinked_by = now, by.membership
    use.save(update_fields=["unlinked_at", "unlinked_by"])
    _record("risk.evidence_unlinked", risk, use.evidence, by=by, now=now)
    return use


def _record(verb: str, risk: Risk, item: EvidenceItem, *, by: Acting, now: datetime) -> None:
    ledger.record(verb, actor=by, target=risk, at=now, evidence=item.reference)
