"""Where an organisation stands: its answers, their history and the evidence behind them."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from compliance.models.library import Requirement, RequirementRevision
from foundation.core.models import Edited, OrganisationQuerySet, OrganisationRow, Versioned, saved_when_and_by_whom
from foundation.evidence.models import EvidenceUse

NOT_ASSESSED = "not_assessed"


class AnswerFields(models.Model):
    """What an answer says. ``status`` is a step of the framework's scale; the assurer's rating stands apart."""

    status = models.CharField(_("status"), max_length=40, default=NOT_ASSESSED)
    score = models.IntegerField(_("score"), null=True, blank=True)
    applies = models.BooleanField(_("applies to us"), default=True)
    why_not = models.TextField(_("why it does not apply"), blank=True)
    comment = models.TextField(_("how we meet it"), blank=True)
    owner = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    next_review_on = models.DateField(_("next review"), null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    assured_status = models.CharField(_("assurer's rating"), max_length=40, blank=True)
    assured_score = models.IntegerField(_("assurer's score"), null=True, blank=True)
    assured_comment = models.TextField(_("assurer's comment"), blank=True)
    assured_on = models.DateField(_("date of the assurer's rating"), null=True, blank=True)
    assured_at = models.DateTimeField(null=True, blank=True)
    assured_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    def answer_fields(self) -> dict[str, Any]:
        """The values of these fields by column, to copy them into a revision."""
        return {field.attname: getattr(self, field.attname) for field in AnswerFields._meta.fields}


class Answer(AnswerFields, OrganisationRow, Versioned):
    """One organisation's answer to one requirement, as it stands."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="answers")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "requirement"], name="answer_once"),
            models.CheckConstraint(
                name="answer_does_not_apply_needs_reason",
                condition=Q(applies=True, why_not="") | Q(applies=False) & ~Q(why_not=""),
            ),
            models.CheckConstraint(
                name="answer_when_and_by_whom",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="answer_assured_completely_or_not",
                condition=Q(
                    assured_status="", assured_on__isnull=True, assured_at__isnull=True, assured_by__isnull=True
                )
                | ~Q(assured_status="")
                & Q(assured_on__isnull=False, assured_at__isnull=False, assured_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id}: {self.status}"

    @property
    def reference(self) -> str:
        """The requirement's code, by which people know the answer. Load ``requirement`` with the row."""
        return self.requirement.code

    @property
    def saved_last(self) -> tuple[int | None, datetime | None]:
        """Whose change was the last, of the answer or of the assurer's rating, and when it was."""
        given, rated = (self.answered_at, self.answered_by_id), (self.assured_at, self.assured_by_id)
        at, by_id = max((pair for pair in (given, rated) if pair[0]), default=(None, None))
        return by_id, at


class AnswerRevision(AnswerFields, OrganisationRow):
    """An answer as it stood from ``changed_at`` on. Only ever added: history and as-at pages read from here."""

    class Kind(models.TextChoices):
        ANSWERED = "answered", _("Answered")
        ASSURED = "assured", _("Rated by the assurer")

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="revisions")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")
    requirement_revision = models.ForeignKey(RequirementRevision, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["answer", "number"]
        indexes = [models.Index(fields=["organisation", "answer", "-changed_at", "-number"])]
        constraints = [models.UniqueConstraint(fields=["answer", "number"], name="answer_revision_once")]

    def __str__(self) -> str:
        return f"{self.answer_id} revision {self.number}"


class AnswerEvidence(EvidenceUse):
    """Evidence that stands behind an answer, from when it was linked until it was unlinked."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="evidence_uses")

    objects = OrganisationQuerySet.as_manager()

    class Meta(EvidenceUse.Meta):
        constraints = [
            *EvidenceUse.Meta.constraints,
            models.UniqueConstraint(
                fields=["answer", "evidence"], condition=Q(unlinked_at__isnull=True), name="answer_evidence_linked_once"
            ),
        ]


class Settings(OrganisationRow, Edited):
    """How one organisation keeps its assessment. Absent means the defaults."""

    stale_after_months = models.PositiveSmallIntegerField(
        _("months without change before a requirement is flagged"),
        default=14,
        help_text=_("A year's review and two months' grace. Our default, not a published rule."),
    )
    highest_score = models.PositiveSmallIntegerField(
        _("scores run from 1 to"),
        null=True,
        blank=True,
        help_text=_("Only if your Prevent Adviser uses scores. Leave empty to answer in words alone."),
    )
    expiry_warning_days = models.PositiveSmallIntegerField(_("days before evidence expires to warn"), default=60)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="compliance_settings_once"),
            saved_when_and_by_whom("compliance_settings"),
        ]

    def __str__(self) -> str:
        return f"Settings of {self.organisation_id}"
