"""Who may do what with plans and actions. Each check returns None or raises PermissionDenied with its sentence."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from actionplans.models import Action
from foundation.core.acting import Acting


def check_can_edit(acting: Acting) -> None:
    """Write plans, give out actions, link them and end them."""
    if not acting.may("plan.edit"):
        raise PermissionDenied(_("Only a Prevent or safeguarding lead can change action plans."))


def check_can_progress(acting: Acting, action: Action) -> None:
    """Say how an action goes and complete it: its owner, its team, the accountable person, and the lead."""
    if action.organisation_id != acting.organisation_id or not (acting.may("plan.edit") or is_theirs(acting, action)):
        raise PermissionDenied(_("Only its owner, the accountable person or a Prevent lead can change this action."))


def check_can_report(acting: Acting) -> None:
    """Make reports of plans and take them."""
    if not acting.may("plan.report"):
        raise PermissionDenied(_("Your role does not include reports of action plans."))


def check_can_share(acting: Acting) -> None:
    """Report an action to a partnership, and take it back."""
    if not acting.may("plan.share"):
        raise PermissionDenied(_("Only a Prevent lead or a senior approver can report actions to a partnership."))


def check_can_see_risks(acting: Acting) -> None:
    """See which risks an action is linked to."""
    if not acting.may("risk.view"):
        raise PermissionDenied(_("Your role does not include reading the risk assessment."))


def is_theirs(acting: Acting, action: Action) -> bool:
    """Whether the action is theirs to do. Supporters help, and leave its state to its owner."""
    if acting.membership_id in {action.owner_id, action.accountable_id}:
        return True
    return action.team_id is not None and action.team_id == acting.membership.team_id
