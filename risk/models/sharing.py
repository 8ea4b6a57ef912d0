"""What a member of a partnership lets it read of the member's own risks."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q
from django.db.models.fields.json import KeyTransform
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.markings import Marking
from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from foundation.organisations.models import IsMember
from risk.models.risks import Entry, Response, Risk
from risk.scoring import Matrix

if TYPE_CHECKING:
    from foundation.core.acting import Acting

SHORT = 600


class SharedRiskQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """What the organisation shares or shared, and what members share now with the partnership that it is."""
        if not acting.may("risk.view"):
            return self.none()
        return self.filter(Q(organisation_id=acting.organisation_id) | self._with(acting))

    def given_by(self, acting: "Acting") -> Self:
        """Only what the organisation acted for shares or shared itself."""
        return self.filter(organisation_id=acting.organisation_id) if acting.may("risk.view") else self.none()

    def gathered_by(self, acting: "Acting") -> Self:
        """Only what members share now with the partnership acted for."""
        return self.filter(self._with(acting)) if acting.may("risk.view") else self.none()

    def gathered_on(self, partnership_id: int, on: date) -> Self:
        """What members share with a partnership on a day. Who may see it is the caller's to ask."""
        return self.filter(IsMember(partnership_id, on), partnership_id=partnership_id, ended_at__isnull=True)

    def with_highest(self) -> Self:
        """With the ``highest`` score there is on the scale that each was scored on; None where it was not scored."""
        steps = [
            Func(KeyTransform(side, "matrix"), function="jsonb_array_length", output_field=models.IntegerField())
            for side in ("likelihood", "impact")
        ]
        return self.annotate(highest=steps[0] * steps[1])

    @staticmethod
    def _with(acting: "Acting") -> Q:
        shared = Q(partnership_id=acting.organisation_id, ended_at__isnull=True)
        return shared & Q(IsMember(acting.organisation_id, timezone.localdate(acting.at)))


class SharedRisk(OrganisationRow):
    """One risk of a member as the partnership may read it: frozen when it was shared, gone when it is taken back.

    It points at the entry of the approved assessment and repeats of it only what the partnership sees, so that the
    database need not open the assessment to anybody. ``matrix`` is the scale that the score is read on.
    """

    class Ended(models.TextChoices):
        TAKEN_BACK = "taken_back", _("Taken back")
        RENEWED = "renewed", _("Shared anew")

    reference = reference_field(unique=True)
    partnership = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("risk"), max_length=200)
    theme = models.CharField(_("theme"), max_length=40)
    ideologies = ArrayField(models.CharField(max_length=40), verbose_name=_("ideologies involved"), default=list)
    comment = models.CharField(_("short comment"), max_length=SHORT, blank=True)
    likelihood = models.PositiveSmallIntegerField(null=True)
    impact = models.PositiveSmallIntegerField(null=True)
    matrix = models.JSONField(default=dict)
    band = models.CharField(_("band"), max_length=400, blank=True)
    band_colour = models.CharField(max_length=20, blank=True)
    response = models.CharField(_("response"), max_length=10, choices=Response)
    marking = models.CharField(_("marking"), max_length=30, choices=Marking)
    assessed_at = models.DateTimeField()
    shared_at = models.DateTimeField()
    shared_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    ended_how = models.CharField(max_length=10, choices=Ended, blank=True)

    objects = SharedRiskQuerySet.as_manager()

    class Meta:
        ordering = ["-shared_at", "-pk"]
        indexes = [
            models.Index(fields=["partnership", "title", "id"], condition=Q(ended_at=None), name="risk_shared_title"),
            models.Index(fields=["partnership", "theme", "id"], condition=Q(ended_at=None), name="risk_shared_theme"),
            models.Index(fields=["organisation", "risk"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "partnership", "risk"],
                condition=Q(ended_at__isnull=True),
                name="risk_shared_once",
            ),
            models.CheckConstraint(
                name="shared_risk_ended_when_by_whom_and_how",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_how="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_how=""),
            ),
            models.CheckConstraint(
                name="shared_risk_scored_whole_or_not",
                condition=Q(likelihood__isnull=True, impact__isnull=True, band="", band_colour="")
                | Q(likelihood__isnull=False, impact__isnull=False) & ~Q(band="") & ~Q(band_colour=""),
            ),
            models.CheckConstraint(
                name="shared_risk_not_to_itself", condition=~Q(partnership=models.F("organisation"))
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The partnership's page of it."""
        return addresses.of_row("risk:members_risk", self.reference)

    @property
    def scale(self) -> Matrix:
        return Matrix.from_plain(self.matrix)

    @property
    def score(self) -> int | None:
        """Likelihood times impact on its own scale; None where it was not scored."""
        return None if self.likelihood is None or self.impact is None else self.likelihood * self.impact
