"""A learner's way through a course. What they did is only ever added to, so nothing they answered is lost."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from training.models.courses import Course, CourseVersion
from training.workflow import Status

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class LearnerQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """A person's own: what somebody answered on the way is theirs alone."""
        return super().visible_to(acting).filter(membership_id=acting.membership_id)


class Attempt(OrganisationRow):
    """One way through one version of a course, as people of ``sector`` read it (empty: of no sector in particular)."""

    reference = reference_field(unique=True)
    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="attempts")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="attempts")
    sector = models.CharField(_("version for"), max_length=3, blank=True)
    status = models.CharField(_("status"), max_length=11, choices=Status, default=Status.IN_PROGRESS)
    started_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = LearnerQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "membership", "-started_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "membership", "course"],
                condition=Q(status=Status.IN_PROGRESS),
                name="attempt_one_at_a_time",
            ),
            models.CheckConstraint(
                name="attempt_ended_or_in_progress",
                condition=Q(status=Status.IN_PROGRESS, ended_at__isnull=True)
                | ~Q(status=Status.IN_PROGRESS) & Q(ended_at__isnull=False, ended_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return addresses.of_row("training:attempt", self.reference)


class PartQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """Parts of a person's own way."""
        return super().visible_to(acting).filter(attempt__membership_id=acting.membership_id)


class PageDone(OrganisationRow):
    """A page that the learner has read and gone on from."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="pages_done")
    page = models.CharField(max_length=60)
    done_at = models.DateTimeField()

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "page"], name="page_done_once")]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.page}"


class Reply(OrganisationRow):
    """What a learner chose on a page: in a scenario (try 1, the only one) or in one try at a check.

    ``chosen`` holds the positions of the options chosen by the code of the question.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="replies")
    page = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField(_("try"), default=1)
    chosen = models.JSONField()
    right = models.PositiveSmallIntegerField()
    total = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    replied_at = models.DateTimeField()

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["attempt", "page", "number"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "page", "number"], name="reply_once_a_try"),
            models.CheckConstraint(
                name="reply_right_of_total", condition=Q(number__gte=1, total__gte=1, right__lte=F("total"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.page} {self.number}"
