"""Courses and their versions: the portal's own, or an organisation's."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class Level(models.TextChoices):
    """What a course is about; a rule asks for a level or for a course."""

    AWARENESS = "awareness", _("Awareness")
    REFERRALS = "referrals", _("Referrals")
    CHANNEL = "channel", _("Channel")
    REFRESHER = "refresher", _("Refresher")
    VENUES = "venues", _("Venues and speakers")
    LEADERS = "leaders", _("Leaders and governors")


class CourseQuerySet(models.QuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The portal's courses, which everyone may take, and the organisation's own."""
        return self.filter(Q(organisation__isnull=True) | Q(organisation_id=acting.organisation_id))


class Course(models.Model):
    """A course by its lasting name. What it says is in its versions; the columns here are of the latest, for lists.

    ``provider``: who gives a course that is not done here, such as GOV.UK; it has no versions and cannot be begun.
    ``files_hash`` is of the files it was loaded from, so that the same files are not read again.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    code = models.SlugField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("summary"))
    level = models.CharField(_("level"), max_length=10, choices=Level)
    provider = models.CharField(_("provider"), max_length=200, blank=True, default="", db_default="")
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    position = models.PositiveSmallIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True)
    files_hash = models.CharField(max_length=64, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], nulls_distinct=False, name="course_code_once")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return addresses.of_row("training:course", self.code)


class CourseVersion(models.Model):
    """What a course says from a moment on. Only ever added: whoever began on one finishes on it.

    ``content`` is ``training.content.Content`` as JSON. ``expires_earlier``: who did an earlier one is to do it again.
    ``published_by`` is empty for the portal's own.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="versions")
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        "organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    expires_earlier = models.BooleanField(default=False)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["course", "-number"]
        constraints = [models.UniqueConstraint(fields=["course", "number"], name="course_version_once")]

    def __str__(self) -> str:
        return f"{self.course_id} version {self.number}"
