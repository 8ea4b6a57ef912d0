import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from joserfc.jwk import OctKey, RSAKey

from foundation.accounts.authentication import PASSKEY, STRONG_AT
from foundation.accounts.models import ExternalIdentity, User
from foundation.accounts.oidc import peers
from foundation.accounts.oidc.provider import Provider, ProviderFailed, check_discovery
from foundation.core.exceptions import RuleBroken
from foundation.ledger import acting_system
from foundation.organisations.models import Membership
from tests.conftest import LONG_AGO, make_organisation
from tests.foundation.accounts.conftest import code_now, give_app, page_of, sign_in_with_app, verbs
from tests.foundation.accounts.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider

known: dict[str, Provider] = {}
claimed: dict[str, User] = {}
REFERENCE = "severnshire-county-council"  # the name of the organisation in addresses
HOOKS = "tests.foundation.accounts.test_oidc"


def find(reference: str) -> Provider | None:
    return known.get(reference)


def choices() -> list[tuple[str, str]]:
    return [(reference, provider.organisation_name) for reference, provider in known.items()]


def claim(reference: str, issuer: str, subject: str, claims: dict[str, Any]) -> User:
    """Stands for the organisations room: the membership whose external id equals the claim chosen there."""
    user = claimed.get(claims.get("employee_number", ""))
    if user is None:
        raise RuleBroken("Nobody in this organisation has that staff number.")
    return user


@pytest.fixture
def provider(settings: Any, _database: None) -> Iterator[IdentityProvider]:
    settings.PORTAL_FIND_IDENTITY_PROVIDER = f"{HOOKS}.find"
    settings.PORTAL_LIST_IDENTITY_PROVIDERS = f"{HOOKS}.choices"
    settings.PORTAL_CLAIM_MEMBERSHIP = f"{HOOKS}.claim"
    settings.PORTAL_PROVIDER_MEMBER = ""
    running = IdentityProvider()
    known[REFERENCE] = Provider(
        reference=REFERENCE,
        organisation_name="Severnshire County Council",
        issuer=running.issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        enforces_second_factor=True,
    )
    yield running
    running.close()
    known.clear()
    claimed.clear()


def set_out(client: Client, **more: str) -> str:
    """Choose the organisation; returns the address the browser is taken to."""
    page = client.post("/accounts/organisation/", {"provider": REFERENCE} | more).content.decode()
    found = re.search(r'href="(http://127[^"]*)"', page)
    assert found, page
    return unescape(found[1])


def sign_in(client: Client, provider: IdentityProvider, **more: str) -> HttpResponse:
    return client.get(provider.authorise(set_out(client, **more)))


def who(client: Client) -> str:
    return client.get("/probe/public/").content.decode()


@pytest.fixture
def linked(person: User, provider: IdentityProvider) -> User:
    from tests.conftest import NOW

    ExternalIdentity.objects.create(user=person, issuer=provider.issuer, subject="subject-1", linked_at=NOW)
    return person


def test_the_first_sign_in_claims_the_membership_with_the_chosen_claim(
    person: User, provider: IdentityProvider
) -> None:
    claimed["4711"] = person
    provider.claims = {"employee_number": "4711", "amr": ["mfa"]}
    client = Client()

    response = sign_in(client, provider, next="/probe/page/")

    assert response["Location"] == "/probe/page/"
    assert who(client) == str(person.pk)
    assert list(ExternalIdentity.objects.values_list("user", "issuer", "subject")) == [
        (person.pk, provider.issuer, "subject-1")
    ]


def test_later_the_subject_alone_decides_whatever_the_claims_say(
    linked: User, provider: IdentityProvider, organisation: Any
) -> None:
    from tests.conftest import make_membership

    claimed["4711"] = make_membership(organisation, "staff").user
    provider.claims = {"employee_number": "4711", "amr": ["mfa"]}
    client = Client()

    sign_in(client, provider)

    assert who(client) == str(linked.pk)


