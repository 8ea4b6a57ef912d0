"""What the accounts room asks of this one (see foundation.accounts.hooks): providers, claims, words for passwords."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from foundation import ledger
from foundation.accounts.models import User
from foundation.accounts.oidc.provider import Provider
from foundation.core.acting import person_context
from foundation.organisations import actions
from foundation.organisations.models import IdentityProvider, Membership, in_force


def find_provider(reference: str) -> Provider | None:
    """The provider of the organisation with this name in addresses, if people may sign in through it today."""
    with ledger.acting_system("sign-in"):
        found = _usable().filter(organisation__slug=reference).first()
        if found is None:
            return None
        return Provider(
            reference=found.organisation.slug,
            organisation_name=found.organisation.name,
            issuer=found.issuer,
            client_id=found.client_id,
            client_secret=found.open_secret(),
            enforces_second_factor=found.enforces_second_factor,
        )


def list_providers() -> list[tuple[str, str]]:
    """Organisations that people may sign in through, by name."""
    with ledger.acting_system("sign-in"):
        return list(_usable().order_by("organisation__name").values_list("organisation__slug", "organisation__name"))


def claim(reference: str, issuer: str, subject: str, claims: Mapping[str, Any]) -> User:
    """Make a membership somebody's own at their first sign-in. Raises RuleBroken with a sentence for the person."""
    return actions.claim_membership(slug=reference, issuer=issuer, subject=subject, claims=claims, now=timezone.now())


def is_member(reference: str, user: User) -> bool:
    """Whether the person belongs to this provider's organisation today."""
    with ledger.acting_system("sign-in"):
        return Membership.objects.current(timezone.localdate()).filter(user=user, organisation__slug=reference).exists()


def password_words(user: User) -> list[str]:
    """Names of the person's organisations, which their password must not carry."""
    if user.pk is None:
        return []
    with person_context(user_id=user.pk, organisation_id=None):
        names = Membership.objects.filter(user=user).values_list("organisation__name", "organisation__slug")
        return [word for pair in names for word in pair]


def _usable():  # type: ignore[no-untyped-def]
    return IdentityProvider.objects.select_related("organisation").filter(
        in_force(timezone.localdate(), "organisation__active_from", "organisation__active_to"), enabled_at__isnull=False
    )
