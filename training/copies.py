"""Answers for the reports of training, when somebody checks a copy."""

from django.utils.translation import gettext_lazy as _

from foundation.core.acting import Acting
from foundation.documents.copies import Made
from training.models import ReportKind, TrainingReport


def find(acting: Acting, wanted: dict[str, str]) -> Made | None:
    """A finished report, for those who may make them."""
    report = TrainingReport.objects.visible_to(acting).filter(file__isnull=False, **wanted).first()
    if report is None or report.finished_at is None:
        return None
    if report.kind == ReportKind.SHEET:
        return Made(report, _("Sign-in sheet"), report.as_at, report.finished_at)
    what = _("Report of training") if report.kind == ReportKind.FIGURES else _("Register of training")
    return Made(report, what, report.as_at, report.finished_at)
