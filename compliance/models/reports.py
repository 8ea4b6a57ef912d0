from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from compliance.models.library import Theme
from compliance.workflow import ReportStatus
from foundation.core.markings import Marking
from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from foundation.jobs import reports


class ReportQuerySet(OrganisationQuerySet):
    def with_state(self) -> Self:
        """Each report with ``state``, to read, filter and sort by. It costs no further query."""
        return self.annotate(state=reports.state())


class ComplianceReport(OrganisationRow):
    """A compliance report asked for: of what, as at when, and the document that came of it.

    How it stands is not kept here: see ``with_state``. It tells of a period, from the beginning of ``period_from`` to
    the end of ``as_at``; the oldest reports were asked for without its first day. ``sha256`` is of the finished PDF, so
    that a copy can be checked years later.
    """

    state: str  # only on rows read ``with_state``

    reference = reference_field(unique=True)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    period_from = models.DateField(_("period from"), null=True)
    as_at = models.DateField(_("as at"))
    marking = models.CharField(_("marking"), max_length=30, choices=Marking, default=Marking.OFFICIAL)
    with_evidence = models.BooleanField(_("with the list of evidence"), default=True)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "sha256"])]
        constraints = [
            models.CheckConstraint(
                name="report_period_begins_before_it_ends",
                condition=Q(period_from__isnull=True) | Q(period_from__lte=F("as_at")),
            ),
            models.CheckConstraint(
                name="report_document_whole_or_not_at_all",
                condition=Q(file__isnull=False, pages__isnull=False, finished_at__isnull=False) & ~Q(sha256="")
                | Q(file__isnull=True, pages__isnull=True, finished_at__isnull=True, sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("compliance:report", args=[self.reference])

    @property
    def state_label(self) -> str:
        return str(ReportStatus(self.state).label)
