"""How often somebody may try to prove who they are. One atomic statement counts for all processes together.

A try takes its place before anything is checked and gives it back when it was right: two hundred tries at once are
still five. Counts live in the database, so a restart forgets none. Passkeys are not counted: they cannot be guessed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac

from foundation.accounts.models import FailureCount


@dataclass(frozen=True)
class Limit:
    """At most ``count`` failures within any stretch of ``within``."""

    name: str
    count: int
    within: timedelta


ACCOUNT = Limit("account", 5, timedelta(minutes=5))
CLIENT = Limit("client", 10, timedelta(minutes=1))
LETTERS_TO_ADDRESS = Limit("letters to address", 3, timedelta(hours=1))
LETTERS_FROM_CLIENT = Limit("letters from client", 10, timedelta(minutes=10))
INVITATIONS_FROM_CLIENT = Limit("invitations from client", 30, timedelta(minutes=1))
LONGEST = timedelta(hours=1)

TAKE = """
    INSERT INTO accounts_failurecount AS counted (key, times) VALUES (%(key)s, ARRAY[%(now)s]::timestamptz[])
    ON CONFLICT (key) DO UPDATE
        SET times = ARRAY(SELECT t FROM unnest(counted.times) AS t WHERE t > %(since)s) || EXCLUDED.times
        WHERE (SELECT count(*) FROM unnest(counted.times) AS t WHERE t > %(since)s) < %(limit)s
    RETURNING 1
"""
GIVE_BACK = "UPDATE accounts_failurecount SET times = array_remove(times, %(now)s::timestamptz) WHERE key = %(key)s"


@dataclass(frozen=True)
class Try:
    """A place taken under one or more limits."""

    keys: tuple[str, ...]
    at: datetime

    def give_back(self) -> None:
        """The try was right: it does not count."""
        with connection.cursor() as cursor:
            for key in self.keys:
                cursor.execute(GIVE_BACK, {"key": key, "now": self.at})


def take(*wanted: tuple[Limit, str], now: datetime) -> Try | None:
    """Take a place under every limit named, or none and return None when one of them is used up."""
    taken = Try((), now)
    with connection.cursor() as cursor:
        for limit, who in wanted:
            key = _key(limit, who)
            cursor.execute(TAKE, {"key": key, "now": now, "since": now - limit.within, "limit": limit.count})
            if cursor.fetchone() is None:
                taken.give_back()
                return None
            taken = Try((*taken.keys, key), now)
    return taken


def try_account(*, account: str, client: str, now: datetime) -> Try | None:
    """Take a place for checking one password or code of ``account`` typed at the address ``client``."""
    return take((CLIENT, client), (ACCOUNT, account), now=now)


def account_of(email: str) -> str:
    """How tries at a typed address are counted, whether or not it is anybody's."""
    return f"email:{email.strip().lower()}"


def account_with_id(user_id: int) -> str:
    """How tries at a code are counted, once the password said whose it is."""
    return f"user:{user_id}"


def forget_account(*accounts: str) -> None:
    """Clear an account's failures, because its owner has proved who they are in another way."""
    FailureCount.objects.filter(key__in=[_key(ACCOUNT, account) for account in accounts]).delete()


def forget_old(now: datetime) -> None:
    """Delete counts that no longer limit anybody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM accounts_failurecount WHERE NOT EXISTS (SELECT FROM unnest(times) AS t WHERE t > %s)",
            [now - LONGEST],
        )


def _key(limit: Limit, who: str) -> str:
    return salted_hmac("foundation.accounts.limits", f"{limit.name}:{who}", algorithm="sha256").hexdigest()
