"""Risks: what each is called for good, and how it is described and scored in each assessment."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, LPad
from django.db.models.lookups import GreaterThanOrEqual
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
from risk.models.assessments import Assessment

if TYPE_CHECKING:
    from foundation.core.acting import Acting


LONGEST_CODE = 20
IN_ORDER = LPad("code", LONGEST_CODE, Value(" "))  # R2 before R10


class Source(models.TextChoices):
    """Where the knowledge of a risk comes from."""

    CTLP = "ctlp", _("Counter Terrorism Local Profile")
    INCIDENT = "incident", _("Incident")
    PARTNER = "partner", _("Partner's information")
    NATIONAL = "national", _("National picture")
    ASSURANCE = "assurance", _("Assurance or inspection")
    PROFESSIONAL = "professional", _("Professional judgement")


class Response(models.TextChoices):
    """What is done about a risk."""

    TREAT = "treat", _("Treat: reduce it by actions")
    TOLERATE = "tolerate", _("Tolerate: accept it for now")
    TRANSFER = "transfer", _("Transfer: another body takes it on")
    TERMINATE = "terminate", _("Terminate: stop what causes it")


class Strength(models.TextChoices):
    """How well a control holds."""

    UNTESTED = "untested", _("Not tested")
    WEAK = "weak", _("Weak")
    PARTIAL = "partial", _("Partly effective")
    STRONG = "strong", _("Effective")


class RiskQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The organisation's risks, for those whose role includes reading them."""
        rows = super().visible_to(acting)
        return rows if acting.may("risk.view") else rows.none()


