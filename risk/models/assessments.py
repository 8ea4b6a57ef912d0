"""An assessment of risk: one version of an organisation's register, from draft to approval."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.markings import Marking
from foundation.core.models import (
    Edited,
    OrganisationQuerySet,
    OrganisationRow,
    reference_field,
    saved_when_and_by_whom,
)
from risk.models.threat import Level
from risk.scoring import Matrix
from risk.workflow import Status

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class Template(models.TextChoices):
    """How an assessment is written. DfE's templates for education have no scores, so one form does not fit everyone."""

    SCORED = "scored", _("Scored register")
    PROMPTS = "prompts", _("Prompts without scores")
    SHORT = "short", _("Short form for small settings")


class AssessmentQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The organisation's assessments, for those whose role includes reading them."""
        rows = super().visible_to(acting)
        return rows if acting.may("risk.view") else rows.none()


class Assessment(OrganisationRow, Edited):
    """One version of the risk register. An approved one is frozen; the next begins as its copy.

    ``matrix`` is the scale its scores were given on. ``threat_level`` is the national level in force at approval.
    """

    reference = reference_field(unique=True)
    title = models.CharField(_("title"), max_length=200)
    template = models.CharField(_("form"), max_length=10, choices=Template, default=Template.SCORED)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFT)
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    marking = models.CharField(_("marking"), max_length=30, choices=Marking, default=Marking.OFFICIAL_SENSITIVE)
    summary = models.TextField(_("summary for leaders and the board"), blank=True)
    matrix = models.JSONField(default=dict)
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    approver = models.ForeignKey(
        "organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("approver")
    )
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    approval_note = models.TextField(_("note of the approver"), blank=True)
    threat_level = models.CharField(_("national threat level at approval"), max_length=20, blank=True)
    superseded_at = models.DateTimeField(null=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-period_from", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-period_from", "-id"]),
            models.Index(fields=["organisation", "title", "id"]),
            models.Index(fields=["organisation", "status", "id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="assessment_ends_after_it_begins", condition=Q(period_to__gte=F("period_from"))
            ),
            models.CheckConstraint(
                name="assessment_in_review_means_sent_to_an_approver",
                condition=Q(status=Status.DRAFT)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False, approver__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_approved_when_and_by_whom",
                condition=Q(
                    status__in=[Status.APPROVED, Status.SUPERSEDED],
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                )
                | Q(
                    status__in=[Status.DRAFT, Status.IN_REVIEW],
                    approved_at__isnull=True,
                    approved_by__isnull=True,
                    threat_level="",
                ),
            ),
            models.CheckConstraint(
                name="assessment_not_approved_by_who_sent_it",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="assessment_superseded_has_its_time",
                condition=Q(status=Status.SUPERSEDED, superseded_at__isnull=False)
                | ~Q(status=Status.SUPERSEDED) & Q(superseded_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(status=Status.APPROVED), name="assessment_one_approved"
            ),
            saved_when_and_by_whom("assessment"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return addresses.of_row("risk:assessment", self.reference)

    @property
    def threat_level_label(self) -> str:
        """The level at approval as people read it; nothing where none was known."""
        return str(Level(self.threat_level).label) if self.threat_level else ""

    @property
    def scale(self) -> Matrix:
        """The matrix its scores are read on."""
        return Matrix.from_plain(self.matrix)


class Contributor(OrganisationRow):
    """Somebody who is asked to comment while the assessment is written and reviewed."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="contributors")
    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["membership__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["assessment", "membership"], name="contributor_once")]

    def __str__(self) -> str:
        return str(self.membership)


class Settings(OrganisationRow, Edited):
    """How one organisation assesses risk. Absent means the defaults of risk/library/defaults.yaml."""

    matrix = models.JSONField(_("matrix for new assessments"), default=dict)
    marking = models.CharField(_("marking"), max_length=30, choices=Marking, default=Marking.OFFICIAL_SENSITIVE)
    review_every_months = models.PositiveSmallIntegerField(_("months between reviews of a risk"), default=12)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="risk_settings_once"),
            saved_when_and_by_whom("risk_settings"),
        ]

    def __str__(self) -> str:
        return f"Risk settings of {self.organisation_id}"
