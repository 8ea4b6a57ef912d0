"""Whole addresses of the portal's pages, for letters and wherever there is no request to take them from."""

from urllib.parse import urlsplit

from django.conf import settings


def absolute(path: str) -> str:
    """The address of a page as somebody outside would type it. ``path`` begins with a slash."""
    return f"{settings.PORTAL_ADDRESS}{path}"


def host() -> str:
    """The portal's host name, without port."""
    return urlsplit(settings.PORTAL_ADDRESS).hostname or "localhost"