class Risk(OrganisationRow, Edited):
    """A risk for as long as the organisation has it, whatever assessments say of it. Actions link to this.

    ``code`` is what people call it ("R7"). ``closed_reason`` says why it is no longer a risk.
    """

    reference = reference_field(unique=True)
    code = models.CharField(_("reference in the register"), max_length=LONGEST_CODE)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    closed_reason = models.TextField(_("why it was closed"), blank=True)

    objects = RiskQuerySet.as_manager()

    class Meta:
        ordering = ["code", "pk"]
        indexes = [
            models.Index(fields=["organisation", "code", "id"]),
            models.Index("organisation", IN_ORDER, "id", name="risk_in_order"),
            models.Index(fields=["organisation"], condition=Q(closed_at__isnull=False), name="risk_closed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="risk_code_once"),
            models.CheckConstraint(
                name="risk_closed_when_by_whom_and_why",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, closed_reason="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_reason=""),
            ),
            saved_when_and_by_whom("risk"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return addresses.of_row("risk:risk", self.reference)


class EntryFields(models.Model):
    """What an assessment says of a risk. Scores are empty in forms without scores."""

    title = models.CharField(_("risk"), max_length=200)
    theme = models.CharField(_("theme"), max_length=40)  # a code of risk/library/themes.yaml
    description = models.TextField(_("what could happen"), blank=True)
    cause = models.TextField(_("cause: the threat or hazard"), blank=True)
    at_risk = models.TextField(_("who or what is at risk"), blank=True)
    places = models.CharField(_("places and settings"), max_length=300, blank=True)
    ideologies = ArrayField(models.CharField(max_length=40), verbose_name=_("ideologies involved"), default=list)
    source = models.CharField(_("source"), max_length=20, choices=Source)
    source_note = models.CharField(_("about the source"), max_length=300, blank=True)
    marking = models.CharField(_("marking"), max_length=30, choices=Marking, default=Marking.OFFICIAL_SENSITIVE)
    inherent_likelihood = models.PositiveSmallIntegerField(null=True)
    inherent_impact = models.PositiveSmallIntegerField(null=True)
    residual_likelihood = models.PositiveSmallIntegerField(null=True)
    residual_impact = models.PositiveSmallIntegerField(null=True)
    target_likelihood = models.PositiveSmallIntegerField(null=True)
    target_impact = models.PositiveSmallIntegerField(null=True)
    target_on = models.DateField(_("target to be reached by"), null=True, blank=True)
    management = models.TextField(_("how it is managed now"), blank=True)  # forms without scores
    further_action = models.TextField(_("further action needed"), blank=True)  # forms without scores
    response = models.CharField(_("response"), max_length=10, choices=Response, default=Response.TREAT)
    tolerated_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    tolerated_until = models.DateField(_("tolerated until"), null=True, blank=True)
    owner = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    review_every_months = models.PositiveSmallIntegerField(_("months between reviews"), default=12)
    next_review_on = models.DateField(_("next review"), null=True, blank=True)
    last_reviewed_on = models.DateField(_("last reviewed"), null=True, blank=True)

    class Meta:
        abstract = True

    def entry_fields(self) -> dict[str, Any]:
        """The values of these fields by column, to copy them into a revision or the next assessment."""
        return {field.attname: getattr(self, field.attname) for field in EntryFields._meta.concrete_fields}

    def score(self, kind: str) -> int | None:
        """Likelihood times impact of "inherent", "residual" or "target"; None where it was not scored."""
        likelihood, impact = getattr(self, f"{kind}_likelihood"), getattr(self, f"{kind}_impact")
        return None if likelihood is None or impact is None else likelihood * impact


def _both_or_neither(kind: str) -> models.CheckConstraint:
    likelihood, impact = f"{kind}_likelihood", f"{kind}_impact"
    return models.CheckConstraint(
        name=f"entry_{kind}_scored_whole_or_not",
        condition=Q(**{f"{likelihood}__isnull": True, f"{impact}__isnull": True})
        | Q(**{f"{likelihood}__range": (1, 6), f"{impact}__range": (1, 6)}),
    )


NEVER = date(9999, 12, 31)


def score_of(kind: str) -> Coalesce:
    """The score as a number to sort and filter by; 0 where there is none."""
    return Coalesce(F(f"{kind}_likelihood") * F(f"{kind}_impact"), 0, output_field=models.IntegerField())


def review_by() -> Coalesce:
    """The next review as a day to sort by; the end of time where there is none."""
    return Coalesce("next_review_on", models.Value(NEVER), output_field=models.DateField())


class EntryQuerySet(RiskQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """What stands in the organisation's assessments. What was taken out of one again is seen in its history."""
        return super().visible_to(acting).filter(removed_at__isnull=True)


class Entry(EntryFields, OrganisationRow, Edited):
    """A risk in one assessment. One that was taken out while the assessment was written keeps its row."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="entries")
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        indexes = [
            models.Index(fields=["organisation", "assessment", "position", "id"]),
            models.Index(
                fields=["organisation", "assessment", "residual_likelihood", "residual_impact"],
                condition=Q(removed_at__isnull=True),
                name="entry_by_cell",
            ),
            models.Index(fields=["organisation", "assessment", "title", "id"]),
            models.Index(fields=["organisation", "risk", "id"]),
            models.Index(fields=["organisation", "owner", "id"]),
            models.Index(fields=["organisation", "next_review_on", "id"]),
            # What the register is sorted by: see ``score_of`` and ``review_by``.
            *(
                models.Index("organisation", "assessment", score_of(kind), "id", name=f"entry_sorted_by_{kind}")
                for kind in ("inherent", "residual", "target")
            ),
            models.Index("organisation", "assessment", review_by(), "id", name="entry_sorted_by_review"),
            models.Index(fields=["organisation", "assessment", "theme", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "risk"], name="entry_once_in_an_assessment"),
            *(_both_or_neither(kind) for kind in ("inherent", "residual", "target")),
            models.CheckConstraint(
                name="entry_removed_when_and_by_whom",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
            saved_when_and_by_whom("entry"),
        ]

    def __str__(self) -> str:
        return self.title


class EntryRevision(EntryFields, OrganisationRow):
    """An entry as it stood from ``changed_at`` on. Only ever added; ``number`` equals the entry's version."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    controls = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["entry", "number"]
        constraints = [models.UniqueConstraint(fields=["entry", "number"], name="entry_revision_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} revision {self.number}"


class Control(OrganisationRow):
    """Something that is already done about a risk, and how well it holds."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="controls")
    text = models.CharField(_("control"), max_length=500)
    strength = models.CharField(_("strength"), max_length=10, choices=Strength, default=Strength.UNTESTED)
    position = models.PositiveSmallIntegerField(default=0)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class ScoreChange(OrganisationRow):
    """A score that changed, from what to what, by whom and why. Only ever added."""

    class Kind(models.TextChoices):
        INHERENT = "inherent", _("Inherent")
        RESIDUAL = "residual", _("Current")
        TARGET = "target", _("Target")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="score_changes")
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="score_changes")
    kind = models.CharField(max_length=10, choices=Kind)
    before_likelihood = models.PositiveSmallIntegerField(null=True)
    before_impact = models.PositiveSmallIntegerField(null=True)
    likelihood = models.PositiveSmallIntegerField(null=True)
    impact = models.PositiveSmallIntegerField(null=True)
    reason = models.TextField(_("why"), blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "risk", "-changed_at", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="score_lowered_with_a_reason",
                condition=Q(before_likelihood__isnull=True)
                | GreaterThanOrEqual(F("likelihood") * F("impact"), F("before_likelihood") * F("before_impact"))
                | ~Q(reason=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.risk_id} {self.kind}"
