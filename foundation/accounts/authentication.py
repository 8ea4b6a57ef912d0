"""What a session proves about the person who holds it."""

from datetime import UTC, datetime

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from foundation.accounts import session_rules, trail
from foundation.accounts.models import User
from foundation.core import drafts
from foundation.core.acting import STRONG_FOR

STRONG_AT = "strong_at"  # when the second factor was last given, seconds since the epoch (UTC)
PASSKEY = "passkey"
DEMONSTRATION = "demonstration"  # a one-click sign-in, which has no factor to ask for again
PROVIDER = "provider"  # the identity provider this session came from, if any

REAL_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
BY_PROVIDER = "provider"  # the name of a provider's sign-in in allauth's records


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
    """Send the person to prove who they are and then back. What they typed waits for them as a draft."""
    keep_typed(request)
    return redirect(f"/accounts/confirm/?{urlencode({'next': page_to_return_to(request)})}")


def keep_typed(request: HttpRequest) -> None:
    """Keep the fields of a posted form as a draft of its page. The acting context is open, and CSRF was checked."""
    acting = getattr(request, "acting", None)
    if request.method == "POST" and acting is not None and not request.path.startswith("/accounts/"):
        page = page_to_return_to(request).partition("?")[0]
        drafts.keep(acting=acting, path=page, typed=dict(request.POST.lists()), now=timezone.now())


def page_to_return_to(request: HttpRequest) -> str:
    """The page a person was on: this one, or for a posted form the one it stood on. Always an address of ours."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    own = request.build_absolute_uri("/")
    if came_from.startswith(own):
        return safe_next(request, came_from[len(own) - 1 :], default=request.path)
    return request.path


def safe_next(request: HttpRequest, wanted: str, *, default: str = "/") -> str:
    """``wanted`` when it is a path of this site, else ``default``: nobody is sent elsewhere by a link."""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if own and wanted.startswith("/") else default


def has_factor(user: User) -> bool:
    """The person has set up a second factor of their own."""
    return Authenticator.objects.filter(user=user, type__in=REAL_FACTORS).exists()


def freshly_proved(request: HttpRequest, now: datetime) -> bool:
    """The person proved who they are within ten minutes: enough to change how they sign in.

    Before the first second factor is set up, a password or provider sign-in in this session is that proof.
    """
    last = strong_at(request)
    if last is None and not has_factor(request.user):  # type: ignore[arg-type]
        records = get_authentication_records(request, request.user)
        times = [record["at"] for record in records if record["method"] in ("password", BY_PROVIDER)]
        last = datetime.fromtimestamp(max(times), UTC) if times else None
    return last is not None and now - last <= STRONG_FOR


def read_strength(request: HttpRequest, user: User) -> None:
    """Put into the session what its sign-in proved, from allauth's records of this person's steps."""
    for record in get_authentication_records(request, user):
        by_factor = record["method"] == "mfa"
        if by_factor or (record["method"] == BY_PROVIDER and record.get("second_factor")):
            request.session[STRONG_AT] = int(record["at"])
        if by_factor and record.get("type") == Authenticator.Type.WEBAUTHN:
            request.session[PASSKEY] = True
        if record["method"] == BY_PROVIDER:
            request.session[PROVIDER] = record["reference"]


def mark_strong(request: HttpRequest, *, passkey: bool, now: datetime) -> None:
    """The person proved who they are just now: remember it under a new session id."""
    request.session[STRONG_AT] = int(now.timestamp())
    if passkey:
        request.session[PASSKEY] = True
    session_rules.renew_id(request)


def keep_after_password_change(request: HttpRequest, user: User) -> None:
    """Django ties a session to the password: tie this one to the new password, under a new id."""
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session_rules.renew_id(request)


def sign_in_for_demonstration(request: HttpRequest, user: User) -> None:
    """Sign a made-up person in with one click, as if with a passkey. Raises unless this is a demonstration."""
    if not settings.DEMONSTRATION:
        raise ImproperlyConfigured("One-click sign-in exists only in a demonstration.")
    from allauth.account.adapter import get_adapter  # noqa: PLC0415 -- its adapter imports this module

    if request.user.is_authenticated:
        request.session.flush()
    now = timezone.now()
    with transaction.atomic():
        get_adapter(request).login(request, user)
        request.session[STRONG_AT] = int(now.timestamp())
        request.session[PASSKEY] = request.session[DEMONSTRATION] = True
        trail.record(request, "session.demonstrated", user=user, at=now)
