"""Who may do what with the duty. Each check returns None or raises PermissionDenied with a sentence to read."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from compliance.models import Answer, ComplianceReport, Requirement
from foundation.core.acting import Acting


def check_can_view(acting: Acting) -> None:
    if not acting.may("compliance.view"):
        raise PermissionDenied(_("Your role does not include reading the assessment."))


def check_can_answer(acting: Acting, requirement: Requirement) -> None:
    if not acting.may("compliance.assess"):
        raise PermissionDenied(_("Only a Prevent lead can answer requirements."))
    if requirement.is_local and requirement.organisation_id != acting.organisation_id:
        raise PermissionDenied(_("This requirement belongs to another organisation."))


def check_can_assure(acting: Acting, answer: Answer) -> None:
    """The assurer's rating is independent: whoever gave the answer cannot also assure it."""
    if not acting.may("compliance.assure"):
        raise PermissionDenied(_("Only an assurer can record the assurer's rating."))
    if answer.answered_by_id == acting.membership_id:
        raise PermissionDenied(_("You gave this answer, so somebody else must assure it."))


def check_can_customise(acting: Acting) -> None:
    if not acting.may("compliance.customise"):
        raise PermissionDenied(_("Only a Prevent lead can change what the organisation asks of itself."))


def check_can_share(acting: Acting) -> None:
    if not acting.may("compliance.share"):
        raise PermissionDenied(_("Only a Prevent lead or a senior approver can share answers with a partnership."))


def check_can_report(acting: Acting, report: ComplianceReport | None = None) -> None:
    if not acting.may("compliance.report"):
        raise PermissionDenied(_("Your role does not include compliance reports."))
