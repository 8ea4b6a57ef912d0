"""Adding and removing second factors. Views ask for fresh proof first; here are the rules that hold regardless."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.accounts import letters, second_factor
from foundation.accounts.actions.sessions import end_other_sessions
from foundation.accounts.authentication import REAL_FACTORS
from foundation.accounts.models import User
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken


@transaction.atomic
def add_app(
    *, user_id: int, secret: str, step: int, site: str, keep: SessionBase, now: datetime, by: Acting | None
) -> Authenticator:
    """Set up an authenticator app with the secret it has shown a code for. That code's ``step`` is used up."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        raise RuleBroken(_("You already have an authenticator app. Remove it before you add another."))
    with second_factor.secrets_of(user.pk):
        factor = TOTP.activate(user, secret).instance
        RecoveryCodes.activate(user)
    second_factor.claim_step(user.pk, step)
    _tell(user, "factor.added", factor, letters.Kind.FACTOR_ADDED, site=site, keep=keep, now=now, by=by)
    return factor


@transaction.atomic
def add_passkey(
    *,
    user_id: int,
    name: str,
    credential: dict[str, Any],
    site: str,
    keep: SessionBase,
    now: datetime,
    by: Acting | None,
) -> Authenticator:
    """Keep a passkey whose registration the form has verified."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    factor = WebAuthn.add(user, name, credential).instance
    with second_factor.secrets_of(user.pk):
        RecoveryCodes.activate(user)
    _tell(user, "factor.added", factor, letters.Kind.FACTOR_ADDED, site=site, keep=keep, now=now, by=by)
    return factor


@transaction.atomic
def remove_factor(
    *, user_id: int, factor_id: int, site: str, keep: SessionBase, now: datetime, by: Acting | None
) -> None:
    """Remove one second factor, but never the last. Raises RuleBroken, or DoesNotExist for somebody else's."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    factor = Authenticator.objects.get(user=user, pk=factor_id, type__in=REAL_FACTORS)
    if not second_factor.others_remain(factor):
        raise RuleBroken(_("This is your only second factor. Add another one before you remove it."))
    _tell(user, "factor.removed", factor, letters.Kind.FACTOR_REMOVED, site=site, keep=keep, now=now, by=by)
    factor.delete()


@transaction.atomic
def renew_recovery_codes(*, user_id: int, site: str, now: datetime, by: Acting | None) -> Authenticator:
    """Make new recovery codes; the old ones stop working. Raises RuleBroken for somebody without a second factor."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if not Authenticator.objects.filter(user=user, type__in=REAL_FACTORS).exists():
        raise RuleBroken(_("Set up a second factor first. Recovery codes stand in for it."))
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    with second_factor.secrets_of(user.pk):
        codes = RecoveryCodes.activate(user).instance
    ledger.record("recovery_codes.renewed", actor=by, user_id=user.pk, target=user, at=now)
    letters.queue(letters.Kind.CODES_RENEWED, site=site, now=now, user=user)
    return codes


def _tell(
    user: User,
    verb: str,
    factor: Authenticator,
    letter: letters.Kind,
    *,
    site: str,
    keep: SessionBase,
    now: datetime,
    by: Acting | None,
) -> None:
    ledger.record(verb, actor=by, user_id=user.pk, target=user, at=now, factor=factor.type)
    end_other_sessions(user_id=user.pk, now=now, because=verb.replace(".", "_"), keep=keep, by=by)
    letters.queue(letter, site=site, now=now, user=user)
