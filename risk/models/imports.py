"""A register out of a spreadsheet on its way into an assessment: understood row by row, then applied whole or not."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from risk.importing.outcomes import Outcome, WhenThere
from risk.models.assessments import Assessment
from risk.models.risks import Source

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class RegisterImportQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The organisation's files, for those who write its risk assessments."""
        rows = super().visible_to(acting)
        return rows if acting.may("risk.edit") else rows.none()


class RegisterImport(OrganisationRow):
    """One uploaded register. It goes into ``assessment`` or, where that is empty, into a new one of these days.

    ``layouts`` are the sheets with their first rows, ``columns`` the field of each column by its position,
    ``understood`` what was read otherwise than it stands and ``left_out`` the rows that are no risks. All of them, the
    rows and the file go when it is applied or put aside; ``counts`` stay.
    """

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting for its columns")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        APPLYING = "applying", _("Being imported")
        APPLIED = "applied", _("Imported")
        ABANDONED = "abandoned", _("Put aside")
        FAILED = "failed", _("Could not be read")

    reference = reference_field(unique=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.UPLOADED)
    stored_file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    is_spreadsheet = models.BooleanField(default=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, related_name="imports")
    title = models.CharField(_("title of the new assessment"), max_length=200, blank=True)
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)
    layouts = models.JSONField(default=list)
    sheet = models.CharField(max_length=100, blank=True)
    heading_row = models.PositiveIntegerField(default=0)
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    theme = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=20, choices=Source, default=Source.PROFESSIONAL)
    when_there = models.CharField(max_length=6, choices=WhenThere, default=WhenThere.STOP)
    understood = models.JSONField(default=list)
    left_out = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)
    leave_out_refused = models.BooleanField(default=False)
    reason = models.TextField(_("why scores fall"), blank=True)
    job = models.ForeignKey("jobs.Job", on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(_("imported"), null=True)
    applied_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")

    objects = RegisterImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "-uploaded_at", "-id"], name="register_import_newest")]
        constraints = [
            models.CheckConstraint(
                name="register_import_applied_when_and_by_whom",
                condition=Q(status="applied", applied_at__isnull=False, applied_by__isnull=False)
                | ~Q(status="applied") & Q(applied_at__isnull=True, applied_by__isnull=True),
            ),
            models.CheckConstraint(
                name="register_import_failed_says_why", condition=Q(status="failed") ^ Q(problem="")
            ),
            models.CheckConstraint(
                name="register_import_goes_somewhere",
                condition=Q(assessment__isnull=False)
                | ~Q(title="") & Q(period_from__isnull=False, period_to__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def job_reference(self) -> str:
        """The job that works on it, for the address of its page."""
        return self.job.reference if self.job else ""

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.APPLIED, self.Status.ABANDONED)

    @property
    def is_stuck(self) -> bool:
        """Its job is over and the file is not: the job was cancelled, or failed. Read with its job."""
        at_work = self.status in (self.Status.CHECKING, self.Status.APPLYING)
        return at_work and self.job is not None and self.job.is_finished


class RegisterImportRow(OrganisationRow):
    """One risk of a file as it was understood, and what it would do. ``number`` is its row in the spreadsheet.

    ``remarks`` are the cells that are wrong or were not taken as they stand (see risk.importing.remarks); ``standing``
    is what the plan rests on (see risk.importing.planning.Planned).
    """

    register_import = models.ForeignKey(RegisterImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    is_unfit = models.BooleanField(default=False)
    remarks = models.JSONField(default=list)
    outcome = models.CharField(max_length=10, choices=Outcome)
    standing = models.CharField(max_length=100, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["register_import", "number"], name="register_import_row_once")]

    def __str__(self) -> str:
        return str(self.number)


class RememberedColumns(OrganisationRow):
    """What the columns of a set of headings meant the last time, for the next file that has the same ones.

    ``key`` is a hash of the headings; ``columns`` says the field of each heading, in letters only.
    """

    key = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="remembered_columns_once")]

    def __str__(self) -> str:
        return self.key[:8]
