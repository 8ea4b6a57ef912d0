"""Tells the evidence room which risks a piece of evidence stands behind."""

from foundation.core.acting import Acting
from foundation.evidence.models import EvidenceItem
from foundation.evidence.uses import Use
from risk.models import Risk, RiskEvidence
from risk.tasks_queries import current_entry


def uses_of(acting: Acting, item: EvidenceItem) -> list[Use]:
    """The risks that the evidence supports today, as the newest assessment names them."""
    links = RiskEvidence.objects.visible_to(acting).filter(evidence=item, unlinked_at__isnull=True)
    risks = Risk.objects.visible_to(acting).filter(pk__in=links.values("risk_id")).order_by("code", "pk")
    named = risks.annotate(title=current_entry("title"))
    return [Use(f"{risk.code} {risk.title or ''}".strip(), risk.get_absolute_url()) for risk in named]
