"""What a member of a partnership lets it read of the member's own answers."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.models.answers import AnswerRevision
from compliance.models.library import Requirement
from foundation.core.models import OrganisationQuerySet, OrganisationRow
from foundation.organisations.models import PartnershipMember, in_force

if TYPE_CHECKING:
    from foundation.core.acting import Acting

SHORT = 600


class ContributionQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """What the organisation shares or shared, and what members share now with the partnership that it is."""
        today = timezone.localdate(acting.at)
        members = PartnershipMember.objects.visible_to(acting).filter(in_force(today))
        shared = Q(partnership_id=acting.organisation_id, ended_at__isnull=True)
        return self.filter(
            Q(organisation_id=acting.organisation_id) | shared & Q(organisation_id__in=members.values("member_id"))
        )


class Contribution(OrganisationRow):
    """One answer of a member as the partnership may read it: frozen when it was shared, gone when it is taken back.

    It points at the revision that was shared and repeats of it only what the partnership sees, so that the database
    need not open the answer, its evidence or its rating to anybody.
    """

    class Ended(models.TextChoices):
        TAKEN_BACK = "taken_back", _("Taken back")
        RENEWED = "renewed", _("Shared anew")

    partnership = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(AnswerRevision, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=40)
    applies = models.BooleanField(_("applies to the member"), default=True)
    comment = models.CharField(_("short comment"), max_length=SHORT, blank=True)
    answered_at = models.DateTimeField()
    shared_at = models.DateTimeField()
    shared_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    ended_how = models.CharField(max_length=10, choices=Ended, blank=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["-shared_at", "-pk"]
        indexes = [models.Index(fields=["partnership", "requirement"], condition=Q(ended_at=None), name="shared_now")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "partnership", "requirement"],
                condition=Q(ended_at__isnull=True),
                name="contribution_shared_once",
            ),
            models.CheckConstraint(
                name="contribution_ended_when_by_whom_and_how",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_how="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_how=""),
            ),
            models.CheckConstraint(
                name="contribution_not_to_itself", condition=~Q(partnership=models.F("organisation"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id}: {self.status}"

    @property
    def reference(self) -> str:
        """The benchmark's code, by which people know it. Load ``requirement`` with the row."""
        return self.requirement.code
