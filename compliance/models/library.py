"""The duty library as loaded: dated reference data that every organisation reads, and each one's own additions."""

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.models import Edited, saved_when_and_by_whom
from foundation.organisations.models import Organisation

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class Force(models.TextChoices):
    """Must is law; should is what the guidance expects; good is practice beyond it."""

    MUST = "must", _("Must")
    SHOULD = "should", _("Should")
    GOOD = "good", _("Good practice")


class CountsAs(models.TextChoices):
    """What a step of any framework's scale means when answers on different scales are read together."""

    NOTHING = "nothing", _("Not assessed")
    NOT_MET = "not_met", _("Not met")
    PARTLY_MET = "partly_met", _("Partly met")
    MET = "met", _("Met")
    EXCEEDED = "exceeded", _("Exceeded")


class Theme(models.Model):
    """A cross-cutting theme of the duty, such as leadership or training."""

    code = models.CharField(max_length=20, primary_key=True)
    title = models.CharField(max_length=120)
    description = models.TextField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title


class Scale(models.Model):
    """The ladder a framework is answered on, lowest step first. ``steps`` have code, label, meaning and counts_as."""

    code = models.CharField(max_length=40, primary_key=True)
    title = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    mark = models.CharField(max_length=3, blank=True)
    steps = models.JSONField()
    lowest_score = models.IntegerField(null=True)
    highest_score = models.IntegerField(null=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title

    def step(self, code: str) -> dict[str, Any]:
        """The step with this code. Raises KeyError for one the scale does not have."""
        return self.by_code[code]

    @cached_property
    def by_code(self) -> dict[str, dict[str, Any]]:
        """The steps by their codes, lowest first."""
        return {step["code"]: step for step in self.steps}

    @property
    def has_scores(self) -> bool:
        return self.lowest_score is not None and self.highest_score is not None


class Instrument(models.Model):
    """An Act, guidance, toolkit or other document that requirements rest on."""

    code = models.CharField(max_length=40, primary_key=True)
    title = models.CharField(max_length=250)
    kind = models.CharField(max_length=40)
    edition = models.CharField(max_length=120, blank=True)
    publisher = models.CharField(max_length=200)
    nations = ArrayField(models.CharField(max_length=20))
    in_force_from = models.DateField(null=True)
    in_force_to = models.DateField(null=True)
    address = models.CharField(max_length=500, blank=True)
    mark = models.CharField(max_length=3)
    note = models.TextField(blank=True)
    replaces = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        ordering = ["title", "code"]

    def __str__(self) -> str:
        return self.title


class InForce:
    """Something that holds from a date to a date; the last day itself included."""

    in_force_from: date
    in_force_to: date | None

    def is_in_force(self, on: date) -> bool:
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)


class Framework(InForce, models.Model):
    """A dated set of requirements for some sectors and nations, with the scale it is answered on."""

    code = models.CharField(max_length=40, primary_key=True)
    title = models.CharField(max_length=200)
    summary = models.TextField()
    kind = models.CharField(max_length=20)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="frameworks")
    edition = models.CharField(max_length=120, blank=True)
    nations = ArrayField(models.CharField(max_length=20))
    every_sector = models.BooleanField(default=False)
    sectors = ArrayField(models.CharField(max_length=3))
    in_force_from = models.DateField()
    in_force_to = models.DateField(null=True)
    dates_note = models.TextField(blank=True)
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    assurer = models.CharField(max_length=200, blank=True)
    assurer_scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+", null=True)
    applies_to_partners = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title

    def fits(self, organisation: Organisation, on: date) -> bool:
        """In force on a day, and for the organisation's nation and sectors.

        A partnership is not listed in the Act; it answers for members that are.
        """
        if not self.is_in_force(on) or organisation.nation not in self.nations:
            return False
        if not organisation.is_listed_or_answers_for_listed and not self.applies_to_partners:
            return False
        return self.every_sector or not set(self.sectors).isdisjoint(organisation.sectors)


