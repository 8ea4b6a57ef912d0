"""The first sign-in through an organisation's provider makes a membership somebody's own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.accounts.actions import create_user
from foundation.accounts.models import User
from foundation.core.exceptions import RuleBroken
from foundation.organisations.actions.guards import refuse_duplicates
from foundation.organisations.models import IdentityProvider, Membership

SIGN_IN = "sign-in"
LONGEST = 255


class ClaimRefused(RuleBroken):
    """The provider vouches for somebody, but they cannot have a membership. ``code`` is for the ledger."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def claim_membership(*, slug: str, issuer: str, subject: str, claims: Mapping[str, Any], now: datetime) -> User:
    """Give the membership whose external id equals the claim the organisation chose to a new user, and return them.

    Never by e-mail address. Raises ClaimRefused when nobody has that id, when it is taken, or when the person has a
    sign-in of another kind already: they are invited instead.
    """
    with ledger.acting_system(SIGN_IN):
        provider = (
            IdentityProvider.objects.select_related("organisation")
            .filter(organisation__slug=slug, enabled_at__isnull=False)
            .first()
        )
        if provider is None or provider.issuer != issuer:
            raise ClaimRefused("no_provider", _("Nobody can sign in through this provider."))
        value = _text(claims.get(provider.claim))
        person = _hold(provider, value, now) if value else None
        if person is None:
            raise ClaimRefused(
                "unknown",
                _(
                    "Your organisation has not added you to the portal yet, or has added you under another id. Ask an"
                    " administrator of your organisation."
                ),
            )
        if person.user_id is not None:
            raise ClaimRefused(
                "taken",
                _("Somebody signs in as this person already. Ask an administrator of your organisation."),
            )
        email = person.email or _text(claims.get("email"))
        if not email or "@" not in email or User.objects.filter(email=User.objects.normalise(email)).exists():
            raise ClaimRefused(
                "needs_invitation",
                _("You cannot join this way. Ask an administrator of your organisation to send you an invitation."),
            )
        user = create_user(email=email, name=person.name, now=now)
        person.user = user
        person.count_up(by_id=person.pk, now=now)
        with refuse_duplicates():
            person.save(update_fields=["user", *Membership.SAVED])
        ledger.record(
            "membership.claimed",
            actor=None,
            target=person,
            at=now,
            organisation_id=person.organisation_id,
            user_id=user.pk,
            system_purpose=SIGN_IN,
            claim=provider.claim,
        )
        return user


def _hold(provider: IdentityProvider, value: str, now: datetime) -> Membership | None:
    """Who has this id; else into whom somebody who had it was joined."""
    had = Membership.objects.filter(organisation_id=provider.organisation_id, external_id=value).order_by()
    return (
        Membership.objects.current(timezone.localdate(now))
        .filter(Q(external_id=value) | Q(pk__in=had.values("joined_into_id")), organisation_id=provider.organisation_id)
        .select_for_update(no_key=True, of=("self",))
        .order_by(Case(When(external_id=value, then=0), default=1), "pk")
        .first()
    )


def _text(value: Any) -> str:
    """A claim as text: a provider may send a staff number as a number. Lists and objects identify nobody."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip()
    return text if len(text) <= LONGEST else ""
