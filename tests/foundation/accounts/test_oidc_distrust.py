"""What a provider, a browser or somebody between them may send, and signs nobody in."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from joserfc.jwk import OctKey, RSAKey

from foundation.accounts.models import User
from foundation.accounts.oidc import peers
from foundation.accounts.oidc.provider import ProviderFailed, check_discovery
from tests.foundation.accounts.conftest import set_out, sign_in, who
from tests.foundation.accounts.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider
from tests.foundation.accounts.organisations_side import REFERENCE

BAD_TOKENS: dict[str, dict[str, Any]] = {
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "no issuer": {"claims": {"iss": None}},
    "another audience": {"claims": {"aud": "another-client"}},
    "several audiences without us as the party": {"claims": {"aud": [CLIENT_ID, "other"]}},
    "another authorised party": {"claims": {"azp": "other"}},
    "no audience": {"claims": {"aud": None}},
    "another nonce": {"claims": {"nonce": "of an earlier sign-in"}},
    "no nonce": {"claims": {"nonce": None}},
    "expired": {"claims": {"exp": int(time.time()) - 120}},
    "no expiry": {"claims": {"exp": None}},
    "issued in the future": {"claims": {"iat": int(time.time()) + 36_000}},
    "no subject": {"claims": {"sub": None}},
    "an empty subject": {"claims": {"sub": ""}},
    "a subject that is no text": {"claims": {"sub": 17}},
    "algorithm none": {"header": {"alg": "none"}},
    "another key": {"sign_with": RSAKey.generate_key(2048)},
    "a key id we do not know": {"header": {"kid": "second"}},
    "the client secret as a key": {
        "header": {"alg": "HS256"},
        "sign_with": OctKey.import_key(CLIENT_SECRET.encode() * 3),
    },
}


@pytest.mark.parametrize("flaw", BAD_TOKENS)
def test_a_flawed_id_token_signs_nobody_in(linked: User, provider: IdentityProvider, flaw: str) -> None:
    provider.claims = {"amr": ["mfa"]} | BAD_TOKENS[flaw].get("claims", {})
    provider.header = BAD_TOKENS[flaw].get("header", {})
    provider.sign_with = BAD_TOKENS[flaw].get("sign_with")
    client = Client()

    response = sign_in(client, provider)

    assert response.status_code == 403
    assert "an answer that we cannot trust" in response.content.decode()
    assert who(client) == "nobody"


def test_the_honest_token_of_these_tests_signs_in(linked: User, provider: IdentityProvider) -> None:
    """Without this, every refusal above could have another cause."""
    client = Client()
    provider.claims = {"amr": ["mfa"]}

    assert sign_in(client, provider).status_code == 302
    assert who(client) == str(linked.pk)


def test_an_answer_is_good_once(linked: User, provider: IdentityProvider) -> None:
    provider.claims = {"amr": ["mfa"]}
    client = Client()
    back = provider.authorise(set_out(client))
    client.get(back)
    client.post("/accounts/sign-out/")

    again = client.get(back)

    assert again.status_code == 403
    assert who(client) == "nobody"


def test_an_answer_to_another_browser_is_refused(linked: User, provider: IdentityProvider) -> None:
    attacker, victim = Client(), Client()
    back = provider.authorise(set_out(attacker))

    response = victim.get(back)

    assert "begun in another window" in response.content.decode()
    assert who(victim) == "nobody"


def test_an_answer_naming_another_issuer_is_refused(linked: User, provider: IdentityProvider) -> None:
    client = Client()
    back = provider.authorise(set_out(client))

    assert client.get(f"{back}&iss=https://evil.example").status_code == 403
    assert who(client) == "nobody"


def test_a_stolen_code_is_worthless_without_the_verifier(linked: User, provider: IdentityProvider) -> None:
    victim, attacker = Client(), Client()
    stolen = parse_qs(urlsplit(provider.authorise(set_out(victim))).query)["code"][0]
    own = parse_qs(urlsplit(provider.authorise(set_out(attacker))).query)["state"][0]

    response = attacker.get(f"/accounts/organisation/{REFERENCE}/callback/?code={stolen}&state={own}")

    assert response.status_code == 403
    assert who(attacker) == "nobody"


def test_we_call_nothing_but_what_the_provider_published(linked: User, provider: IdentityProvider) -> None:
    provider.claims = {"amr": ["mfa"]}

    sign_in(Client(), provider)

    assert set(provider.asked) == {"/.well-known/openid-configuration", "/token", "/keys"}


def test_a_redirect_from_the_token_address_is_not_followed(linked: User, provider: IdentityProvider) -> None:
    other = IdentityProvider()
    provider.redirect_token_to = f"{other.issuer}/token"
    try:
        response = sign_in(Client(), provider)
    finally:
        other.close()

    assert response.status_code == 403
    assert other.asked == []


@pytest.mark.parametrize(
    "published",
    [
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "https://user:pass@evil.example/"},
        {"jwks_uri": None},
        {"issuer": "https://evil.example"},
    ],
)
def test_unsafe_addresses_in_a_discovery_document_are_refused(provider: IdentityProvider, published: Any) -> None:
    provider.discovery = published

    with pytest.raises(ProviderFailed):
        check_discovery(provider.issuer)


def test_plain_http_is_for_this_machine_on_embedded_services_only(settings: Any) -> None:
    settings.EMBEDDED = True
    allowed = [
        peers.is_safe(address) for address in ("http://127.0.0.1:9/", "http://example.org/", "https://example.org/")
    ]
    settings.EMBEDDED = False

    assert allowed == [True, False, True]
    assert not peers.is_safe("http://127.0.0.1:9/")


def test_a_session_may_call_only_the_addresses_named() -> None:
    with peers.only("https://id.example/keys"), pytest.raises(peers.NotAPeer):
        peers.PeerSession().get("https://id.example/other")
