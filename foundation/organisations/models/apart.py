"""Two entries that look alike and are two people."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from foundation.core.models import OrganisationQuerySet, OrganisationRow
from foundation.organisations.models.people import Membership


class KeptApartQuerySet(OrganisationQuerySet):
    def in_force(self) -> Self:
        """What nobody took back."""
        return self.filter(ended_at__isnull=True)

    def of(self, one: Membership, other: Membership) -> Self:
        """What was said of these two, in whichever order."""
        lower, higher = sorted((one.pk, other.pk))
        return self.filter(lower=lower, higher=higher)


class KeptApart(OrganisationRow):
    """Somebody said that two entries are of two people. Until it is taken back they are neither offered nor joined.

    A pair has no order, so the entry with the lower number stands first.
    """

    lower = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    higher = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    objects = KeptApartQuerySet.as_manager()

    class Meta:
        ordering = ["-said_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="kept_apart_lower_comes_first", condition=Q(lower__lt=F("higher"))),
            models.CheckConstraint(
                name="kept_apart_ended_when_and_by_whom",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.UniqueConstraint(
                name="kept_apart_said_once", fields=["lower", "higher"], condition=Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"Two people, said {self.said_at:%Y-%m-%d}"
