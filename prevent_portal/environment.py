"""Reads environment variables strictly: a missing or misspelt value stops start-up and says what to set."""

import os
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PREFIX = "PORTAL_"


def text(name: str, default: str | None = None) -> str:
    """The variable's value. Raises ImproperlyConfigured when it is unset and has no default."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}. See .env.example.")
    return default


def flag(name: str, default: bool) -> bool:
    """True for 1/yes/true, False for 0/no/false; anything else is refused."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "yes", "true"}:
        return True
    if value in {"0", "no", "false"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Use 1 or 0.")


def number(name: str, default: int | None, *, at_least: int = 0) -> int:
    """A whole number no smaller than ``at_least``."""
    value = text(name, None if default is None else str(default))
    if not value.isdigit() or int(value) < at_least:
        raise ImproperlyConfigured(f"{name} is {value!r}. Use a whole number from {at_least}.")
    return int(value)


def address(name: str, default: str | None = None, *, https: bool) -> str:
    """The address of a site, without a path: scheme, host name and perhaps a port."""
    value = text(name, default)
    parts = urlsplit(value)
    schemes = {"https"} if https else {"http", "https"}
    if parts.scheme not in schemes or not parts.hostname or value.rstrip("/") != f"{parts.scheme}://{parts.netloc}":
        raise ImproperlyConfigured(
            f"{name} is {value!r}. Use the address people type, such as https://prevent.example.gov.uk"
        )
    if "@" in parts.netloc:
        raise ImproperlyConfigured(f"{name} carries a name or password. Leave them out.")
    return value.rstrip("/")


def names(name: str, default: Iterable[str] | None = None) -> list[str]:
    """A comma-separated list."""
    value = text(name, None if default is None else ",".join(default))
    return [part.strip() for part in value.split(",") if part.strip()]


def all_or_none(*wanted: str) -> bool:
    """True when every variable is set, False when none is; half of them set is an error."""
    found = [name for name in wanted if os.environ.get(name, "").strip()]
    if found and len(found) < len(wanted):
        missing = ", ".join(name for name in wanted if name not in found)
        raise ImproperlyConfigured(f"{', '.join(found)} is set but {missing} is not. Set all of them or none.")
    return bool(found)


def refuse_unknown(known: Iterable[str]) -> None:
    """Stop on a PORTAL_ variable that nothing reads: it is usually a misspelling."""
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in set(known))
    if unknown:
        raise ImproperlyConfigured(f"Nothing reads {', '.join(unknown)}. Check the spelling against .env.example.")
