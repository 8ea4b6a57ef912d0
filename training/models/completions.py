"""Training that somebody has done, and the certificates of it. Kept when they leave; never deleted."""

import secrets
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.models import ALPHABET, OrganisationQuerySet, OrganisationRow, reference_field
from foundation.jobs import reports
from foundation.organisations.models import Membership
from training.models.courses import Course
from training.models.learning import Attempt, LearnerQuerySet
from training.workflow import RecordStatus

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class Mode(models.TextChoices):
    """How it was taught."""

    E_LEARNING = "e_learning", _("E-learning")
    WEBINAR = "webinar", _("Webinar")
    CLASSROOM = "classroom", _("Classroom")
    BRIEFING = "briefing", _("Briefing")
    READ = "read", _("Read")


class Came(models.TextChoices):
    """Where the record comes from."""

    PORTAL = "portal", _("Done in the portal")
    EVENT = "event", _("Attended a session")
    IMPORT = "import", _("Brought in from a file")
    MANUAL = "manual", _("Recorded by a training manager")
    SELF = "self", _("Said by the person, with proof")


class StaffQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """Rows about people: of everybody for who runs or oversees training; else one's own and of those one leads."""
        rows = super().visible_to(acting)
        return rows if acting.may("training.view") else rows.filter(self._of_ones_own(acting))

    def _of_ones_own(self, acting: "Acting") -> Q:
        one = acting.membership_id
        people = Membership.objects.visible_to(acting).filter(Q(pk=one) | Q(line_manager_id=one))
        return Q(membership__in=people.order_by().values("pk"))

    def of(self, membership_id: int) -> Self:
        return self.filter(membership_id=membership_id)


class Completion(OrganisationRow):
    """That a person did a course on a day, as it stood then: course, version, team and post are kept as words too.

    Counts as long as its ``status`` says so: what people say themselves waits until somebody has looked at the proof.
    """

    reference = reference_field(unique=True)
    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="completions")
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, null=True, related_name="completion")
    course_title = models.CharField(_("course"), max_length=200)
    version_number = models.PositiveSmallIntegerField(_("version"), null=True)
    mode = models.CharField(_("how"), max_length=10, choices=Mode)
    came = models.CharField(_("record"), max_length=10, choices=Came)
    completed_on = models.DateField(_("completed"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True)
    score = models.PositiveSmallIntegerField(_("score in per cent"), null=True)
    team_then = models.CharField(_("team then"), max_length=200, blank=True)
    post_then = models.CharField(_("post then"), max_length=200, blank=True)
    provider = models.CharField(_("provider"), max_length=200, blank=True)
    number = models.CharField(_("certificate number"), max_length=100, blank=True)
    notes = models.CharField(_("notes"), max_length=500, blank=True)
    proof = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(_("status"), max_length=9, choices=RecordStatus, default=RecordStatus.COUNTS)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    decision_reason = models.CharField(_("reason"), max_length=500, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    brought_by = models.ForeignKey(
        "training.CompletionImport", on_delete=models.PROTECT, null=True, related_name="completions", db_index=False
    )

    objects = StaffQuerySet.as_manager()

    class Meta:
        ordering = ["-completed_on", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "membership", "-completed_on", "-id"]),
            models.Index(fields=["brought_by"], condition=Q(brought_by__isnull=False), name="completion_brought_by"),
            models.Index(
                fields=["organisation", "-completed_on", "-id"],
                condition=~Q(came=Came.PORTAL),
                name="completion_outside",
            ),
            models.Index(
                fields=["organisation", "recorded_at"],
                condition=Q(status=RecordStatus.WAITING),
                name="completion_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="completion_score_is_a_percentage", condition=Q(score__isnull=True) | Q(score__lte=100)
            ),
            models.CheckConstraint(
                name="completion_decided_when_and_by_whom",
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="completion_not_counted_has_its_reason",
                condition=Q(status__in=[RecordStatus.COUNTS, RecordStatus.WAITING])
                | Q(decided_at__isnull=False) & ~Q(decision_reason=""),
            ),
            models.UniqueConstraint(
                fields=["organisation", "membership", "course", "completed_on"],
                condition=Q(status__in=[RecordStatus.COUNTS, RecordStatus.WAITING]) & ~Q(came=Came.PORTAL),
                name="completion_from_outside_once_a_day",
            ),
            models.CheckConstraint(
                name="completion_in_the_portal_has_its_attempt",
                condition=~Q(came=Came.PORTAL) | Q(attempt__isnull=False, course__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.course_title

    def get_absolute_url(self) -> str:
        return addresses.of_row("training:record", self.reference)

    @property
    def status_colour(self) -> str:
        """The colour of the tag that says the state in words."""
        return {
            RecordStatus.COUNTS: "green",
            RecordStatus.WAITING: "yellow",
            RecordStatus.REFUSED: "red",
        }.get(RecordStatus(self.status), "grey")


def new_number() -> str:
    """The number of a certificate, such as ``K7M2-Q9XD-4TRB``: nobody guesses one."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return "-".join(letters[at : at + 4] for at in (0, 4, 8))


class CertificateQuerySet(LearnerQuerySet):
    def with_state(self) -> Self:
        """Each certificate with ``state``, to read and filter by. It costs no further query."""
        return self.annotate(state=reports.state())


class Certificate(OrganisationRow):
    """What a completed course gives its learner. The words on it are kept as they were printed.

    How its document stands is not kept here: see ``with_state``.
    """

    state: str  # only on rows read ``with_state``

    reference = models.CharField(_("number"), max_length=14, default=new_number, unique=True, editable=False)
    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    completion = models.OneToOneField(Completion, on_delete=models.PROTECT, related_name="certificate")
    name = models.CharField(_("name"), max_length=200)
    course_title = models.CharField(_("course"), max_length=200)
    organisation_name = models.CharField(_("organisation"), max_length=200)
    completed_on = models.DateField(_("completed"))
    issued_at = models.DateTimeField()
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(null=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="certificate_document_whole_or_not_at_all",
                condition=Q(file__isnull=False, made_at__isnull=False) & ~Q(sha256="")
                | Q(file__isnull=True, made_at__isnull=True, sha256=""),
            )
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return addresses.of_row("training:certificate", self.reference)

    @property
    def state_label(self) -> str:
        return str(reports.ReportStatus(self.state).label)
