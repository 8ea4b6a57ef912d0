"""Who somebody is here, once their identity provider has spoken."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.accounts import actions, hooks
from foundation.accounts.models import ExternalIdentity, User
from foundation.accounts.oidc.provider import Provider
from foundation.core.exceptions import RuleBroken


@transaction.atomic
def person(provider: Provider, claims: dict[str, Any], now: datetime) -> User:
    """The user who is this subject at this issuer; at the first visit, the one whose membership they may claim.

    An e-mail address in the claims plays no part. Raises RuleBroken with a sentence for the person.
    """
    issuer, subject = provider.issuer, claims["sub"]
    known = ExternalIdentity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()
    if known is not None:
        if not hooks.call("PORTAL_PROVIDER_MEMBER", provider.reference, known.user, default=True):
            raise RuleBroken(_("You are not a member of this organisation in the portal today."))
        return known.user
    user = hooks.call("PORTAL_CLAIM_MEMBERSHIP", provider.reference, issuer, subject, claims, default=None)
    if user is None:
        raise RuleBroken(_("Nobody in this organisation has added you yet. Ask an administrator to add you."))
    identity = actions.link_identity(user=user, issuer=issuer, subject=subject, now=now)
    return identity.user
