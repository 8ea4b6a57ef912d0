"""Reports of the risk room: a frozen document of an assessment, or of what was answered to a local profile."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.markings import Marking
from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from foundation.jobs import reports
from risk.models.assessments import Assessment
from risk.models.profiles import CtlpEdition

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class ReportKind(models.TextChoices):
    """What a report tells of, and how much."""

    BOARD = "board", _("For the board: summary, matrix, top risks, what changed")
    FULL = "full", _("Full: every risk with its controls, scores and reasons")
    SPREADSHEET = "xlsx", _("The register as a spreadsheet: a row for every risk, to sort and to count")
    RESPONSE = "response", _("Response to a local profile")


IS_SPREADSHEET = Q(kind=ReportKind.SPREADSHEET)


class ReportQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The organisation's reports, for those whose role includes reading risks."""
        rows = super().visible_to(acting)
        return rows if acting.may("risk.view") else rows.none()

    def with_state(self) -> Self:
        """Each report with ``state``, to read, filter and sort by. It costs no further query."""
        return self.annotate(state=reports.state())


class RiskReport(OrganisationRow):
    """A report that was asked for, and the document that came of it. The document never changes.

    It is of one assessment or of one edition. How it stands is not kept here: see ``with_state``.
    """

    state: str  # only on rows read ``with_state``

    reference = reference_field(unique=True)
    kind = models.CharField(_("version"), max_length=10, choices=ReportKind)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, related_name="reports")
    edition = models.ForeignKey(CtlpEdition, on_delete=models.PROTECT, null=True, related_name="reports")
    marking = models.CharField(_("marking"), max_length=30, choices=Marking)
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
        indexes = [
            models.Index(fields=["organisation", "-requested_at", "-id"]),
            models.Index(fields=["organisation", "sha256"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="risk_report_of_what_its_kind_says",
                condition=Q(kind=ReportKind.RESPONSE, assessment__isnull=True, edition__isnull=False)
                | ~Q(kind=ReportKind.RESPONSE) & Q(assessment__isnull=False, edition__isnull=True),
            ),
            models.CheckConstraint(
                name="risk_report_document_whole_or_not_at_all",
                condition=Q(file__isnull=False, finished_at__isnull=False)
                & ~Q(sha256="")
                & (IS_SPREADSHEET & Q(pages__isnull=True) | ~IS_SPREADSHEET & Q(pages__isnull=False))
                | Q(file__isnull=True, pages__isnull=True, finished_at__isnull=True, sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return addresses.of_row("risk:report", self.reference)

    @property
    def is_spreadsheet(self) -> bool:
        """Whether its document is a workbook, which has no pages, and not a PDF."""
        return self.kind == ReportKind.SPREADSHEET

    @property
    def subject(self) -> str:
        """The title of what it is of. Load it with the report."""
        return str(self.assessment or self.edition)

    @property
    def state_label(self) -> str:
        return str(reports.ReportStatus(self.state).label)
