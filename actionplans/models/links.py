"""What an action is linked to: risks, recommendations, requirements, evidence, and actions it waits for.

Each kind of thing has a table of its own with real keys.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from actionplans.models.actions import Action
from foundation.core.models import OrganisationQuerySet, OrganisationRow
from foundation.evidence.models import EvidenceUse


class Effect(models.TextChoices):
    """What an action did to a risk, as those who completed it saw it. A score changes only in the risk assessment."""

    NOT_SAID = "", _("Not said yet")
    NONE = "none", _("No effect")
    LOWERED = "lowered", _("Lowered it")
    RAISED = "raised", _("Raised it")
    UNCLEAR = "unclear", _("Not clear yet")


class Link(OrganisationRow):
    """Base of a link from an action: since when, and who made it."""

    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class ActionRisk(Link):
    """A risk that the action is to lower, and what it did to it."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="risk_links")
    risk = models.ForeignKey("risk.Risk", on_delete=models.PROTECT, related_name="action_links")
    effect = models.CharField(_("effect"), max_length=8, choices=Effect, default=Effect.NOT_SAID, blank=True)
    effect_note = models.TextField(_("about the effect"), blank=True)
    effect_at = models.DateTimeField(null=True)
    effect_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["risk__code", "pk"]
        indexes = [models.Index(fields=["organisation", "risk"])]
        constraints = [
            models.UniqueConstraint(fields=["action", "risk"], name="action_risk_once"),
            models.CheckConstraint(
                name="action_risk_effect_said_when_and_by_whom",
                condition=Q(effect="", effect_at__isnull=True, effect_by__isnull=True)
                | ~Q(effect="") & Q(effect_at__isnull=False, effect_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.risk_id}"


class ActionRecommendation(Link):
    """A recommendation of a local profile that the action follows."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="recommendation_links")
    recommendation = models.ForeignKey("risk.CtlpRecommendation", on_delete=models.PROTECT, related_name="action_links")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["recommendation__code", "pk"]
        indexes = [models.Index(fields=["organisation", "recommendation"])]
        constraints = [models.UniqueConstraint(fields=["action", "recommendation"], name="action_recommendation_once")]

    def __str__(self) -> str:
        return f"{self.action_id} {self.recommendation_id}"


class ActionRequirement(Link):
    """A requirement of the duty that the action is to meet."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="requirement_links")
    requirement = models.ForeignKey("compliance.Requirement", on_delete=models.PROTECT, related_name="action_links")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["requirement__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["action", "requirement"], name="action_requirement_once")]

    def __str__(self) -> str:
        return f"{self.action_id} {self.requirement_id}"


class ActionEvidence(EvidenceUse):
    """Evidence that an action was done and worked."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="evidence_uses")

    objects = OrganisationQuerySet.as_manager()

    class Meta(EvidenceUse.Meta):
        ordering = ["-linked_at", "-pk"]
        constraints = [
            *EvidenceUse.Meta.constraints,
            models.UniqueConstraint(
                fields=["action", "evidence"], condition=Q(unlinked_at__isnull=True), name="action_evidence_once"
            ),
        ]


class Dependency(Link):
    """``action`` waits for ``needs``. The database refuses a circle (see the migration)."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="needs_links")
    needs = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="needed_by_links")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["needs__code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["action", "needs"], name="dependency_once"),
            models.CheckConstraint(name="dependency_not_on_itself", condition=~Q(needs=F("action"))),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.needs_id}"
