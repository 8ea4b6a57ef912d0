from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction

from foundation import ledger
from foundation.accounts import session_rules
from foundation.accounts.models import User
from foundation.core.acting import Acting


@transaction.atomic
def end_other_sessions(
    *, user_id: int, now: datetime, because: str, keep: SessionBase | None = None, by: Acting | None = None
) -> int:
    """End all sessions of a person at their next request, but the one to ``keep``; returns how many were listed.

    ``because`` is a coded reason for the ledger, such as ``role_changed``. Call it whenever rights, password or factors
    change.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    user.sessions_valid_from = now
    user.save(update_fields=["sessions_valid_from"])
    listed = UserSession.objects.filter(user=user)
    if keep is not None:
        session_rules.keep(keep, user, now)
        listed = listed.exclude(session_key=keep.session_key)
    keys = list(listed.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    listed.delete()
    ledger.record(
        "sessions.ended",
        actor=by,
        user_id=None if by else user.pk,
        target=user,
        at=now,
        because=because,
        count=len(keys),
        kept_one=keep is not None,
    )
    return len(keys)


@transaction.atomic
def end_session(*, user_id: int, session_id: int, now: datetime, by: Acting | None) -> None:
    """End one of a person's own listed sessions; nothing happens when it has ended already."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    listed = UserSession.objects.filter(user=user, pk=session_id)
    keys = list(listed.values_list("session_key", flat=True))
    if not keys:
        return
    Session.objects.filter(session_key__in=keys).delete()
    listed.delete()
    ledger.record(
        "sessions.ended",
        actor=by,
        user_id=user.pk,
        target=user,
        at=now,
        because="chosen",
        count=len(keys),
        kept_one=True,
    )
