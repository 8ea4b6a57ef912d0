"""What several views need to find."""

from datetime import date

from django.http import Http404
from django.utils import timezone

from compliance.models import ComplianceReport, Requirement
from foundation.core.acting import Acting
from foundation.organisations.models import Membership, RoleGrant
from foundation.organisations.roles import Role


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
    report = (
        ComplianceReport.objects.visible_to(acting)
        .filter(reference=reference)
        .select_related("theme", "requested_by", "job", "file")
        .first()
    )
    if report is None:
        raise Http404
    return report


def possible_owners(acting: Acting) -> list[tuple[int, str]]:
    """People who may own a requirement: those with a role beyond that of every member of staff."""
    day = today()
    holders = RoleGrant.objects.visible_to(acting).in_force(day).exclude(role=Role.STAFF).values("membership_id")
    return list(
        Membership.objects.visible_to(acting)
        .current(day)
        .filter(pk__in=holders)
        .values_list("pk", "name")
        .order_by("name")
    )
