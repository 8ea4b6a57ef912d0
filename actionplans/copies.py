"""Answers for the reports of plans, when somebody checks a copy."""

from django.utils.translation import gettext_lazy as _

from actionplans.models import PlanReport
from foundation.core.acting import Acting
from foundation.documents.copies import Made


def find(acting: Acting, wanted: dict[str, str]) -> Made | None:
    """A finished report, for those who may read plans."""
    report = PlanReport.objects.visible_to(acting).filter(file__isnull=False, **wanted).first()
    if report is None or report.finished_at is None:
        return None
    what = _("Spreadsheet of an action plan") if report.is_spreadsheet else _("Report of an action plan")
    return Made(report, what, report.finished_at, report.finished_at)
