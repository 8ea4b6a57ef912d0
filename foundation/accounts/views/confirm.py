"""Proving who one is once more, before something that matters."""

from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as passkeys
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from foundation.accounts import authentication, trail
from foundation.accounts.forms import ConfirmCodeForm, ConfirmPasskeyForm, ConfirmPasswordForm
from foundation.core.access import signed_in

open_before_second_factor = signed_in(before_second_factor=True)


@open_before_second_factor
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    wanted = authentication.safe_next(request, request.POST.get("next") or request.GET.get("next") or "/")
    ways = _ways(request)
    typed = request.POST if request.method == "POST" else None
    forms: dict[str, Any] = {
        "form": ConfirmCodeForm(typed if ways["code"] and typed and "code" in typed else None, user=request.user),
        "passkey_form": ConfirmPasskeyForm(
            typed if ways["passkey"] and typed and "credential" in typed else None, user=request.user
        ),
        "password_form": ConfirmPasswordForm(
            typed if ways["password"] and typed and "password" in typed else None, user=request.user
        ),
    }
    if any(form.is_bound and form.is_valid() for form in forms.values()):
        return _confirmed(request, forms, wanted)
    if typed is not None and ways["demonstration"] and "demonstration" in typed:
        return _confirmed(request, forms, wanted)
    return render(request, "accounts/confirm.html", forms | {"ways": ways, "next": wanted})


@open_before_second_factor
@require_POST
def passkey_options(request: HttpRequest) -> JsonResponse:
    return JsonResponse(passkeys.begin_authentication(request.user))


def _ways(request: HttpRequest) -> dict[str, bool]:
    """How this person can prove who they are. A password serves only until there is a second factor."""
    kinds = set(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    without_factor = not kinds & set(authentication.REAL_FACTORS)
    return {
        "passkey": Authenticator.Type.WEBAUTHN in kinds,
        "code": bool(kinds & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}),
        "password": without_factor
        and not authentication.has_second_factor(request)
        and request.user.has_usable_password(),  # type: ignore[union-attr]
        "provider": without_factor and authentication.PROVIDER in request.session,
        "demonstration": settings.DEMONSTRATION and bool(request.session.get(authentication.DEMONSTRATION)),
    }


def _confirmed(request: HttpRequest, forms: dict[str, Any], wanted: str) -> HttpResponse:
    now = timezone.now()
    with transaction.atomic():
        if forms["password_form"].is_bound:
            reauthenticate_by_password(request)
            how = "password"
        else:
            how = "passkey" if forms["passkey_form"].is_bound else "code" if forms["form"].is_bound else "demonstration"
            if how in ("passkey", "code"):
                forms["passkey_form" if how == "passkey" else "form"].save()
            authentication.mark_strong(request, passkey=how == "passkey", now=now)
        trail.record(request, "identity.confirmed", user=request.user, at=now, how=how)  # type: ignore[arg-type]
    return redirect(wanted)
