"""Evidence behind a risk: what shows where it comes from, or that its controls hold."""

from django.db import models
from django.db.models import Q

from foundation.evidence.models import EvidenceUse
from risk.models.risks import Risk, RiskQuerySet


class RiskEvidenceQuerySet(RiskQuerySet):
    """As the risks themselves: for those whose role includes reading them."""


class RiskEvidence(EvidenceUse):
    """Evidence that stands behind a risk, from when it was linked until it was unlinked."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="evidence_uses")

    objects = RiskEvidenceQuerySet.as_manager()

    class Meta(EvidenceUse.Meta):
        ordering = ["-linked_at", "-pk"]
        constraints = [
            *EvidenceUse.Meta.constraints,
            models.UniqueConstraint(
                fields=["risk", "evidence"], condition=Q(unlinked_at__isnull=True), name="risk_evidence_once"
            ),
        ]
