"""Coming in and going out."""

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.stagekit import clear_login
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.generic.base import ContextMixin

from foundation.accounts import authentication, middleware, trail
from foundation.accounts.forms import SignInForm, SignInPasskeyForm, StagePasskeyForm
from foundation.accounts.oidc import provider as providers
from foundation.accounts.session_rules import Ended
from foundation.core.access import public

WHY_ENDED = {
    Ended.IDLE: _("You were signed out because nothing happened for 30 minutes. What you typed was kept."),
    Ended.ABSOLUTE: _("You were signed out because you signed in more than 12 hours ago. What you typed was kept."),
    Ended.ELSEWHERE: _(
        "Your session was ended: your rights, password or second factor changed, or you ended it yourself."
    ),
}
CLEAR_SITE_DATA = '"cache", "storage"'  # not "cookies": that would reach the organisation's other services too


def _entrance(request: HttpRequest, form: SignInForm) -> dict[str, Any]:
    wanted = authentication.safe_next(request, request.POST.get("next") or request.GET.get("next") or "", default="")
    form.helper.form_action = reverse("account_login") + (f"?{urlencode({'next': wanted})}" if wanted else "")
    return {
        "form": form,
        "passkey_form": None,
        "next": wanted,
        "why": WHY_ENDED.get(request.GET.get("why", "")),  # type: ignore[call-overload]
        "providers": bool(providers.choices()),
    }


class SignInView(LoginView):
    template_name = "accounts/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | _entrance(self.request, context["form"])


class PasskeySignInView(LoginWebAuthnView):
    http_method_names = ["post"]

    def get_form_class(self) -> type[SignInPasskeyForm]:
        return SignInPasskeyForm

    def form_invalid(self, form: SignInPasskeyForm) -> HttpResponse:
        with transaction.atomic():
            trail.record(self.request, "sign_in.refused", user=None, at=timezone.now(), because="passkey")
        context = _entrance(self.request, SignInForm(request=self.request)) | {"passkey_form": form}
        return render(self.request, "accounts/sign_in.html", context)


class SecondFactorView(AuthenticateView):
    template_name = "accounts/second_factor.html"

    def get_webauthn_form_class(self) -> type[StagePasskeyForm]:
        return StagePasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Unlike django-allauth's, this begins no passkey ceremony on GET: the browser asks when it wants one."""
        kinds = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        return ContextMixin.get_context_data(self, **kwargs) | {
            "form": self.auth_form,
            "passkey_form": self.webauthn_form,
            "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
            "has_code": bool(kinds & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}),
        }


@public("a browser asks what to sign before anybody is signed in; the answer says nothing about any account")
@require_POST
def passkey_options(request: HttpRequest) -> JsonResponse:
    return JsonResponse(passkeys.begin_authentication(None))


@public("the second step of signing in; nothing happens without the first")
@require_POST
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
def second_factor_options(request: HttpRequest) -> JsonResponse:
    return JsonResponse(passkeys.begin_authentication(request._login_stage.login.user))  # type: ignore[attr-defined]


@public("anybody may stop signing in and begin again")
@require_POST
def start_again(request: HttpRequest) -> HttpResponse:
    clear_login(request)
    return redirect("account_login")


@public("signing out must work whatever state the session is in")
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.method == "GET" and request.user.is_authenticated:
        return render(request, "accounts/sign_out.html")
    if request.user.is_authenticated:
        middleware.close(request, "signed_out")
    clear_login(request)
    response = HttpResponseRedirect(reverse("accounts:signed_out"))
    response["Clear-Site-Data"] = CLEAR_SITE_DATA
    return response


@public("says that signing out worked")
@require_GET
def signed_out(request: HttpRequest) -> HttpResponse:
    response = render(request, "accounts/signed_out.html")
    response["Clear-Site-Data"] = CLEAR_SITE_DATA
    return response


@public("told to somebody whose right password belongs to a disabled sign-in")
@require_GET
def disabled(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/disabled.html", status=403)