def test_an_equal_e_mail_address_links_nobody(person: User, provider: IdentityProvider) -> None:
    provider.claims = {"email": person.email, "email_verified": True, "amr": ["mfa"]}
    client = Client()

    response = sign_in(client, provider)

    assert response.status_code == 403
    assert "Nobody in this organisation has that staff number." in response.content.decode()
    assert (who(client), ExternalIdentity.objects.count()) == ("nobody", 0)


def test_the_same_subject_at_another_issuer_is_somebody_else(linked: User, provider: IdentityProvider) -> None:
    ExternalIdentity.objects.update(issuer="https://other.example")
    client = Client()

    sign_in(client, provider)

    assert who(client) == "nobody"


def test_a_provider_that_proved_a_second_factor_counts_as_one(linked: User, provider: IdentityProvider) -> None:
    provider.claims = {"amr": ["pwd", "mfa"]}
    client = Client()

    sign_in(client, provider)

    assert STRONG_AT in client.session
    assert PASSKEY not in client.session
    assert client.get("/probe/page/").status_code == 200


def test_a_provider_speaks_for_its_own_organisation_only(linked: User, provider: IdentityProvider) -> None:
    """Somebody of two organisations: the provider of one opens nothing of the other, their own password opens both."""
    elsewhere = make_organisation("Elsewhere District Council")  # by name the first
    with acting_system("provision"):
        Membership.objects.create(organisation=elsewhere, user=linked, name=linked.name, starts_on=LONG_AGO)
    provider.claims = {"amr": ["pwd", "mfa"]}
    client = Client()
    sign_in(client, provider)

    shown = client.get("/organisations/switch/").content.decode()
    answer = client.post("/organisations/switch/", {"organisation": elsewhere.pk})

    assert ("Severnshire County Council" in shown, elsewhere.name in shown) == (True, False)
    assert answer.status_code == 404
    assert client.get("/accounts/security/").wsgi_request.acting.organisation.slug == REFERENCE

    of_password = Client()
    sign_in_with_app(of_password, linked, give_app(linked))
    assert of_password.get("/accounts/security/").wsgi_request.acting.organisation == elsewhere


def test_who_no_longer_belongs_to_the_providers_organisation_acts_for_none(
    linked: User, provider: IdentityProvider
) -> None:
    elsewhere = make_organisation("Elsewhere District Council")
    with acting_system("provision"):
        Membership.objects.create(organisation=elsewhere, user=linked, name=linked.name, starts_on=LONG_AGO)
        Membership.objects.filter(organisation__slug=REFERENCE).update(ends_on=date(2026, 1, 1))
    provider.claims = {"amr": ["pwd", "mfa"]}
    client = Client()

    sign_in(client, provider)

    assert client.get("/probe/page/").status_code == 403


@pytest.mark.parametrize("amr", [None, ["pwd"], [], "mfa", ["pwd", "unknown"], ["otp"], [["mfa"]]])
def test_without_proof_of_a_second_factor_a_local_one_is_asked_for(
    linked: User, provider: IdentityProvider, app_secret: str, amr: Any
) -> None:
    provider.claims = {"amr": amr}
    client = Client()

    response = sign_in(client, provider)

    assert response["Location"] == "/accounts/sign-in/second-factor/"
    assert who(client) == "nobody"
    client.post("/accounts/sign-in/second-factor/", {"code": code_now(app_secret)})
    assert client.get("/probe/page/").status_code == 200


def test_the_providers_word_counts_only_where_the_organisation_says_so(
    linked: User, provider: IdentityProvider
) -> None:
    known[REFERENCE] = replace(known[REFERENCE], enforces_second_factor=False)
    provider.claims = {"amr": ["mfa"]}
    client = Client()

    sign_in(client, provider)

    assert client.get("/probe/page/")["Location"].startswith("/accounts/second-factor/")


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


