"""Who may do what in the risk room."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from risk.models import Assessment


def check_can_edit(acting: Acting, assessment: Assessment | None = None) -> None:
    """Write assessments, score risks, and keep the register of local profiles."""
    if not acting.may("risk.edit") or not _own(acting, assessment):
        raise PermissionDenied(_("Only a Prevent or safeguarding lead can change the risk assessment."))


def check_can_comment(acting: Acting, assessment: Assessment) -> None:
    """Comment while it is written and reviewed."""
    if not acting.may("risk.contribute") or not _own(acting, assessment):
        raise PermissionDenied(_("Your role does not include commenting on the risk assessment."))


def check_can_approve(acting: Acting, assessment: Assessment) -> None:
    """Approve: only the named approver, with the role that day, and never who wrote or sent it."""
    if not acting.may("risk.approve") or not _own(acting, assessment):
        raise PermissionDenied(_("Only a senior approver can approve a risk assessment."))
    if assessment.approver_id != acting.membership_id:
        raise PermissionDenied(_("Only the approver named on this assessment can approve it."))
    if acting.membership_id in {assessment.created_by_id, assessment.submitted_by_id}:
        raise PermissionDenied(_("Whoever wrote an assessment or sent it for approval cannot approve it."))


def check_can_send_back(acting: Acting, assessment: Assessment) -> None:
    """Send it back to be worked on: the named approver, or whoever writes it and wants it back."""
    if not _own(acting, assessment) or not (
        acting.may("risk.edit") or (acting.may("risk.approve") and assessment.approver_id == acting.membership_id)
    ):
        raise PermissionDenied(_("Only the approver named on this assessment can send it back."))


def check_can_share(acting: Acting) -> None:
    """Share a risk with a partnership, and take it back."""
    if not acting.may("risk.share"):
        raise PermissionDenied(_("Your role does not include sharing risks with a partnership."))


def check_can_report(acting: Acting) -> None:
    """Make risk reports."""
    if not acting.may("risk.report"):
        raise PermissionDenied(_("Your role does not include making risk reports."))


def check_can_keep_profiles(acting: Acting) -> None:
    """Keep the register of local profiles, enter a threat level and ask for risks to be assessed again."""
    if not acting.may("risk.edit"):
        raise PermissionDenied(_("Only a Prevent or safeguarding lead can keep this register."))


def check_can_finish_task(acting: Acting, owner_id: int | None) -> None:
    """Say that a risk was assessed again: whoever writes assessments, and the owner of the risk."""
    if not acting.may("risk.edit") and (owner_id is None or owner_id != acting.membership_id):
        raise PermissionDenied(_("Only a Prevent or safeguarding lead, or the owner of the risk, can say it is done."))


def _own(acting: Acting, assessment: Assessment | None) -> bool:
    return assessment is None or assessment.organisation_id == acting.organisation_id
