"""Whole addresses for letters, where there is no request to take them from."""

from django.conf import settings


def absolute(path: str) -> str:
    """The address of a page as somebody outside would type it."""
    return f"{base().rstrip('/')}{path}"


def base() -> str:
    named: str = getattr(settings, "PORTAL_ADDRESS", "")
    if named:
        return named
    host = next((host for host in settings.ALLOWED_HOSTS if "*" not in host), "localhost").lstrip(".")
    return f"{'https' if settings.HTTPS else 'http'}://{host}"
