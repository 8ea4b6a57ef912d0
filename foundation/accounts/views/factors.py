"""Setting up second factors, and recovery codes."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.webauthn.internal import auth as passkeys
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.accounts import actions, authentication, second_factor
from foundation.accounts.forms import AddPasskeyForm, AppCodeForm
from foundation.core.access import signed_in
from foundation.core.exceptions import RuleBroken

enrolment = signed_in(before_second_factor=True)


def _next(request: HttpRequest) -> str:
    return authentication.safe_next(request, request.POST.get("next") or request.GET.get("next") or "", default="")


def _with_next(request: HttpRequest, name: str) -> str:
    wanted = _next(request)
    return reverse(name) + (f"?{urlencode({'next': wanted})}" if wanted else "")


def _facts(request: HttpRequest) -> dict[str, Any]:
    return {
        "user_id": request.user.pk,
        "site": request.build_absolute_uri("/"),
        "now": timezone.now(),
        "by": getattr(request, "acting", None),
    }


@enrolment
@require_GET
def enrol(request: HttpRequest) -> HttpResponse:
    if authentication.has_second_factor(request):
        return redirect("accounts:security")
    return render(request, "accounts/enrol.html", {"next": _next(request)})


@enrolment
@require_POST
def start_app(request: HttpRequest) -> HttpResponse:
    if not authentication.freshly_proved(request, timezone.now()):
        return authentication.ask_again(request)
    request.session[SECRET_SESSION_KEY] = second_factor.seal(generate_totp_secret())
    return redirect(_with_next(request, "accounts:app"))


@enrolment
@require_http_methods(["GET", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    sealed = request.session.get(SECRET_SESSION_KEY)
    if not sealed:
        return redirect(_with_next(request, "accounts:enrol"))
    if not authentication.freshly_proved(request, timezone.now()):
        return authentication.ask_again(request)
    secret = second_factor.unseal(sealed)
    form = AppCodeForm(
        request.POST if request.method == "POST" else None,
        secret=secret,
        user=request.user,  # type: ignore[arg-type]
        request=request,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_app(secret=secret, step=form.step, keep=request.session, **_facts(request))
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            del request.session[SECRET_SESSION_KEY]
            authentication.mark_strong(request, passkey=False, now=timezone.now())
            return redirect(_with_next(request, "accounts:recovery_codes"))
    return render(request, "accounts/app.html", {"form": form, "secret": secret, "next": _next(request)})


@enrolment
@require_GET
def app_qr_code(request: HttpRequest) -> HttpResponse:
    sealed = request.session.get(SECRET_SESSION_KEY)
    if not sealed:
        raise Http404
    address = second_factor.app_address(request.user, second_factor.unseal(sealed))  # type: ignore[arg-type]
    return HttpResponse(second_factor.qr_code(address), content_type="image/svg+xml")


@enrolment
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    if not authentication.freshly_proved(request, timezone.now()):
        return JsonResponse(
            {"confirm": f"{reverse('accounts:confirm')}?{urlencode({'next': reverse('accounts:passkey')})}"}
        )
    return JsonResponse(passkeys.begin_registration(request.user, passwordless=True))


@enrolment
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    if not authentication.freshly_proved(request, timezone.now()):
        return authentication.ask_again(request)
    form = AddPasskeyForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        first = not authentication.has_second_factor(request)
        actions.add_passkey(
            name=form.cleaned_data["name"],
            credential=form.cleaned_data["credential"],
            keep=request.session,
            **_facts(request),
        )
        authentication.mark_strong(request, passkey=True, now=timezone.now())
        messages.success(request, _("The passkey was added."))
        return redirect(_with_next(request, "accounts:recovery_codes") if first else "accounts:security")
    return render(request, "accounts/passkey.html", {"form": form, "next": _next(request)})


@signed_in(without_organisation=True)
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, factor_id: int) -> HttpResponse:
    own = Authenticator.objects.filter(user_id=request.user.pk, type__in=authentication.REAL_FACTORS)
    factor = get_object_or_404(own, pk=factor_id)
    if not authentication.freshly_proved(request, timezone.now()):
        return authentication.ask_again(request)
    problem = ""
    if request.method == "POST":
        try:
            actions.remove_factor(factor_id=factor.pk, keep=request.session, **_facts(request))
        except RuleBroken as broken:
            problem = str(broken)
        else:
            messages.success(request, _("The second factor was removed. Your other sessions were ended."))
            return redirect("accounts:security")
    context = {"factor": factor, "problem": problem, "others_remain": second_factor.others_remain(factor)}
    return render(request, "accounts/factor_remove.html", context)


@signed_in(without_organisation=True)
@require_GET
def recovery_codes(request: HttpRequest) -> HttpResponse:
    if not authentication.freshly_proved(request, timezone.now()):
        return authentication.ask_again(request)
    kept = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    codes = kept.wrap().get_unused_codes() if kept else []
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": _next(request)})


@signed_in(without_organisation=True)
@require_POST
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    if not authentication.freshly_proved(request, timezone.now()):
        return redirect(f"{reverse('accounts:confirm')}?{urlencode({'next': reverse('accounts:recovery_codes')})}")
    try:
        actions.renew_recovery_codes(**_facts(request))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("You have new recovery codes. The old ones no longer work."))
    return redirect("accounts:recovery_codes")
