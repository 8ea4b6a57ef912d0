"""Courses that an organisation writes itself: what its authors work on, and the pictures they put into it."""

from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.exceptions import StaleVersion
from foundation.core.models import (
    Edited,
    OrganisationQuerySet,
    OrganisationRow,
    reference_field,
    saved_when_and_by_whom,
)
from training.models.courses import Course, CourseVersion

# The names of what two people may change at once: each part of a draft by the form that writes it.
ABOUT = "about"


def of_part(slug: str) -> str:
    return f"part/{slug}"


def of_page(slug: str) -> str:
    return f"page/{slug}"


def of_question(code: str) -> str:
    return f"question/{code}"


def of_picture(page: str, number: int) -> str:
    return f"picture/{page}/{number}"


class DraftState(models.TextChoices):
    """How what is written stands to what learners read."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    CHANGED = "changed", _("Changes not published")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    PUT_AWAY = "put_away", _("Put away")


class CourseDraftQuerySet(OrganisationQuerySet):
    def with_state(self) -> Self:
        """Each draft with ``state`` and ``published_number``, to read, sort and filter by."""
        return self.annotate(
            published_number=F("published__number"),
            state=Case(
                When(put_away_at__isnull=False, then=Value(DraftState.PUT_AWAY)),
                When(course__isnull=True, then=Value(DraftState.DRAFT)),
                When(course__withdrawn_at__isnull=False, then=Value(DraftState.WITHDRAWN)),
                When(content_hash=F("published__content_hash"), then=Value(DraftState.PUBLISHED)),
                default=Value(DraftState.CHANGED),
                output_field=models.CharField(),
            ),
        )


class CourseDraft(OrganisationRow, Edited):
    """The one working copy of a course that the organisation writes. It stays when the course is published.

    One that was never published may be put away. ``content`` is ``training.content.Content`` as JSON and may still be
    unfinished. ``changed_in`` says in which
    ``version`` of the draft each part of it was changed last, so that two people can write on two pages at once.
    """

    state: str  # these two only on rows read ``with_state``
    published_number: int | None

    reference = reference_field(unique=True)
    course = models.OneToOneField(Course, on_delete=models.PROTECT, null=True, related_name="draft")
    published = models.OneToOneField(CourseVersion, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    changed_in = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    put_away_at = models.DateTimeField(null=True)
    put_away_by = models.ForeignKey(
        "organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = CourseDraftQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        indexes = [models.Index(fields=["organisation", "title", "id"], name="draft_by_title")]
        constraints = [
            saved_when_and_by_whom("course_draft"),
            models.CheckConstraint(
                name="course_draft_published_or_not",
                condition=Q(course__isnull=True, published__isnull=True)
                | Q(course__isnull=False, published__isnull=False),
            ),
            models.CheckConstraint(
                name="course_draft_put_away_was_never_published",
                condition=Q(put_away_at__isnull=True, put_away_by__isnull=True)
                | Q(put_away_at__isnull=False, put_away_by__isnull=False, course__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return addresses.of_row("training:own_course", self.reference)

    @property
    def is_put_away(self) -> bool:
        return self.put_away_at is not None

    @property
    def says_something_new(self) -> bool:
        """Whether it says anything that its learners do not read already. Reads ``published``."""
        return self.published is None or self.published.content_hash != self.content_hash

    def version_of(self, part: str) -> int:
        """The version of the draft in which this part was changed last; 0 for one that stands as it was begun."""
        return self.changed_in.get(part, 0)

    def check_part(self, part: str, expected: int) -> None:
        """Raise StaleVersion where this part was changed after ``expected``. Call it on a locked row."""
        if self.version_of(part) > expected:
            raise StaleVersion(self)


class CoursePicture(OrganisationRow):
    """A picture that somebody put into a course. ``published_at``: from when on learners may see it."""

    draft = models.ForeignKey(CourseDraft, on_delete=models.PROTECT, related_name="pictures")
    file = models.OneToOneField("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.file_id}"
