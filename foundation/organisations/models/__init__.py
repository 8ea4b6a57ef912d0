"""Organisations and the people in them."""

from foundation.organisations.models.identity import IdentityProvider
from foundation.organisations.models.organisations import (
    Organisation,
    PartnershipMember,
    Succession,
    Team,
    in_force,
)
from foundation.organisations.models.people import Invitation, Membership, RoleGrant

__all__ = [
    "IdentityProvider",
    "Invitation",
    "Membership",
    "Organisation",
    "PartnershipMember",
    "RoleGrant",
    "Succession",
    "Team",
    "in_force",
]
