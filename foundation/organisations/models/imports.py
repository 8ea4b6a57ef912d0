"""A file of people on its way into the organisation: checked row by row, then applied whole or not at all."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from foundation.organisations.models.people import Membership


class PeopleImport(OrganisationRow):
    """One uploaded file of people.

    Its rows are kept in ``PeopleImportRow`` only until it is applied or abandoned. ``columns`` says which column means
    what; ``counts`` how many rows would be, or were, of each outcome, how many people leave and how many teams are new;
    ``standing`` what the check looked at (see people_files.staging.standing).
    """

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting for its columns")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        ABANDONED = "abandoned", _("Abandoned")
        FAILED = "failed", _("Could not be read")

    reference = reference_field(unique=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.UPLOADED)
    stored_file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    is_spreadsheet = models.BooleanField(default=False)
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    standing = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    job = models.ForeignKey("jobs.Job", on_delete=models.PROTECT, null=True, related_name="+")
    leave_out_refused = models.BooleanField(default=False)
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    applied_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "-uploaded_at", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="people_import_applied_means_when_and_who",
                condition=Q(status="applied", applied_at__isnull=False, applied_by__isnull=False)
                | ~Q(status="applied") & Q(applied_at__isnull=True, applied_by__isnull=True),
            ),
            models.CheckConstraint(name="people_import_failed_says_why", condition=Q(status="failed") ^ Q(problem="")),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def job_reference(self) -> str:
        """The job that works on it, for the address of its page."""
        return self.job.reference if self.job else ""

    @property
    def is_stuck(self) -> bool:
        """Its job is over and the file is not: the job was cancelled, or failed. Read with its job."""
        at_work = self.status in (self.Status.CHECKING, self.Status.APPLYING)
        return at_work and self.job is not None and self.job.is_finished


class PeopleImportRowQuerySet(OrganisationQuerySet):
    def refused(self) -> Self:
        return self.filter(outcome=PeopleImportRow.Outcome.REFUSED).order_by("number")


class PeopleImportRow(OrganisationRow):
    """One row of a file as read, and what it would do. ``number`` is the row as a spreadsheet program counts it.

    ``problem`` says why a row is refused (see people_files.cleaning.PROBLEMS). Of a row that is about somebody who is
    there, ``person_id`` and ``person_version`` say whom it would change and ``changed`` what. Somebody new whom other
    rows name as line manager has the number they will get in ``person_id``, and no version. ``line_manager`` is as
    written; ``manager_id`` whom it means.
    """

    class Outcome(models.TextChoices):
        CREATE = "create", _("New")
        UPDATE = "update", _("Changed")
        UNCHANGED = "unchanged", _("Unchanged")
        REPEATED = "repeated", _("Repeated")
        REFUSED = "refused", _("Refused")

    # One composite key to the import stands for both: a file has tens of thousands of rows, and each key costs.
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    people_import = models.ForeignKey(
        PeopleImport, on_delete=models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    staff_number = models.CharField(max_length=50, blank=True)
    email = models.CharField(max_length=254, blank=True)
    name = models.CharField(max_length=200, blank=True)
    team = models.CharField(max_length=200, blank=True)
    job_title = models.CharField(max_length=200, blank=True)
    staff_group = models.CharField(max_length=100, blank=True, default="", db_default="")
    employment = models.CharField(max_length=10, blank=True, default="", db_default="")
    line_manager = models.CharField(max_length=254, blank=True, default="", db_default="")
    external_id = models.CharField(max_length=255, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    problem = models.CharField(max_length=30, blank=True)
    is_unfit = models.BooleanField(default=False)
    person_id = models.BigIntegerField(null=True)
    manager_id = models.BigIntegerField(null=True)
    person_version = models.PositiveIntegerField(null=True)
    changed = ArrayField(models.CharField(max_length=20), default=list)

    objects = PeopleImportRowQuerySet.as_manager()

    class Meta:
        ordering = ["number", "pk"]
        indexes = [models.Index(fields=["people_import", "number"])]

    def __str__(self) -> str:
        return str(self.number)
