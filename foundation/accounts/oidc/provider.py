"""One organisation's identity provider, as django-allauth drives it."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from foundation.accounts import hooks
from foundation.accounts.oidc import peers, tokens


@dataclass(frozen=True)
class Provider:
    """What an organisation's administrator entered. ``reference`` stands in addresses; the secret is never shown."""

    reference: str
    organisation_name: str
    issuer: str
    client_id: str
    client_secret: str
    enforces_second_factor: bool = False


class ProviderFailed(Exception):
    """The provider could not be asked, or what it said does not hold. ``check`` is a code for the ledger."""

    def __init__(self, check: str) -> None:
        super().__init__(check)
        self.check = check


def find(reference: str) -> Provider | None:
    """The provider with this reference, if people may sign in through it."""
    return hooks.call("PORTAL_FIND_IDENTITY_PROVIDER", reference, default=None)


def choices() -> list[tuple[str, str]]:
    """References and organisation names of the providers people may choose from."""
    return list(hooks.call("PORTAL_LIST_IDENTITY_PROVIDERS", default=[]))


class SocialAdapter(DefaultSocialAccountAdapter):
    def get_requests_session(self) -> requests.Session:
        return peers.PeerSession()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class _OneProvider(OpenIDConnectProvider):
    """django-allauth's provider for one organisation: PKCE always, a nonce always, nothing taken from the address."""

    pkce_enabled_default = True

    def get_oauth2_adapter(self, request: HttpRequest) -> "_Exchange":
        return _Exchange(request, self)

    def get_default_scope(self) -> list[str]:
        return ["openid", "profile", "email"]


class _Exchange(OpenIDConnectOAuth2Adapter):
    """django-allauth's code exchange with a provider we already hold."""

    def __init__(self, request: HttpRequest, provider: _OneProvider) -> None:
        super().__init__(request, provider.app.provider_id)
        self._provider = provider

    def get_provider(self) -> _OneProvider:
        return self._provider

    @property
    def openid_config(self) -> dict[str, Any]:
        if not hasattr(self, "_openid_config"):
            self._openid_config = _discover(self._provider)
        return self._openid_config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("accounts:provider_callback", args=[app.provider_id]))


def begin(request: HttpRequest, provider: Provider, *, purpose: str, next_url: str, now: datetime) -> HttpResponse:
    """A redirect to the provider. ``purpose`` is ``sign_in``, or ``confirm`` to have the person sign in there anew."""
    nonce = secrets.token_urlsafe(32)
    anew = {"prompt": "login", "max_age": "0"} if purpose == "confirm" else {}
    driven = _drive(request, provider)
    return driven.redirect(
        request,
        process="login",
        next_url=next_url,
        auth_params={"nonce": nonce} | anew,
        nonce=nonce,
        purpose=purpose,
        began_at=now.timestamp(),
    )


def finish(request: HttpRequest, provider: Provider, *, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """The state we set out with, used up, and the claims of a verified ID token. Raises ProviderFailed."""
    driven = _drive(request, provider)
    state = statekit.unstash_state(request, provider_id=driven.sub_id, state_id=request.GET.get("state", ""))
    if state is None:
        raise ProviderFailed("state")
    if "code" not in request.GET:
        raise ProviderFailed("cancelled" if request.GET.get("error") == "access_denied" else "refused")
    if request.GET.get("iss", provider.issuer) != provider.issuer:  # RFC 9207: an answer meant for another provider
        raise ProviderFailed("issuer")
    exchange = driven.get_oauth2_adapter(request)
    try:
        config = exchange.openid_config
        with peers.only(config["token_endpoint"]):
            client = exchange.get_client(request, driven.app)
            answer = exchange.get_access_token_data(
                request, driven.app, client, pkce_code_verifier=state.get("pkce_code_verifier")
            )
        claims = tokens.verify(
            answer.get("id_token", ""),
            keys=_get_json(config["jwks_uri"]),
            issuer=provider.issuer,
            client_id=provider.client_id,
            nonce=state["nonce"],
            now=now,
        )
    except tokens.TokenRefused as problem:
        raise ProviderFailed(f"token:{problem}") from problem
    except (requests.RequestException, OAuth2Error, ValueError, KeyError, AttributeError) as problem:
        raise ProviderFailed("unreachable") from problem
    return state, claims


def check_discovery(issuer: str) -> dict[str, Any]:
    """What the issuer publishes about itself, for an administrator who tries their settings. Raises ProviderFailed."""
    well_known = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        config = _get_json(well_known)
    except (requests.RequestException, ValueError) as problem:
        raise ProviderFailed("unreachable") from problem
    endpoints = [config.get(name, "") for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if config.get("issuer") != issuer:
        raise ProviderFailed("issuer")
    if not all(isinstance(endpoint, str) and peers.is_safe(endpoint) for endpoint in endpoints):
        raise ProviderFailed("endpoints")
    return config


def _discover(provider: _OneProvider) -> dict[str, Any]:
    return check_discovery(provider.app.settings["server_url"])


def _get_json(address: str) -> dict[str, Any]:
    with peers.only(address), peers.PeerSession() as session:
        response = session.get(address, headers={"Accept": "application/json"})
        response.raise_for_status()
        read = response.json()
    if not isinstance(read, dict):
        raise ValueError("not an object")
    return read


def _drive(request: HttpRequest, provider: Provider) -> _OneProvider:
    app = SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=provider.reference,
        name=provider.organisation_name,
        client_id=provider.client_id,
        secret=provider.client_secret,
        settings={"server_url": provider.issuer, "oauth_pkce_enabled": True, "auth_params": {}},
    )
    return _OneProvider(request, app=app)
