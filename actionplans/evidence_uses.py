"""Tells the evidence room which actions a piece of evidence stands behind."""

from actionplans.models import Action, ActionEvidence
from foundation.core.acting import Acting
from foundation.evidence.models import EvidenceItem
from foundation.evidence.uses import Use


def uses_of(acting: Acting, item: EvidenceItem) -> list[Use]:
    """The actions this person may see that the evidence supports today."""
    links = ActionEvidence.objects.visible_to(acting).filter(evidence=item, unlinked_at__isnull=True)
    actions = Action.objects.visible_to(acting).filter(pk__in=links.values("action_id")).order_by("code", "pk")
    return [Use(str(action), action.get_absolute_url()) for action in actions]
