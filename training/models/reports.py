"""Reports of training: frozen documents of how people stood on a day."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.markings import Marking
from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from foundation.core.templatetags.portal import day
from foundation.files.examination.types import FileType
from foundation.jobs import reports

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class ReportKind(models.TextChoices):
    """What it tells, and in which format."""

    FIGURES = "figures", _("Figures: who is in date of whom, with the rules behind it (PDF)")
    REGISTER = "register", _("Register: every person and what they are asked (PDF)")
    SPREADSHEET = "xlsx", _("Register as a spreadsheet (XLSX)")
    CSV = "csv", _("Register as a file of rows (CSV)")
    RETURN = "return", _("Figures for a return (PDF)")
    SHEET = "sheet", _("Sign-in sheet of a session (PDF)")


FILE_TYPES = {
    ReportKind.FIGURES: FileType.PDF,
    ReportKind.REGISTER: FileType.PDF,
    ReportKind.SPREADSHEET: FileType.XLSX,
    ReportKind.CSV: FileType.CSV,
    ReportKind.RETURN: FileType.PDF,
    ReportKind.SHEET: FileType.PDF,
}
WITHOUT_PAGES = Q(kind__in=[ReportKind.SPREADSHEET, ReportKind.CSV])


class ReportQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """Every report for those whose role includes making them; the sheets of the sessions one teaches."""
        rows = super().visible_to(acting)
        if acting.may("training.report"):
            return rows
        return rows.filter(kind=ReportKind.SHEET, session__trainer=acting.membership_id)

    def with_state(self) -> Self:
        """Each report with ``state``, to read, filter and sort by. It costs no further query."""
        return self.annotate(state=reports.state())


class TrainingReport(OrganisationRow):
    """A report that was asked for, and the document that came of it. The document never changes.

    ``as_at`` is the day it tells of, as known when that day ended. ``with_names``: figures list who is overdue; a
    register always names people. Figures for a return keep its ``definition`` with the version that stood, and the
    first day of their period. A sign-in sheet is of a ``session``. How one stands is not kept here: see ``with_state``.
    """

    state: str  # only on rows read ``with_state``

    reference = reference_field(unique=True)
    kind = models.CharField(_("version"), max_length=8, choices=ReportKind)
    as_at = models.DateField(_("as at"))
    with_names = models.BooleanField(_("lists who is overdue"), default=False)
    definition = models.CharField(_("return"), max_length=40, blank=True)
    definition_version = models.PositiveSmallIntegerField(null=True)
    period_from = models.DateField(null=True)
    session = models.ForeignKey("training.TaughtSession", on_delete=models.PROTECT, null=True, related_name="+")
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
        indexes = [models.Index(fields=["organisation", "-requested_at", "-id"], name="training_report_newest")]
        constraints = [
            models.CheckConstraint(
                name="training_report_document_whole_or_not_at_all",
                condition=Q(file__isnull=False, finished_at__isnull=False)
                & ~Q(sha256="")
                & (WITHOUT_PAGES & Q(pages__isnull=True) | ~WITHOUT_PAGES & Q(pages__isnull=False))
                | Q(file__isnull=True, pages__isnull=True, finished_at__isnull=True, sha256=""),
            ),
            models.CheckConstraint(
                name="training_report_of_a_return_or_not",
                condition=Q(kind=ReportKind.RETURN, definition_version__isnull=False, period_from__isnull=False)
                & ~Q(definition="")
                | ~Q(kind=ReportKind.RETURN)
                & Q(definition="", definition_version__isnull=True, period_from__isnull=True),
            ),
            models.CheckConstraint(
                name="training_report_sheet_of_a_session",
                condition=Q(kind=ReportKind.SHEET, session__isnull=False)
                | ~Q(kind=ReportKind.SHEET) & Q(session__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return addresses.of_row("training:report", self.reference)

    @property
    def file_type(self) -> FileType:
        return FILE_TYPES[ReportKind(self.kind)]

    @property
    def is_spreadsheet(self) -> bool:
        """Whether its document is rows, which have no pages, and not a PDF."""
        return self.file_type != FileType.PDF

    @property
    def subject(self) -> str:
        """What it is of, in words. Read with its session."""
        if self.session is not None:
            return _("%(title)s on %(day)s") % {"title": self.session.title, "day": day(self.session.day)}
        return _("Training as at %(day)s") % {"day": day(self.as_at)}

    @property
    def state_label(self) -> str:
        return str(reports.ReportStatus(self.state).label)
