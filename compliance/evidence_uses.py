"""Tells the evidence room which requirements a piece of evidence stands behind."""

from compliance.models import AnswerEvidence
from foundation.core.acting import Acting
from foundation.evidence.models import EvidenceItem
from foundation.evidence.uses import Use


def uses_of(acting: Acting, item: EvidenceItem) -> list[Use]:
    """The requirements whose answers this evidence supports today; none for who may not read the assessment."""
    if not acting.may("compliance.view"):
        return []
    uses = (
        AnswerEvidence.objects.visible_to(acting)
        .filter(evidence=item, unlinked_at__isnull=True)
        .select_related("answer__requirement")
        .order_by("answer__requirement__position")
    )
    return [Use(str(use.answer.requirement), use.answer.requirement.get_absolute_url()) for use in uses]
