"""What a person can see and change about their own sign-in."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.accounts import actions, browsers, second_factor, session_rules
from foundation.accounts.adapter import set_language_cookie
from foundation.accounts.forms import PreferencesForm
from foundation.core.access import signed_in
from foundation.core.http import Request


@signed_in(without_organisation=True)
@require_GET
def security(request: Request) -> HttpResponse:
    factors = second_factor.of_request(request)
    context = {
        "passkeys": [factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN],
        "app": next((factor for factor in factors if factor.type == Authenticator.Type.TOTP), None),
        "has_password": request.user.has_usable_password(),  # type: ignore[union-attr]
        "can_remove": len(factors) > 1,
    }
    return render(request, "accounts/security.html", context)


@signed_in(without_organisation=True)
@require_GET
def sessions(request: Request) -> HttpResponse:
    listed = [
        {
            "session": one,
            "browser": browsers.name(one.user_agent),
            "is_this_one": one.session_key == request.session.session_key,
        }
        for one in session_rules.open_sessions(request.user, timezone.now())  # type: ignore[arg-type]
    ]
    return render(request, "accounts/sessions.html", {"sessions": listed})


@signed_in(without_organisation=True)
@require_POST
def end_session(request: Request, session_id: int) -> HttpResponse:
    actions.end_session(user_id=request.user.pk, session_id=session_id, now=timezone.now(), by=request.acting)  # type: ignore[arg-type]
    messages.success(request, _("The session was ended."))
    return redirect("accounts:sessions")


@signed_in(without_organisation=True)
@require_POST
def end_other_sessions(request: Request) -> HttpResponse:
    actions.end_other_sessions(
        user_id=request.user.pk,  # type: ignore[arg-type]
        now=timezone.now(),
        because="chosen",
        keep=request.session,
        by=request.acting,
    )
    messages.success(request, _("Your other sessions were ended."))
    return redirect("accounts:sessions")


@signed_in(without_organisation=True)
@require_http_methods(["GET", "POST"])
def preferences(request: Request) -> HttpResponse:
    now_set = {"name": request.user.name, "language": request.user.language}  # type: ignore[union-attr]
    form = PreferencesForm(request.POST if request.method == "POST" else None, initial=now_set)
    if request.method == "POST" and form.is_valid():
        user = actions.change_preferences(
            user_id=request.user.pk,  # type: ignore[arg-type]
            now=timezone.now(),
            by=request.acting,
            **form.cleaned_data,
        )
        translation.activate(user.language)
        messages.success(request, _("Your preferences were saved."))
        response = redirect("accounts:preferences")
        set_language_cookie(response, user.language)
        return response
    return render(request, "accounts/preferences.html", {"form": form})
