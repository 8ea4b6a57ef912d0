"""May this person do this? Each check returns None or raises PermissionDenied with a sentence for the person."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.models import OrganisationRow
from foundation.organisations.models import Membership, Organisation, PeopleExport


def check_can_view_people(by: Acting) -> None:
    if not by.may("people.view"):
        raise PermissionDenied(_("Your role does not let you see the list of people."))


def check_can_manage_people(by: Acting, row: OrganisationRow | None = None) -> None:
    """``row`` is what the change is about: a membership, team or invitation of the organisation acted for."""
    if not by.may("people.manage"):
        raise PermissionDenied(_("Only an organisation administrator can change people."))
    _check_own(by, row)


def check_can_export_people(by: Acting) -> None:
    """Who may read the list may take it out, after proving again who they are; every export is recorded."""
    check_can_view_people(by)


def check_can_open_export(by: Acting, export: PeopleExport) -> None:
    """Nobody but the person who said what it is for, as long as they may read the list."""
    check_can_export_people(by)
    _check_own(by, export)
    if export.asked_by_id != by.membership_id:
        raise PermissionDenied(_("Only the person who asked for an export can open it."))


def check_can_manage_organisation(by: Acting, organisation: Organisation | OrganisationRow | None = None) -> None:
    if not by.may("organisation.manage"):
        raise PermissionDenied(_("Only an organisation administrator can change the organisation's settings."))
    if isinstance(organisation, Organisation):
        if organisation.pk != by.organisation_id:
            raise PermissionDenied(_("This belongs to another organisation."))
    else:
        _check_own(by, organisation)


def check_can_grant_role(by: Acting, membership: Membership) -> None:
    """Four eyes: whoever gives roles gives none to themself (ADR 0020)."""
    if not by.may("roles.grant"):
        raise PermissionDenied(_("Only an organisation administrator can give roles."))
    _check_own(by, membership)
    if is_oneself(by, membership):
        raise PermissionDenied(_("You cannot give yourself a role. Ask another administrator."))


def check_can_end_role(by: Acting, membership: Membership) -> None:
    """People may give up a role of their own accord only where they may end roles at all."""
    if not by.may("roles.grant"):
        raise PermissionDenied(_("Only an organisation administrator can end roles."))
    _check_own(by, membership)


def check_can_join(by: Acting, *memberships: Membership) -> None:
    """Say that these are one person. Four eyes here too: roles go over, so nobody joins their own entry."""
    for each in memberships:
        check_can_manage_people(by, each)
        if is_oneself(by, each):
            raise PermissionDenied(_("You cannot join your own entry with another. Ask another administrator."))
    if not by.may("roles.grant"):
        raise PermissionDenied(_("Only an organisation administrator can join two people."))


def check_can_reset_sign_in(by: Acting, membership: Membership) -> None:
    """An administrator starts the reset of somebody else's sign-in, never of their own."""
    if not by.may("people.manage"):
        raise PermissionDenied(_("Only an organisation administrator can start a reset."))
    _check_own(by, membership)
    if membership.user_id is None:
        raise PermissionDenied(_("This person has no sign-in yet."))
    if membership.user_id == by.user_id:
        raise PermissionDenied(_("You cannot reset your own sign-in. Ask another administrator."))


def is_oneself(by: Acting, membership: Membership) -> bool:
    """Whether an entry is one's own, or of one's own account."""
    return membership.pk == by.membership_id or (membership.user_id is not None and membership.user_id == by.user_id)


def _check_own(by: Acting, row: OrganisationRow | None) -> None:
    if row is not None and row.organisation_id != by.organisation_id:
        raise PermissionDenied(_("This belongs to another organisation."))
    if isinstance(row, Membership) and row.joined_into_id is not None:
        raise PermissionDenied(_("This entry was joined with another. Do this with the one that was kept."))
