"""Answers for the reports of the risk room, when somebody checks a copy."""

from django.utils.translation import gettext_lazy as _

from foundation.core.acting import Acting
from foundation.documents.copies import Made
from risk.models import RiskReport
from risk.models.reports import ReportKind

REPORT = _("Report of a risk assessment")
WHAT = {
    ReportKind.RESPONSE: _("Response to the local profile"),
    ReportKind.SPREADSHEET: _("Spreadsheet of a risk register"),
}


def find(acting: Acting, wanted: dict[str, str]) -> Made | None:
    """A finished report, for those who may read risks."""
    rows = RiskReport.objects.visible_to(acting).filter(file__isnull=False, **wanted)
    report = rows.select_related("assessment").first()
    if report is None or report.finished_at is None:
        return None
    superseded_at = report.assessment.superseded_at if report.assessment else None
    what = WHAT.get(ReportKind(report.kind), REPORT)
    return Made(report, what, min(superseded_at or report.finished_at, report.finished_at), report.finished_at)
