"""Ledger events of a request, for the organisation acted for where there is one."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from foundation import ledger
from foundation.accounts.models import User


def record(
    request: HttpRequest, verb: str, *, user: User | None, at: datetime, done_by_user: bool = True, **facts: Any
) -> None:
    """Write an event about a sign-in in the caller's transaction. ``done_by_user``: not a stranger."""
    acting = getattr(request, "acting", None)
    ledger.record(
        verb,
        actor=acting,
        user_id=user.pk if user is not None and done_by_user else None,
        at=at,
        target=user,
        **facts,
    )
