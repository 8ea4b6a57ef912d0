"""What several views need to find."""

from datetime import date

from django.http import Http404
from django.utils import timezone

from compliance.models import ComplianceReport, Requirement
from foundation.core.acting import Acting


def today() -> date:
    """Today in London."""
    return timezone.localdate()


def get_requirement_or_404(acting: Acting, code: str) -> Requirement:
    """A requirement of the library or of the organisation, by its code. 404 for what is neither."""
    row = (
        Requirement.objects.visible_to(acting)
        .filter(code=code)
        .select_related("framework__scale", "framework__assurer_scale", "framework__instrument", "theme")
        .first()
    )
    if row is None:
        raise Http404
    return row


def get_report_or_404(acting: Acting, reference: str) -> ComplianceReport:
    """A report with its state."""
    report = (
        ComplianceReport.objects.visible_to(acting)
        .with_state()
        .filter(reference=reference)
        .select_related("theme", "requested_by", "job", "file")
        .first()
    )
    if report is None:
        raise Http404
    return report
