"""Who is acting, for which organisation; and the row-level-security context that follows from it.

The database shows rows only inside ``acting_as`` (one organisation) or ``system_role`` (one named purpose).
With neither, every table with organisation data is empty and refuses writes.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

if TYPE_CHECKING:
    from foundation.accounts.models import User
    from foundation.organisations.models import Membership, Organisation

STRONG_FOR = timedelta(minutes=10)

Settings = Mapping[str, str]
First = Callable[[Settings], Any] | None


@dataclass(frozen=True)
class Acting:
    """One person acting for one organisation, as of one moment. Built by foundation.organisations.acting.

    ``strong_at`` is when the person last proved who they are (UTC), or None. ``at`` is when this value was built.
    """

    user: "User | None"
    membership: "Membership"
    organisation: "Organisation"
    permissions: frozenset[str]
    roles: frozenset[str]
    at: datetime
    strong_at: datetime | None = None
    withheld_roles: frozenset[str] = field(default_factory=frozenset)
    request_id: str = ""

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def recently_strong(self, now: datetime) -> bool:
        """True for ten minutes after the person proved who they are."""
        return self.strong_at is not None and now - self.strong_at <= STRONG_FOR

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def membership_id(self) -> int:
        return self.membership.pk

    @property
    def organisation_id(self) -> int:
        return self.organisation.pk


@contextmanager
def person_context(*, user_id: int | None, organisation_id: int | None, first: First = None) -> Iterator[Any]:
    """Open a transaction in which the database knows the person and the organisation acted for.

    Re-entrant: the context that stood before comes back at the end. ``first`` is given the settings to make, makes them
    with its own first question (see ``Prepared.rows``), and what it returns is yielded.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        before = ("", "") if outermost else _read()
        yield (first or _write)(_settings(user_id, organisation_id))
        if not outermost and not connection.needs_rollback:  # rolling back brings the settings back by itself
            _write(_settings(*before))


@contextmanager
def acting_as(acting: Acting) -> Iterator[Acting]:
    """Do something as this person for this organisation: one transaction, one row-level-security context."""
    with person_context(user_id=acting.user_id, organisation_id=acting.organisation_id):
        yield acting


@contextmanager
def system_role(purpose: str) -> Iterator[None]:
    """Take the system role for one purpose that row policies name. Use ``ledger.acting_system``, which also records it.

    Opens a transaction. People's context is empty inside.
    """
    with transaction.atomic():
        before = _read()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('role', 'portal_system', true), set_config('portal.system_purpose', %s, true),"
                " set_config('portal.user_id', '', true), set_config('portal.organisation_id', '', true)",
                [purpose],
            )
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('role', 'none', true), set_config('portal.system_purpose', '', true)")
        _write(_settings(*before))


def _read() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('portal.user_id', true), current_setting('portal.organisation_id', true)"
        )
        user_id, organisation_id = cursor.fetchone()
    return user_id or "", organisation_id or ""


def _settings(user_id: int | str | None, organisation_id: int | str | None) -> Settings:
    return {"portal.user_id": str(user_id or ""), "portal.organisation_id": str(organisation_id or "")}


def _write(settings: Settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('portal.user_id', %s, true), set_config('portal.organisation_id', %s, true)",
            list(settings.values()),
        )
