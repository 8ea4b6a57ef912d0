"""What several views need to find."""

from datetime import date

from django.http import Http404
from django.utils import timezone

from compliance import library_memory
from compliance.library_memory import own_requirement
from compliance.models import ComplianceReport, Requirement
from foundation.core.acting import Acting


def today() -> date:
    """Today in London."""
    return timezone.localdate()


def get_requirement_or_404(acting: Acting, code: str) -> Requirement:
    """A requirement of the library or of the organisation, by its code. 404 for what is neither."""
    row = library_memory.library().by_code.get(code) or own_requirement(acting, code=code)
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
