"""A list of people taken out of the portal: by whom, what for, and the file until it expires."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from foundation.organisations.models.people import Membership

LASTS = timedelta(hours=24)


class PeopleExport(OrganisationRow):
    """What was asked for (filters as in the list's address, the search beside them) and, once made, the file.

    Only the person who asked may open the file, and only for 24 hours.
    """

    class Format(models.TextChoices):
        CSV = "csv", _("CSV")
        XLSX = "xlsx", _("Excel workbook")

    reference = reference_field(unique=True)
    purpose = models.CharField(_("what it is for"), max_length=500)
    format = models.CharField(_("kind of file"), max_length=4, choices=Format)
    filters = models.JSONField(default=dict)
    search = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked for"))
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey("jobs.Job", on_delete=models.PROTECT, null=True, related_name="+")
    stored_file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    people = models.PositiveIntegerField(_("people"), null=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "-asked_at", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="people_export_made_means_file_and_count",
                condition=Q(made_at__isnull=True, stored_file__isnull=True, people__isnull=True)
                | Q(made_at__isnull=False, stored_file__isnull=False, people__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def job_reference(self) -> str:
        """The job that works on it, for the address of its page."""
        return self.job.reference if self.job else ""

    def is_open(self, at: datetime) -> bool:
        return self.made_at is not None and at < self.made_at + LASTS
