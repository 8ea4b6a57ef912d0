"""Who may do what with training. Each check returns None or raises PermissionDenied with its sentence."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.models import OrganisationRow
from foundation.organisations.models import Membership
from training.models import Assignment, Came, Completion, Place, TaughtSession, TrainingReport


def check_can_learn(acting: Acting) -> None:
    """Take a course and have its certificate: everybody who works in the organisation."""
    if not acting.may("portal.use"):
        raise PermissionDenied(_("Only people of the organisation can take its courses."))


def check_can_see_training(acting: Acting) -> None:
    """See who is asked for what, who has done it, and the figures of it."""
    if not acting.may("training.view"):
        raise PermissionDenied(_("Your role does not let you see who has done which training."))


def check_can_manage_training(by: Acting, row: OrganisationRow | None = None) -> None:
    """Set who must do which training, record it and remind. ``row`` is what it is about."""
    if not by.may("training.manage"):
        raise PermissionDenied(_("Only a training manager or a Prevent lead can do this."))
    if row is not None and row.organisation_id != by.organisation_id:
        raise PermissionDenied(_("This belongs to another organisation."))
    if isinstance(row, Membership) and row.joined_into_id is not None:
        raise PermissionDenied(_("This entry was joined with another. Do this with the one that was kept."))


def check_can_report(by: Acting) -> None:
    """Make reports of training, open them and take lists out."""
    if not by.may("training.report"):
        raise PermissionDenied(_("Your role does not let you make reports of training."))


def check_can_agree(by: Acting, assignment: Assignment) -> None:
    """Waive or extend what somebody is asked: not one's own (four eyes)."""
    check_can_manage_training(by, assignment)
    if assignment.membership_id == by.membership_id:
        raise PermissionDenied(_("You cannot waive or extend your own training. Ask a colleague."))


def check_can_record(by: Acting, membership: Membership, came: Came) -> None:
    """Record what somebody did elsewhere. Everybody may say it of themself, with proof that somebody checks."""
    if came == Came.SELF:
        check_can_learn(by)
        if membership.pk != by.membership_id:
            raise PermissionDenied(_("You can only say of yourself what you have done."))
        return
    check_can_manage_training(by, membership)


def check_can_take_back(by: Acting, completion: Completion) -> None:
    """Take back what one said oneself, as long as nobody has decided about it."""
    if completion.organisation_id != by.organisation_id or completion.membership_id != by.membership_id:
        raise PermissionDenied(_("Only the person who said they did this can take it back."))
    if completion.came != Came.SELF:
        raise PermissionDenied(_("Somebody else wrote this record. Ask a training manager to withdraw it."))


def check_can_open_proof(acting: Acting, completion: Completion) -> None:
    """Open the certificate behind a record: the person, their line manager, and who records training."""
    if completion.organisation_id != acting.organisation_id:
        raise PermissionDenied(_("This belongs to another organisation."))
    concerned = {completion.membership_id, completion.membership.line_manager_id}
    if not acting.may("training.manage") and acting.membership_id not in concerned:
        raise PermissionDenied(_("Only the person, the line manager and training managers can open this certificate."))


def check_can_decide(by: Acting, completion: Completion) -> None:
    """Accept, refuse or withdraw a record: a training manager, or the line manager; never of oneself."""
    if completion.organisation_id != by.organisation_id:
        raise PermissionDenied(_("This belongs to another organisation."))
    if completion.membership_id == by.membership_id:
        raise PermissionDenied(_("You cannot decide about your own record. Ask a colleague."))
    if not by.may("training.manage") and completion.membership.line_manager_id != by.membership_id:
        raise PermissionDenied(_("Only a training manager, a Prevent lead or the line manager can do this."))


def check_can_write_courses(acting: Acting) -> None:
    """Write the organisation's own courses and publish them."""
    if not acting.may("training.write"):
        raise PermissionDenied(_("Only training managers and Prevent leads write the organisation's courses."))


def check_can_give_back(by: Acting, place: Place) -> None:
    """Give a place in a session back: the person it is of, or who runs training."""
    if place.organisation_id != by.organisation_id:
        raise PermissionDenied(_("This belongs to another organisation."))
    if place.membership_id != by.membership_id and not by.may("training.manage"):
        raise PermissionDenied(_("Only the person whose place it is or a training manager can give it back."))


def check_can_run_session(by: Acting, session: TaughtSession) -> None:
    """Print the sign-in sheet of a session, record who came and close it: who runs training, and its own trainer."""
    if session.organisation_id != by.organisation_id:
        raise PermissionDenied(_("This belongs to another organisation."))
    is_trainer = by.may("portal.use") and session.trainer_id == by.membership_id
    if not is_trainer and not by.may("training.manage"):
        raise PermissionDenied(_("Only a training manager, a Prevent lead or the trainer of this session can do this."))


def check_can_take_report(by: Acting, report: TrainingReport) -> None:
    """Make a document and open it: who reports on training, and a trainer the sign-in sheets of their own sessions."""
    if report.session is None or by.may("training.report"):
        check_can_report(by)
    else:
        check_can_run_session(by, report.session)


def check_can_evaluate(by: Acting, place: Place) -> None:
    """Say how a session was: who came to it, and nobody for somebody else."""
    if place.organisation_id != by.organisation_id or place.membership_id != by.membership_id:
        raise PermissionDenied(_("Only the people who came to a session can say how it was."))
