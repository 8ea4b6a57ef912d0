"""How often what members give to a partnership has changed."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from foundation.core.models import OrganisationQuerySet, OrganisationRow
from foundation.organisations.models.organisations import IsMember, Organisation

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class GivenQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The organisation's own, and those of members of the partnership that it is."""
        today = timezone.localdate(acting.at)
        return self.filter(Q(organisation_id=acting.organisation_id) | self._to(acting.organisation_id, today))

    def gathered_on(self, partnership_id: int, on: date) -> Self:
        """Those of its members on a day and its own. Who may see them is the caller's to ask."""
        own = Q(organisation_id=partnership_id, partnership_id=partnership_id)
        return self.filter(own | self._to(partnership_id, on))

    @staticmethod
    def _to(partnership_id: int, on: date) -> Q:
        return Q(IsMember(partnership_id, on), partnership_id=partnership_id)


class Given(OrganisationRow):
    """How often something changed in what an organisation gives to a partnership: its risks, or its actions.

    Counted by the database itself, by triggers on the tables of what is given, so that no deed can forget to. A
    partnership's own row counts how often it moved what it was given to another place of its own.
    """

    class What(models.TextChoices):
        RISKS = "risks"
        ACTIONS = "actions"

    partnership = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=What)
    changes = models.PositiveBigIntegerField()

    objects = GivenQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "what", "organisation"], name="given_counted_once"),
            models.CheckConstraint(name="given_is_counted_from_one", condition=Q(changes__gt=0)),
            models.CheckConstraint(
                name="given_places_are_of_actions", condition=~Q(partnership=F("organisation")) | Q(what="actions")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.organisation_id} for {self.partnership_id}: {self.changes} changes"
