"""Session rules and the second factor, before any page is drawn."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from foundation.accounts import authentication, session_rules, trail
from foundation.accounts.session_rules import Ended
from foundation.core.access import declared_on
from foundation.core.acting import acting_as

View = Callable[..., Any]


class SessionRulesMiddleware:
    """Ends sessions that are idle, old or ended elsewhere, and answers in the person's language.

    A form posted on a session that timed out is kept as a draft first. That waits for process_view, where the CSRF
    token has been checked and the acting context is open; nothing of the view runs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.session_ended = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            ended = session_rules.why_ended(request.session, request.user, timezone.now())
            request.session_ended = ended  # type: ignore[attr-defined]
            if ended and (ended == Ended.ELSEWHERE or request.method != "POST"):
                close(request, ended)
            if request.user.is_authenticated:
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        if request.session_ended and request.user.is_authenticated:  # type: ignore[attr-defined]
            acting = getattr(request, "acting", None)  # the request ended before the view: its context is closed
            with acting_as(acting) if acting else nullcontext():
                close(request, request.session_ended)  # type: ignore[attr-defined]
        return response

    def process_view(self, request: HttpRequest, view: View, args: tuple, kwargs: dict) -> HttpResponse | None:
        ended: Ended | None = request.session_ended  # type: ignore[attr-defined]
        if ended is None:
            if request.user.is_authenticated and getattr(view, "keeps_session_alive", True):
                session_rules.saw(request.session, timezone.now())
            return None
        page = authentication.page_to_return_to(request)
        if request.user.is_authenticated:
            authentication.keep_typed(request)
            close(request, ended)
        access = declared_on(view)
        if access is not None and access.kind == "public":
            return None
        address = f"{reverse('account_login')}?{urlencode({'next': page, 'why': ended})}"
        return redirect(address)


class SecondFactorMiddleware:
    """Somebody who gave only a password sees enrolment, status and sign-out, and what anybody may see."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: tuple, kwargs: dict) -> HttpResponse | None:
        if not request.user.is_authenticated or authentication.has_second_factor(request):
            return None
        access = declared_on(view)
        if access is not None and (access.kind == "public" or access.before_second_factor):
            return None
        return redirect(f"{reverse('accounts:enrol')}?{urlencode({'next': authentication.page_to_return_to(request)})}")


def close(request: HttpRequest, because: str) -> None:
    """End the request's session for good and say why in the ledger."""
    with transaction.atomic():
        trail.record(request, "session.closed", user=request.user, at=timezone.now(), because=str(because))  # type: ignore[arg-type]
        UserSession.objects.filter(session_key=request.session.session_key).delete()
        logout(request)
