"""Everything a person can do to an organisation and its people: one function each, whole or not at all."""

from foundation.organisations.actions.apart import keep_apart, no_longer_keep_apart
from foundation.organisations.actions.claims import ClaimRefused, claim_membership
from foundation.organisations.actions.exports import (
    EXPORT_PURPOSE,
    make_people_export,
    may_open_export_file,
    open_people_export,
    request_people_export,
)
from foundation.organisations.actions.identity_provider import (
    disable_identity_provider,
    enable_identity_provider,
    save_identity_provider,
    test_identity_provider,
)
from foundation.organisations.actions.imports import (
    abandon_import,
    apply_import,
    check_import,
    choose_columns,
    confirm_import,
    take_back_confirmation,
    upload_people,
)
from foundation.organisations.actions.invitations import (
    AlreadyHasAccount,
    InvitationUnusable,
    accept,
    accept_with_new_account,
    hand_over,
    invite,
    open_invitation,
    withdraw_invitation,
)
from foundation.organisations.actions.invitations import send as send_invitation
from foundation.organisations.actions.joining import Seen, join_people
from foundation.organisations.actions.people import Person, add_person, change_person, end_person, reinstate_person
from foundation.organisations.actions.provisioning import (
    Administrator,
    add_partnership_member,
    close_organisation,
    create_organisation,
    end_partnership_member,
    find_by_slug,
)
from foundation.organisations.actions.resets import approve_factor_reset, request_factor_reset, start_password_reset
from foundation.organisations.actions.role_grants import end_role, grant_role
from foundation.organisations.actions.settings import change_settings
from foundation.organisations.actions.teams import add_team, change_team, remove_team

__all__ = [
    "EXPORT_PURPOSE",
    "Administrator",
    "AlreadyHasAccount",
    "ClaimRefused",
    "InvitationUnusable",
    "Person",
    "Seen",
    "abandon_import",
    "accept",
    "accept_with_new_account",
    "add_partnership_member",
    "add_person",
    "add_team",
    "apply_import",
    "approve_factor_reset",
    "change_person",
    "change_settings",
    "change_team",
    "check_import",
    "choose_columns",
    "claim_membership",
    "close_organisation",
    "confirm_import",
    "create_organisation",
    "disable_identity_provider",
    "enable_identity_provider",
    "end_partnership_member",
    "end_person",
    "end_role",
    "find_by_slug",
    "grant_role",
    "hand_over",
    "invite",
    "join_people",
    "keep_apart",
    "make_people_export",
    "may_open_export_file",
    "no_longer_keep_apart",
    "open_invitation",
    "open_people_export",
    "reinstate_person",
    "remove_team",
    "request_factor_reset",
    "request_people_export",
    "save_identity_provider",
    "send_invitation",
    "start_password_reset",
    "take_back_confirmation",
    "test_identity_provider",
    "upload_people",
    "withdraw_invitation",
]
