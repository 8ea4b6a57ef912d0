"""What an organisation's administrators do for a person. Who is an administrator is decided by the caller."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.accounts import letters
from foundation.accounts.actions.sessions import end_other_sessions
from foundation.accounts.models import FactorReset, User
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken


@transaction.atomic
def create_user(
    *,
    email: str,
    name: str,
    now: datetime,
    password: str | None = None,
    language: str = User.Language.ENGLISH,
    by: Acting | None = None,
) -> User:
    """Make a sign-in, for somebody who accepted an invitation or came from their organisation's provider.

    Raises RuleBroken when the address has one already. The password must have passed the validators.
    """
    taken = User.objects.filter(email=User.objects.normalise(email))
    if taken.exists():
        raise RuleBroken(_("There is already a sign-in with this e-mail address."))
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, password, name=name, language=User.Language(language), created_at=now
            )
    except IntegrityError as error:
        if not taken.exists():
            raise
        raise RuleBroken(_("There is already a sign-in with this e-mail address.")) from error  # a moment earlier
    ledger.record("user.created", actor=by, user_id=user.pk, target=user, at=now, with_password=password is not None)
    return user


@transaction.atomic
def start_password_reset(*, user_id: int, site: str, by: Acting, now: datetime) -> None:
    """Send the person a link to choose a new password, and end their sessions. Nobody else learns the link."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    ledger.record("password_reset.started", actor=by, target=user, at=now)
    end_other_sessions(user_id=user.pk, now=now, because="password_reset_started", by=by)
    letters.queue(letters.Kind.PASSWORD_RESET, site=site, now=now, user=user)


@transaction.atomic
def disable_user(*, user_id: int, by: Acting, now: datetime) -> User:
    """Nobody can sign in as this person until they are enabled again; what they have open ends at once."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.pk == by.user_id:
        raise RuleBroken(_("You cannot disable your own sign-in. Ask another administrator."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    ledger.record("user.disabled", actor=by, target=user, at=now)
    end_other_sessions(user_id=user.pk, now=now, because="user_disabled", by=by)
    return user


@transaction.atomic
def enable_user(*, user_id: int, by: Acting, now: datetime) -> User:
    """The person may sign in again, with the password and factors they had."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    user.is_active = True
    user.save(update_fields=["is_active"])
    ledger.record("user.enabled", actor=by, target=user, at=now)
    return user


@transaction.atomic
def request_factor_reset(*, user_id: int, site: str, by: Acting, now: datetime) -> FactorReset:
    """Ask a second administrator to remove somebody's second factors. The person is told."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.pk == by.user_id:
        raise RuleBroken(_("You cannot ask for this for yourself. Ask another administrator."))
    for earlier in FactorReset.objects.visible_to(by).filter(
        user=user, approved_at__isnull=True, withdrawn_at__isnull=True
    ):
        if earlier.is_open(now):
            raise RuleBroken(_("Somebody has asked for this already. A second administrator has to approve it."))
        _withdraw(earlier, by, now)
    assert by.user is not None, "Only a person asks for this."
    reset = FactorReset.objects.create(organisation=by.organisation, user=user, requested_by=by.user, requested_at=now)
    ledger.record("factor_reset.requested", actor=by, target=reset, at=now, user_id_concerned=user.pk)
    letters.queue(letters.Kind.FACTOR_RESET_REQUESTED, site=site, now=now, user=user)
    return reset


@transaction.atomic
def approve_factor_reset(*, reset_id: int, site: str, by: Acting, now: datetime) -> FactorReset:
    """Remove the person's second factors and end their sessions. Only another administrator than the one who asked."""
    reset = _open_reset(reset_id, by, now)
    if by.user_id in (reset.requested_by_id, reset.user_id):
        raise RuleBroken(
            _("A second administrator has to approve this: not the one who asked, nor the person themself.")
        )
    user = User.objects.select_for_update(no_key=True).get(pk=reset.user_id)
    reset.approved_by_id, reset.approved_at = by.user_id, now
    reset.save(update_fields=["approved_by", "approved_at"])
    removed = Authenticator.objects.filter(user=user)
    kinds = sorted(removed.values_list("type", flat=True))
    removed.delete()
    ledger.record("factor_reset.approved", actor=by, target=reset, at=now, user_id_concerned=user.pk, removed=kinds)
    end_other_sessions(user_id=user.pk, now=now, because="factor_reset", by=by)
    letters.queue(letters.Kind.FACTOR_RESET_DONE, site=site, now=now, user=user)
    return reset


@transaction.atomic
def withdraw_factor_reset(*, reset_id: int, by: Acting, now: datetime) -> FactorReset:
    """Any administrator of the organisation may stop a reset that nobody has approved."""
    reset = _open_reset(reset_id, by, now)
    _withdraw(reset, by, now)
    return reset


def _open_reset(reset_id: int, by: Acting, now: datetime) -> FactorReset:
    reset = FactorReset.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=reset_id)
    if not reset.is_open(now):
        raise RuleBroken(_("This request is no longer open: it was decided, or it is more than three days old."))
    return reset


def _withdraw(reset: FactorReset, by: Acting, now: datetime) -> None:
    reset.withdrawn_by_id, reset.withdrawn_at = by.user_id, now
    reset.save(update_fields=["withdrawn_by", "withdrawn_at"])
    ledger.record("factor_reset.withdrawn", actor=by, target=reset, at=now, user_id_concerned=reset.user_id)
