from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from foundation import ledger
from foundation.accounts import letters, limits
from foundation.accounts.actions.sessions import end_other_sessions
from foundation.accounts.models import ExternalIdentity, User
from foundation.core.acting import Acting


@transaction.atomic
def change_password(
    *,
    user: User,
    password: str,
    site: str,
    how: str,
    now: datetime,
    keep: SessionBase | None = None,
    by: Acting | None = None,
) -> User:
    """Set a password the form has checked. Other sessions end, links sent before stop working, the person is told.

    ``how`` is ``changed`` or ``reset``.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    user.set_password(password)
    user.save(update_fields=["password"])
    ledger.record("password.changed", actor=by, user_id=user.pk, target=user, at=now, how=how)
    end_other_sessions(user_id=user.pk, now=now, because="password_changed", keep=keep, by=by)
    letters.queue(letters.Kind.PASSWORD_CHANGED, site=site, now=now, user=user)
    limits.forget_account(limits.account_of(user.email))
    return user


@transaction.atomic
def change_preferences(*, user_id: int, name: str, language: str, now: datetime, by: Acting | None) -> User:
    """Change what a person is called and the language they read."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    wanted = {"name": name, "language": User.Language(language)}
    changed = [field for field, value in wanted.items() if getattr(user, field) != value]
    for field in changed:
        setattr(user, field, wanted[field])
    if changed:
        user.save(update_fields=changed)
        ledger.record("preferences.changed", actor=by, user_id=user.pk, target=user, at=now, fields=changed)
    return user


@transaction.atomic
def link_identity(*, user: User, issuer: str, subject: str, now: datetime) -> ExternalIdentity:
    """Remember that this person is ``subject`` at ``issuer``. Once; for whom it was linked first."""
    identity, created = ExternalIdentity.objects.get_or_create(
        issuer=issuer, subject=subject, defaults={"user": user, "linked_at": now}
    )
    if created:
        ledger.record("identity.linked", actor=None, user_id=user.pk, target=user, at=now)
    return identity
