"""The national threat level as dated history, and how each level was worded when."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.models import reference_field

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class Level(models.TextChoices):
    """The five levels by their names, lowest first. What a name means is dated data: ``ThreatWording``."""

    LOW = "low", _("LOW")
    MODERATE = "moderate", _("MODERATE")
    SUBSTANTIAL = "substantial", _("SUBSTANTIAL")
    SEVERE = "severe", _("SEVERE")
    CRITICAL = "critical", _("CRITICAL")


class Scope(models.TextChoices):
    """What a level is set for."""

    NATIONAL = "national", _("The whole United Kingdom")
    NORTHERN_IRELAND = "northern_ireland", _("Northern Ireland-related terrorism in Northern Ireland")


class Mark(models.TextChoices):
    """How far a fact was checked, as in the duty library."""

    SEEN = "S", _("Seen in the original or an official source")
    SECONDARY = "S2", _("Seen in a secondary source only")
    NOT_VERIFIED = "NV", _("Not verified")


class ThreatWording(models.Model):
    """What a level means, in brief, from a date to a date. The same for everyone, written by the loader alone."""

    level = models.CharField(max_length=20, choices=Level)
    meaning = models.CharField(max_length=200)
    in_force_from = models.DateField(null=True)
    in_force_to = models.DateField(null=True)
    source = models.CharField(max_length=200)
    source_address = models.URLField(max_length=500, blank=True)
    mark = models.CharField(max_length=2, choices=Mark)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "in_force_from"], nulls_distinct=False, name="threat_wording_once_from_a_day"
            ),
            models.CheckConstraint(
                name="threat_wording_ends_after_it_begins",
                condition=Q(in_force_from__isnull=True)
                | Q(in_force_to__isnull=True)
                | Q(in_force_to__gte=F("in_force_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level}: {self.meaning}"

    def is_in_force(self, on: date) -> bool:
        """The last day itself included; an open end holds for ever."""
        begins, ends = self.in_force_from or date.min, self.in_force_to or date.max
        return begins <= on <= ends


class ThreatLevelQuerySet(models.QuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The data file's levels, which everyone may read, and the organisation's own entries."""
        rows = self.filter(Q(organisation__isnull=True) | Q(organisation_id=acting.organisation_id))
        return rows if acting.may("risk.view") else rows.none()

    def standing(self) -> Self:
        """Those that nobody withdrew."""
        return self.filter(withdrawn_at__isnull=True)


class ThreatLevel(models.Model):
    """A level and the day it began. With ``organisation``, one that its lead entered before the data file knew it."""

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reference = reference_field(unique=True)
    level = models.CharField(_("level"), max_length=20, choices=Level)
    scope = models.CharField(_("set for"), max_length=20, choices=Scope, default=Scope.NATIONAL)
    effective_from = models.DateField(_("in force from"))
    announced_on = models.DateField(_("announced on"), null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    source = models.CharField(_("source"), max_length=200)
    source_address = models.URLField(_("address of the source"), max_length=500, blank=True)
    mark = models.CharField(max_length=2, choices=Mark)
    mark_note = models.CharField(max_length=300, blank=True)
    verified = models.BooleanField(default=False)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(_("why it was withdrawn"), max_length=300, blank=True)

    objects = ThreatLevelQuerySet.as_manager()

    class Meta:
        ordering = ["-effective_from", "-pk"]
        indexes = [models.Index(fields=["organisation", "scope", "-effective_from"])]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "scope", "effective_from"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="threat_level_once_from_a_day",
            ),
            models.CheckConstraint(
                name="threat_level_entered_by_somebody_or_the_file",
                condition=Q(organisation__isnull=True, entered_by__isnull=True)
                | Q(organisation__isnull=False, entered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="threat_level_withdrawn_when_and_why",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""),
            ),
            models.CheckConstraint(
                name="threat_level_verified_only_where_seen",
                condition=Q(verified=False) | Q(mark=Mark.SEEN, organisation__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} from {self.effective_from:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return addresses.of_row("risk:threat_level_entry", self.reference)

    @property
    def is_own(self) -> bool:
        return self.organisation_id is not None