def test_somebody_who_stops_at_the_provider_is_told_so(provider: IdentityProvider) -> None:
    client = Client()
    state = parse_qs(urlsplit(set_out(client)).query)["state"][0]

    response = client.get(f"/accounts/organisation/{REFERENCE}/callback/?error=access_denied&state={state}")

    assert "You stopped signing in at your organisation." in response.content.decode()


def test_a_disabled_person_stays_out(linked: User, provider: IdentityProvider) -> None:
    User.objects.filter(pk=linked.pk).update(is_active=False)
    client = Client()

    response = sign_in(client, provider)

    assert response["Location"] == "/accounts/disabled/"
    assert who(client) == "nobody"


def test_a_provider_that_is_down_gets_a_clear_answer(provider: IdentityProvider) -> None:
    provider.server.shutdown()
    provider.server.server_close()

    response = Client().post("/accounts/organisation/", {"provider": REFERENCE})

    assert (response.status_code, page_of(response).headings) == (403, ["You could not be signed in"])
    assert "does not answer" in response.content.decode()
    provider.server.shutdown = provider.server.server_close = lambda: None  # type: ignore[method-assign]


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


def test_step_up_at_the_provider_needs_a_new_sign_in_there(
    linked: User, provider: IdentityProvider, time_machine: Any
) -> None:
    provider.claims = {"amr": ["mfa"]}
    client = Client()
    sign_in(client, provider)
    session = client.session
    session[STRONG_AT] = int(time.time()) - 700
    session.save()
    asked = client.get("/probe/export/")

    page = client.post("/accounts/organisation/confirm/", {"next": "/probe/export/"}).content.decode()
    address = unescape(re.search(r'href="(http://127[^"]*)"', page)[1])  # type: ignore[index]
    done = client.get(provider.authorise(address))

    assert asked["Location"].startswith("/accounts/confirm/")
    assert {"prompt": ["login"], "max_age": ["0"]}.items() <= parse_qs(urlsplit(address).query).items()
    assert done["Location"] == "/probe/export/"
    assert client.get("/probe/export/").status_code == 200


@pytest.mark.parametrize("claims", [{"auth_time": 1}, {"sub": "subject-2"}, {"amr": ["pwd"]}])
def test_step_up_is_refused_for_an_old_sign_in_another_person_or_one_factor(
    linked: User, provider: IdentityProvider, claims: Any
) -> None:
    provider.claims = {"amr": ["mfa"]}
    client = Client()
    sign_in(client, provider)
    session = client.session
    session[STRONG_AT] = int(time.time()) - 700
    session.save()
    provider.claims = {"amr": ["mfa"]} | claims
    page = client.post("/accounts/organisation/confirm/", {"next": "/probe/export/"}).content.decode()
    address = unescape(re.search(r'href="(http://127[^"]*)"', page)[1])  # type: ignore[index]

    response = client.get(provider.authorise(address))

    assert response.status_code == 403
    assert client.get("/probe/export/").status_code == 302


def test_an_unknown_organisation_is_not_found(provider: IdentityProvider) -> None:
    assert Client().get("/accounts/organisation/elsewhere/callback/?state=x&code=y").status_code == 404


def test_where_no_organisation_has_a_provider_there_is_no_such_page(db: None, settings: Any) -> None:
    settings.PORTAL_LIST_IDENTITY_PROVIDERS = ""

    assert Client().get("/accounts/organisation/").status_code == 404


def test_sign_in_through_a_provider_and_its_refusal_are_in_the_ledger(
    committed: None, provider: IdentityProvider, person: User
) -> None:
    claimed["4711"] = person
    provider.claims = {"employee_number": "4711", "amr": ["mfa"]}
    sign_in(Client(), provider)
    provider.claims = {"aud": "other"}
    sign_in(Client(), provider)

    assert verbs()[-3:] == [
        "identity.linked", "session.opened", "sign_in.refused",
    ]  # fmt: skip
