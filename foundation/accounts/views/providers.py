"""Signing in through an organisation's own identity provider."""

from datetime import UTC, datetime
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.accounts import authentication, trail
from foundation.accounts.forms import ProviderForm
from foundation.accounts.oidc import identities, provider, tokens
from foundation.accounts.oidc.provider import Provider, ProviderFailed
from foundation.core.access import public, signed_in
from foundation.core.exceptions import RuleBroken


@public("a person says which organisation they belong to before they sign in there")
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    choices = provider.choices()
    if not choices:
        raise Http404
    wanted = authentication.safe_next(request, request.POST.get("next") or request.GET.get("next") or "", default="")
    form = ProviderForm(request.POST if request.method == "POST" else None, choices=choices)
    if request.method == "POST" and form.is_valid():
        return _set_out(request, form.cleaned_data["provider"], purpose="sign_in", next_url=wanted)
    return render(request, "accounts/provider_choose.html", {"form": form, "next": wanted})


@signed_in(before_second_factor=True)
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Prove who one is at the provider this session came from."""
    wanted = authentication.safe_next(request, request.POST.get("next") or "/")
    return _set_out(request, request.session.get(authentication.PROVIDER, ""), purpose="confirm", next_url=wanted)


def _set_out(request: HttpRequest, reference: str, *, purpose: str, next_url: str) -> HttpResponse:
    """A page that goes on to the provider by itself. Not a redirect: our form may only lead to ourselves."""
    found = _find(reference)
    try:
        onward = provider.begin(request, found, purpose=purpose, next_url=next_url, now=timezone.now())
    except ProviderFailed as failed:
        return _refuse(request, failed.check)
    return render(request, "accounts/provider_continue.html", {"provider": found, "address": onward["Location"]})


@public("where a provider sends people back; nothing happens without the state this browser set out with")
@require_GET
def callback(request: HttpRequest, reference: str) -> HttpResponse:
    found, now = _find(reference), timezone.now()
    try:
        state, claims = provider.finish(request, found, now=now)
        if state["purpose"] == "confirm":
            return _confirm(request, found, state, claims)
        user = identities.person(found, claims, now)
    except ProviderFailed as failed:
        return _refuse(request, failed.check)
    except RuleBroken as broken:
        return _refuse(request, "unknown_person", str(broken))
    if request.user.is_authenticated:
        request.session.flush()
    record_authentication(
        request, user, authentication.BY_PROVIDER, reference=found.reference, second_factor=_proved_two(found, claims)
    )
    return perform_login(request, Login(user=user, redirect_url=state.get("next")))


def _confirm(request: HttpRequest, found: Provider, state: dict[str, Any], claims: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    same = request.user.is_authenticated and identities.person(found, claims, now) == request.user
    anew = tokens.signed_in_since(claims, datetime.fromtimestamp(state["began_at"], UTC))
    if not (same and anew and _proved_two(found, claims)):
        raise ProviderFailed("confirm")
    with transaction.atomic():
        authentication.mark_strong(request, passkey=False, now=now)
        trail.record(request, "identity.confirmed", user=request.user, at=now, how="provider")  # type: ignore[arg-type]
    return redirect(state.get("next") or "/")


def _proved_two(found: Provider, claims: dict[str, Any]) -> bool:
    return found.enforces_second_factor and tokens.proves_second_factor(claims)


def _find(reference: str) -> Provider:
    found = provider.find(reference)
    if found is None:
        raise Http404
    return found


def _refuse(request: HttpRequest, check: str, sentence: str = "") -> HttpResponse:
    with transaction.atomic():
        trail.record(request, "sign_in.refused", user=None, at=timezone.now(), because=f"provider:{check}")
    sentence = sentence or {
        "cancelled": _("You stopped signing in at your organisation."),
        "state": _("This sign-in was begun in another window, took too long or has been used. Begin again."),
        "unreachable": _("Your organisation's sign-in does not answer. Try again later, or use a passkey."),
        "confirm": _("Your organisation did not ask you to sign in anew with a second factor."),
    }.get(check, _("Your organisation's sign-in gave an answer that we cannot trust. Tell an administrator."))
    return render(request, "accounts/provider_failed.html", {"sentence": sentence}, status=403)
