"""Addresses of the portal's pages: whole ones for letters, those of a list's rows, those that every page links to."""

from collections.abc import Callable
from functools import cache, lru_cache
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.urls import get_urlconf, reverse

_MARK = "ROW-MARK"


def absolute(path: str) -> str:
    """The address of a page as somebody outside would type it. ``path`` begins with a slash."""
    return f"{settings.PORTAL_ADDRESS}{path}"


def host() -> str:
    """The portal's host name, without port."""
    return urlsplit(settings.PORTAL_ADDRESS).hostname or "localhost"


def of_page(name: str) -> str:
    """What ``reverse(name)`` gives, matched once: every page links to the same dozen of them."""
    return _whole(name, get_urlconf())


def of_row(name: str, *references: str) -> str:
    """What ``reverse(name, args=references)`` gives, without matching the route anew for each row of a list.

    Only the last may differ from row to row.
    """
    *above, reference = references
    before, after = _around(name, get_urlconf(), *above)
    return f"{before}{quote(reference)}{after}"


def of_rows(name: str, *above: str) -> Callable[[str], str]:
    """``of_row`` for a list that links to hundreds of rows: from the last reference to the address."""
    before, after = _around(name, get_urlconf(), *above)
    return lambda reference: f"{before}{quote(reference)}{after}"


@cache
def _whole(name: str, urlconf: str | None) -> str:
    return reverse(name, urlconf=urlconf)


@lru_cache(maxsize=2_000)
def _around(name: str, urlconf: str | None, *above: str) -> tuple[str, str]:
    before, _mark, after = reverse(name, urlconf=urlconf, args=[*above, _MARK]).partition(_MARK)
    return before, after
