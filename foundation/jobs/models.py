"""Jobs people asked for, and the slots of what is done by the clock."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet, OrganisationRow, Versioned, reference_field
from foundation.jobs import registry
from foundation.jobs.workflow import FINISHED, WAITING, Failure, Status

if TYPE_CHECKING:
    from foundation.core.acting import Acting

MOST_ATTEMPTS = 3
RESEND_AFTER = timedelta(seconds=30)
ALL_JOBS = "people.manage"


class JobQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """One's own jobs; somebody who looks after the organisation's people sees that the others exist."""
        jobs = super().visible_to(acting)
        return jobs if acting.may(ALL_JOBS) else jobs.asked_for_by(acting)

    def asked_for_by(self, acting: "Acting") -> Self:
        return self.filter(requested_by_id=acting.membership_id)

    def unfinished(self) -> Self:
        return self.filter(status__in=[*WAITING, Status.RUNNING])

    def in_flight(self) -> Self:
        """With a worker, or in a message on its way to one."""
        return self.filter(Q(status=Status.RUNNING) | Q(status=Status.QUEUED, sent_at__isnull=False))

    def for_list(self) -> Self:
        """All that a list of jobs touches, newest first."""
        return self.select_related("requested_by").order_by("-created_at", "-pk")


class Job(OrganisationRow, Versioned):
    """Work that one person asked for. The row is the truth; the message in Redis holds its id and nothing else.

    ``arguments`` are ids only. ``sent_at`` empty means that the job waits its turn in the database. While it runs,
    ``leased_by`` names the attempt that may write, until ``lease_until``; only a living worker moves that forward.
    """

    reference = reference_field(unique=True)
    name = models.CharField(_("kind of job"), max_length=80)
    title = models.CharField(_("title"), max_length=150)
    arguments = models.JSONField(default=dict)
    requested_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    requested_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    idempotency_key = models.CharField(max_length=120, blank=True)
    limit_seconds = models.PositiveIntegerField()
    is_long = models.BooleanField(default=False)

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_by = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_message = models.CharField(max_length=40, blank=True)
    result_label = models.CharField(max_length=120, blank=True)
    result_url_name = models.CharField(max_length=80, blank=True)
    result_reference = models.CharField(max_length=60, blank=True)
    result_file_label = models.CharField(max_length=120, blank=True)
    result_file_url_name = models.CharField(max_length=80, blank=True)
    failure_code = models.CharField(max_length=20, choices=Failure, blank=True)
    failure_sentence = models.CharField(max_length=300, blank=True)

    created_at = models.DateTimeField(_("asked for"))
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    cancel_requested_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="job_of_organisation"),
            models.Index(fields=["organisation", "requested_by", "-created_at", "-id"], name="job_of_person"),
            models.Index(
                fields=["organisation", "is_long", "status"],
                condition=Q(status__in=["queued", "delayed", "running"]),
                name="job_unfinished",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "requested_by", "name", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="job_once_per_key",
            ),
            models.CheckConstraint(
                name="job_running_means_leased",
                condition=Q(status=Status.RUNNING, lease_until__isnull=False, started_at__isnull=False)
                & ~Q(leased_by="")
                | ~Q(status=Status.RUNNING) & Q(leased_by="", lease_until__isnull=True),
            ),
            models.CheckConstraint(
                name="job_finished_has_a_time",
                condition=Q(status__in=sorted(FINISHED), finished_at__isnull=False)
                | ~Q(status__in=sorted(FINISHED)) & Q(finished_at__isnull=True),
            ),
            models.CheckConstraint(
                name="job_failed_says_why",
                condition=Q(status=Status.FAILED) & ~Q(failure_code="") & ~Q(failure_sentence="")
                | ~Q(status=Status.FAILED) & Q(failure_code="", failure_sentence=""),
            ),
            models.CheckConstraint(
                name="job_result_only_when_done",
                condition=Q(status=Status.DONE)
                | Q(
                    result_label="",
                    result_url_name="",
                    result_reference="",
                    result_file_label="",
                    result_file_url_name="",
                ),
            ),
            models.CheckConstraint(name="job_attempts", condition=Q(attempts__lte=MOST_ATTEMPTS)),
            models.CheckConstraint(
                name="job_progress", condition=Q(progress_total=0) | Q(progress_done__lte=F("progress_total"))
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("jobs:job", args=[self.reference])

    def belongs_to(self, acting: "Acting") -> bool:
        return self.requested_by_id == acting.membership_id

    def is_overdue(self, now: datetime) -> bool:
        """True when the job should have begun by now: its message may be lost, and will be sent again."""
        return self.status == Status.DELAYED or (
            self.status == Status.QUEUED and self.sent_at is not None and now - self.sent_at > RESEND_AFTER
        )

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def progress_sentence(self) -> str:
        return registry.sentence(self.name, self.progress_message, done=self.progress_done, total=self.progress_total)

    @property
    def result_url(self) -> str:
        """Where the result is, or nothing when there is none."""
        return self._address(self.result_url_name)

    @property
    def file_url(self) -> str:
        """Where the file that the job made is handed out to whoever may have it, or nothing when there is none."""
        return self._address(self.result_file_url_name)

    def _address(self, url_name: str) -> str:
        if not url_name:
            return ""
        try:
            return reverse(url_name, args=[self.result_reference] if self.result_reference else [])
        except NoReverseMatch:  # an older version of the portal made it, and the page has gone
            return ""


class Slot(models.Model):
    """One thing that was due at one moment by the clock. The unique key is why two schedulers do it once.

    No organisation data: a name from the code, and times.
    """

    name = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=1)
    lease_until = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects: models.Manager["Slot"] = models.Manager()

    class Meta:
        ordering = ["-due_at", "name"]
        constraints = [models.UniqueConstraint(fields=["name", "due_at"], name="slot_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.due_at:%Y-%m-%d %H:%M:%S}"
