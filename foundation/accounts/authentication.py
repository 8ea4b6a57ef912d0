"""What a session proves about the person who holds it."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

STRONG_AT = "strong_at"  # when the second factor was last given, seconds since the epoch (UTC)
PASSKEY = "passkey"


def has_second_factor(request: HttpRequest) -> bool:
    """True when this session went through a second factor (or a passkey, which is both)."""
    return STRONG_AT in request.session


def strong_at(request: HttpRequest) -> datetime | None:
    """When the person last proved who they are (UTC)."""
    seconds = request.session.get(STRONG_AT)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def used_passkey(request: HttpRequest) -> bool:
    """True when this session was opened or confirmed with a passkey."""
    return bool(request.session.get(PASSKEY))


def ask_again(request: HttpRequest) -> HttpResponse:
    """Send the person to prove who they are and then back here."""
    return redirect(f"/accounts/confirm/?{urlencode({'next': request.get_full_path()})}")
