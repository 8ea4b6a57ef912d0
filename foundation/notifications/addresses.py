"""The portal's own address for letters, where there is no request to take it from."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse


def centre() -> str:
    """The address of the page with a person's notices."""
    return f"{base()}{reverse('notifications:index')}"


def base() -> str:
    named: str = getattr(settings, "PORTAL_ADDRESS", "")
    if named:
        return named.rstrip("/")
    first = next((host for host in settings.ALLOWED_HOSTS if "*" not in host), "localhost").lstrip(".")
    return f"{'https' if settings.HTTPS else 'http'}://{first}"


def host() -> str:
    return urlsplit(base()).hostname or "localhost"