class RequirementQuerySet(models.QuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The library's requirements, which everyone may read, and the organisation's own."""
        return self.filter(Q(organisation__isnull=True) | Q(organisation_id=acting.organisation_id))


class Requirement(InForce, Edited):
    """One checkable statement of the duty; or, with ``organisation``, one that an organisation added for itself.

    The wording of each date is in its revisions; the columns here are the latest, for lists.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, null=True, related_name="requirements")
    code = models.CharField(_("code"), max_length=40)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="requirements")
    title = models.CharField(_("title"), max_length=120)
    force = models.CharField(_("strength"), max_length=6, choices=Force)
    in_force_from = models.DateField()
    in_force_to = models.DateField(null=True, blank=True)
    answered_at = models.CharField(max_length=20, default="organisation")
    asked_of_partners = models.BooleanField(default=False)
    review_interval_months = models.PositiveSmallIntegerField(default=12)
    evidence_max_age_months = models.PositiveSmallIntegerField(null=True, blank=True)
    verified = models.BooleanField(default=False)
    mark = models.CharField(max_length=3, blank=True)
    content = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64)
    position = models.PositiveIntegerField()

    last_wording_id: int  # the latest revision; only on rows from library_memory

    objects = RequirementQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"], nulls_distinct=False, name="requirement_code_once"
            ),
            models.CheckConstraint(
                name="requirement_from_a_framework_or_an_organisation",
                condition=Q(framework__isnull=False, organisation__isnull=True)
                | Q(framework__isnull=True, organisation__isnull=False),
            ),
            models.CheckConstraint(
                name="requirement_ends_after_it_begins",
                condition=Q(in_force_to__isnull=True) | Q(in_force_to__gte=F("in_force_from")),
            ),
            saved_when_and_by_whom("requirement"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return addresses.of_row("compliance:requirement", self.code)

    @property
    def is_local(self) -> bool:
        return self.organisation_id is not None

    def is_asked_of(self, organisation: Organisation, on: date) -> bool:
        """Whether the library asks it of an organisation that its framework fits, on a day."""
        if organisation.kind == Organisation.Kind.PARTNERSHIP:
            return self.is_in_force(on) and self.answered_at == "group"
        return self.is_in_force(on) and (organisation.is_specified_authority or self.asked_of_partners)

    @property
    def text(self) -> str:
        return self.content.get("text", "")


DEFAULT_SCALE = "standard"


def scale_of(requirement: Requirement, *, assurer: bool = False) -> Scale:
    """The scale a requirement is answered on; with ``assurer``, the one its assurer rates on."""
    framework = requirement.framework
    if framework is None:
        return Scale.objects.get(pk=DEFAULT_SCALE)
    return (framework.assurer_scale or framework.scale) if assurer else framework.scale


class RequirementRevision(models.Model):
    """The wording of a requirement from a moment on. Only ever added, so that old answers keep what they answered."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="revisions")
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    number = models.PositiveIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    effective_at = models.DateTimeField()

    class Meta:
        ordering = ["requirement", "number"]
        constraints = [models.UniqueConstraint(fields=["requirement", "number"], name="requirement_revision_once")]

    def __str__(self) -> str:
        return f"{self.requirement_id} revision {self.number}"


class SameQuestion(models.Model):
    """An answer to ``specific`` also answers ``general``: stacked frameworks do not ask the same thing twice."""

    specific = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="answers_too")
    general = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="answered_by")
    mark = models.CharField(max_length=3)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["specific", "general"], name="same_question_once"),
            models.CheckConstraint(name="same_question_not_itself", condition=~Q(specific=F("general"))),
        ]

    def __str__(self) -> str:
        return f"{self.specific_id} answers {self.general_id}"


class LibraryLoad(models.Model):
    """When the library was loaded and what changed by it."""

    loaded_at = models.DateTimeField()
    content_hash = models.CharField(max_length=64)
    changes = models.JSONField()

    class Meta:
        ordering = ["-loaded_at"]

    def __str__(self) -> str:
        return f"{self.loaded_at:%Y-%m-%d}"
