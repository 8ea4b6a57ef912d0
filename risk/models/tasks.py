"""Tasks to assess a risk again, each with what caused it."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from risk.models.profiles import CtlpEdition
from risk.models.risks import Risk
from risk.models.threat import ThreatLevel

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class Cause(models.TextChoices):
    """Why a risk is to be assessed again."""

    CTLP = "ctlp", _("New local profile")
    THREAT_LEVEL = "threat_level", _("Threat level changed")
    INCIDENT = "incident", _("Serious incident")
    GUIDANCE = "guidance", _("New national guidance")
    CHANGE = "change", _("Change in the organisation")
    ASSURANCE = "assurance", _("Finding of assurance or inspection")
    LEARNING = "learning", _("Prevent learning review")


# What a person may raise a task for; the first two causes are raised by what they name.
BY_HAND = tuple(cause for cause in Cause if cause not in {Cause.CTLP, Cause.THREAT_LEVEL})


class ReviewTaskQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The organisation's tasks, for those whose role includes reading risks."""
        rows = super().visible_to(acting)
        return rows if acting.may("risk.view") else rows.none()

    def open(self) -> Self:
        """Those that nobody has done yet."""
        return self.filter(done_at__isnull=True)


class ReviewTask(OrganisationRow):
    """Assess this risk again by a day. ``raised_by`` is empty where the data file of threat levels raised it."""

    reference = reference_field(unique=True)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="review_tasks")
    cause = models.CharField(_("cause"), max_length=20, choices=Cause)
    edition = models.ForeignKey(CtlpEdition, on_delete=models.PROTECT, null=True, related_name="review_tasks")
    # Of the data file or of the organisation itself: a restrictive policy checks that it is one it may see.
    threat_level = models.ForeignKey(ThreatLevel, on_delete=models.PROTECT, null=True, related_name="review_tasks")
    note = models.CharField(_("note"), max_length=500, blank=True)
    due_on = models.DateField(_("due"))
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.TextField(_("outcome"), blank=True)

    objects = ReviewTaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["organisation", "due_on", "id"]),
            models.Index(fields=["organisation", "raised_at", "id"]),
            models.Index(fields=["organisation", "risk", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["risk", "edition"], condition=Q(edition__isnull=False), name="review_task_once_for_an_edition"
            ),
            models.UniqueConstraint(
                fields=["risk", "threat_level"],
                condition=Q(threat_level__isnull=False),
                name="review_task_once_for_a_threat_level",
            ),
            models.CheckConstraint(
                name="review_task_names_its_cause",
                condition=Q(cause=Cause.CTLP, edition__isnull=False, threat_level__isnull=True)
                | Q(cause=Cause.THREAT_LEVEL, edition__isnull=True, threat_level__isnull=False)
                | Q(cause__in=BY_HAND, edition__isnull=True, threat_level__isnull=True) & ~Q(note=""),
            ),
            models.CheckConstraint(
                name="review_task_done_when_by_whom_and_how",
                condition=Q(done_at__isnull=True, done_by__isnull=True, outcome="")
                | Q(done_at__isnull=False, done_by__isnull=False) & ~Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.risk_id} {self.cause}"

    def get_absolute_url(self) -> str:
        return addresses.of_row("risk:review_task", self.reference)

    @property
    def is_done(self) -> bool:
        return self.done_at is not None
