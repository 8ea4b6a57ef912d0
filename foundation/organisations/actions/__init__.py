"""Everything a person can do to an organisation and its people: one function each, whole or not at all."""

from foundation.organisations.actions.claims import ClaimRefused, claim_membership
from foundation.organisations.actions.identity_provider import (
    disable_identity_provider,
    enable_identity_provider,
    save_identity_provider,
    test_identity_provider,
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
    "Administrator",
    "AlreadyHasAccount",
    "ClaimRefused",
    "InvitationUnusable",
    "Person",
    "accept",
    "accept_with_new_account",
    "add_partnership_member",
    "add_person",
    "add_team",
    "approve_factor_reset",
    "change_person",
    "change_settings",
    "change_team",
    "claim_membership",
    "close_organisation",
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
    "open_invitation",
    "reinstate_person",
    "remove_team",
    "request_factor_reset",
    "save_identity_provider",
    "send_invitation",
    "start_password_reset",
    "test_identity_provider",
    "withdraw_invitation",
]
