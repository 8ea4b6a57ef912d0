"""Reports of a plan: a frozen document for the board or for those who do the work."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actionplans.models.plans import Plan
from actionplans.quarters import Quarter
from foundation.core import addresses
from foundation.core.markings import Marking
from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from foundation.jobs import reports

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class ReportKind(models.TextChoices):
    """How much it tells."""

    BOARD = "board", _("For the board: figures, timeline, what is late")
    FULL = "full", _("Full: every action with its history")
    QUARTERLY = "quarterly", _("Quarterly: what a quarter brought, beside the one before")
    SPREADSHEET = "xlsx", _("The actions as a spreadsheet: a row for every action, to sort and to count")


IS_SPREADSHEET = Q(kind=ReportKind.SPREADSHEET)


class ReportQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """Reports of the organisation's plans, for those whose role includes reading plans."""
        rows = super().visible_to(acting)
        return rows if acting.may("plan.view") else rows.none()

    def with_state(self) -> Self:
        """Each report with ``state``, to read, filter and sort by. It costs no further query."""
        return self.annotate(state=reports.state())


class PlanReport(OrganisationRow):
    """A report that was asked for, and the document that came of it. The document never changes.

    A quarterly one keeps its ``figures`` with the document, so that the next shows what changed since. How one stands
    is not kept here: see ``with_state``.
    """

    state: str  # only on rows read ``with_state``

    reference = reference_field(unique=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(_("version"), max_length=9, choices=ReportKind)
    quarter_from = models.DateField(_("quarter"), null=True)
    decisions = models.TextField(_("decisions needed"), blank=True)
    figures = models.JSONField(default=dict)
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
            models.Index(fields=["organisation", "plan", "-requested_at"]),
            models.Index(fields=["organisation", "-requested_at", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="plan_report_document_whole_or_not_at_all",
                condition=Q(file__isnull=False, finished_at__isnull=False)
                & ~Q(sha256="")
                & (IS_SPREADSHEET & Q(pages__isnull=True) | ~IS_SPREADSHEET & Q(pages__isnull=False))
                | Q(file__isnull=True, pages__isnull=True, finished_at__isnull=True, sha256=""),
            ),
            models.CheckConstraint(
                name="plan_report_of_a_quarter_or_not",
                condition=Q(kind=ReportKind.QUARTERLY, quarter_from__isnull=False)
                | ~Q(kind=ReportKind.QUARTERLY) & Q(quarter_from__isnull=True, decisions="", figures={}),
            ),
            models.CheckConstraint(
                name="plan_report_quarterly_keeps_its_figures",
                condition=~Q(kind=ReportKind.QUARTERLY)
                | Q(file__isnull=True, figures={})
                | Q(file__isnull=False) & ~Q(figures={}),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return addresses.of_row("actionplans:report", self.reference)

    @property
    def is_spreadsheet(self) -> bool:
        """Whether its document is a workbook, which has no pages, and not a PDF."""
        return self.kind == ReportKind.SPREADSHEET

    @property
    def subject(self) -> str:
        """The title of the plan. Load it with the report."""
        return self.plan.title

    @property
    def state_label(self) -> str:
        return str(reports.ReportStatus(self.state).label)

    @property
    def quarter(self) -> Quarter | None:
        """What a quarterly report is of."""
        return Quarter(self.quarter_from) if self.quarter_from else None
