"""Answers for the compliance reports, when somebody checks a copy."""

from django.utils.translation import gettext_lazy as _

from compliance.models import ComplianceReport
from foundation.core.acting import Acting
from foundation.documents.copies import Made


def find(acting: Acting, wanted: dict[str, str]) -> Made | None:
    """A finished report, for those who may read the assessment."""
    if not acting.may("compliance.view"):
        return None
    report = ComplianceReport.objects.visible_to(acting).filter(file__isnull=False, **wanted).first()
    if report is None or report.finished_at is None:
        return None
    return Made(report, _("Compliance report"), report.as_at, report.finished_at)
