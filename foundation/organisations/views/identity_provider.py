"""The organisation's identity provider: settings, a test of the connection, on and off."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from foundation.accounts.oidc.provider import ProviderFailed, check_discovery
from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.organisations import actions
from foundation.organisations.forms.organisation import IdentityProviderForm
from foundation.organisations.models import IdentityProvider


@requires("organisation.manage", step_up=True)
@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "POST"])
def identity_provider(request: Request) -> HttpResponse:
    """What people's sign-in through the organisation needs to know."""
    provider = IdentityProvider.objects.visible_to(request.acting).first()
    editor = Editor(request, provider, _form)
    if editor.is_ready:
        try:
            actions.save_identity_provider(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            words = _("The settings were saved. Test the connection, then switch it on")
            return editor.saved(words, to="organisations:identity_provider")
    _ask_for_secret_again(editor.form)
    return editor.render("organisations/identity_provider.html", provider=provider, callback=_callback(request))


@requires("organisation.manage", step_up=True)
@require_POST
def test(request: Request) -> HttpResponse:
    """Read what the provider publishes about itself. Takes ten seconds at the very most."""
    return _do(
        request,
        lambda: actions.test_identity_provider(read=_read, by=request.acting, now=timezone.now()),
        _("The provider answered as it should"),
    )


@requires("organisation.manage", step_up=True)
@require_POST
def enable(request: Request) -> HttpResponse:
    """Let people sign in through the provider."""
    return _do(
        request,
        lambda: actions.enable_identity_provider(by=request.acting, now=timezone.now()),
        _("People can now sign in through your provider"),
    )


@requires("organisation.manage", step_up=True)
@require_POST
def disable(request: Request) -> HttpResponse:
    """Stop sign-ins through the provider."""
    return _do(
        request,
        lambda: actions.disable_identity_provider(by=request.acting, now=timezone.now()),
        _("Nobody can sign in through your provider any more"),
    )


def _read(issuer: str) -> object:
    sentences = {
        "unreachable": _("The provider's description could not be read. Check the issuer's address and the network."),
        "issuer": _("The provider calls itself something else. Copy its issuer exactly, with or without the last /."),
        "endpoints": _("The provider's description lacks addresses that sign-in needs, or they are not https."),
    }
    try:
        return check_discovery(issuer)
    except ProviderFailed as failure:
        raise RuleBroken(sentences.get(failure.check, sentences["unreachable"])) from failure


def _do(request: Request, action: Callable[[], object], done: str) -> HttpResponse:
    try:
        action()
    except RuleBroken as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("organisations:identity_provider")


def _callback(request: Request) -> str:
    """Where the provider must send people back to: its administrator enters this there."""
    try:
        path = reverse("accounts:provider_callback", args=[request.acting.organisation.slug])
    except NoReverseMatch:
        return ""
    return request.build_absolute_uri(path)


def _form(provider: IdentityProvider | None, posted: QueryDict | None) -> IdentityProviderForm:
    fields = ("version", "issuer", "client_id", "claim", "enforces_second_factor")
    initial = {field: getattr(provider, field) for field in fields} if provider else {"version": 0, "claim": "sub"}
    return IdentityProviderForm(posted, has_secret=provider is not None, initial=initial)


def _ask_for_secret_again(form: forms.Form) -> None:
    """No page shows a secret again, so a form that comes back has lost it: say so."""
    if form.is_bound and form.data.get("client_secret") and "client_secret" not in form.errors:
        form.add_error("client_secret", _("Enter the client secret again. The page does not show it once it was sent."))
