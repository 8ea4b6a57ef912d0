"""Organisations and the people in them."""

from foundation.organisations.models.apart import KeptApart
from foundation.organisations.models.exports import PeopleExport
from foundation.organisations.models.given import Given
from foundation.organisations.models.identity import IdentityProvider
from foundation.organisations.models.imports import PeopleImport, PeopleImportRow
from foundation.organisations.models.organisations import (
    IsMember,
    Organisation,
    PartnershipMember,
    Succession,
    Team,
    in_force,
)
from foundation.organisations.models.people import Employment, Invitation, Membership, RoleGrant

__all__ = [
    "Employment",
    "Given",
    "IdentityProvider",
    "Invitation",
    "IsMember",
    "KeptApart",
    "Membership",
    "Organisation",
    "PartnershipMember",
    "PeopleExport",
    "PeopleImport",
    "PeopleImportRow",
    "RoleGrant",
    "Succession",
    "Team",
    "in_force",
]
