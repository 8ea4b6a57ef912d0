"""The settings of an organisation's identity provider: kept, tested, switched on and off."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.organisations import permissions
from foundation.organisations.actions.guards import lock_organisation
from foundation.organisations.models import IdentityProvider


@transaction.atomic
def save_identity_provider(
    *,
    version: int,
    issuer: str,
    client_id: str,
    client_secret: str,
    claim: str,
    enforces_second_factor: bool,
    by: Acting,
    now: datetime,
) -> IdentityProvider:
    """Keep the settings, if nobody saved since ``version`` (0: there were none). An empty secret keeps what there is.

    After a change nobody signs in through the provider until the connection was tested and switched on again.
    """
    lock_organisation(by.organisation_id)
    permissions.check_can_manage_organisation(by)
    provider = IdentityProvider.objects.visible_to(by).select_for_update(no_key=True).first()
    if provider is None:
        if version != 0:
            raise RuleBroken(_("The settings were removed by somebody else."))
        if not client_secret:
            raise RuleBroken(_("Enter the client secret."))
        provider = IdentityProvider(organisation_id=by.organisation_id, version=0)
    elif version != provider.version:
        raise StaleVersion(provider)
    wanted = {
        "issuer": issuer,
        "client_id": client_id,
        "claim": claim,
        "enforces_second_factor": enforces_second_factor,
    }
    changed = [field for field, value in wanted.items() if getattr(provider, field) != value]
    if client_secret:
        provider.seal_secret(client_secret)
        changed.append("client_secret")
    if not changed:
        return provider
    for field in set(changed) & wanted.keys():
        setattr(provider, field, wanted[field])
    provider.tested_at = provider.enabled_at = None
    provider.count_up(by_id=by.membership_id, now=now)
    if provider.pk is None:
        provider.save(force_insert=True)
    else:
        provider.save(update_fields=[*changed, "tested_at", "enabled_at", *IdentityProvider.SAVED])
    ledger.record("identity_provider.changed", actor=by, target=provider, at=now, fields=sorted(changed))
    return provider


@transaction.atomic
def test_identity_provider(*, read: Callable[[str], object], by: Acting, now: datetime) -> IdentityProvider:
    """Read the provider's own description with ``read(issuer)`` and remember that it answered as it should.

    ``read`` raises RuleBroken with what is wrong.
    """
    provider = _lock(by)
    read(provider.issuer)
    provider.tested_at = now
    provider.save(update_fields=["tested_at"])
    ledger.record("identity_provider.tested", actor=by, target=provider, at=now)
    return provider


@transaction.atomic
def enable_identity_provider(*, by: Acting, now: datetime) -> IdentityProvider:
    """Let people sign in through the provider. Its connection must have been tested since the last change."""
    provider = _lock(by)
    if provider.tested_at is None:
        raise RuleBroken(_("Test the connection first."))
    if provider.enabled_at is not None:
        raise RuleBroken(_("People can sign in through the provider already."))
    provider.enabled_at = now
    provider.count_up(by_id=by.membership_id, now=now)
    provider.save(update_fields=["enabled_at", *IdentityProvider.SAVED])
    ledger.record("identity_provider.enabled", actor=by, target=provider, at=now)
    return provider


@transaction.atomic
def disable_identity_provider(*, by: Acting, now: datetime) -> IdentityProvider:
    """Stop sign-ins through the provider at once. People with a password or passkey are not affected."""
    provider = _lock(by)
    if provider.enabled_at is None:
        raise RuleBroken(_("Nobody can sign in through the provider already."))
    provider.enabled_at = None
    provider.count_up(by_id=by.membership_id, now=now)
    provider.save(update_fields=["enabled_at", *IdentityProvider.SAVED])
    ledger.record("identity_provider.disabled", actor=by, target=provider, at=now)
    return provider


def _lock(by: Acting) -> IdentityProvider:
    permissions.check_can_manage_organisation(by)
    provider = IdentityProvider.objects.visible_to(by).select_for_update(no_key=True).first()
    if provider is None:
        raise RuleBroken(_("Enter the provider's settings first."))
    return provider
