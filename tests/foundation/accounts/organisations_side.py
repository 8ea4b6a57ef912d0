"""Stands for the organisations room: which provider an organisation has, and whom its claims name."""

from typing import Any

from foundation.accounts.models import User
from foundation.accounts.oidc.provider import Provider
from foundation.core.exceptions import RuleBroken

known: dict[str, Provider] = {}
claimed: dict[str, User] = {}
REFERENCE = "severnshire-county-council"  # the name of the organisation in addresses
HOOKS = __name__


def find(reference: str) -> Provider | None:
    return known.get(reference)


def choices() -> list[tuple[str, str]]:
    return [(reference, provider.organisation_name) for reference, provider in known.items()]


def claim(reference: str, issuer: str, subject: str, claims: dict[str, Any]) -> User:
    """The membership whose external id equals the claim chosen there."""
    user = claimed.get(claims.get("employee_number", ""))
    if user is None:
        raise RuleBroken("Nobody in this organisation has that staff number.")
    return user
