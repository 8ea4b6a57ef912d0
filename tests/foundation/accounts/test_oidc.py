"""Signing in through an organisation's own provider: who it is, what counts as a second factor, and step-up."""

import re
import time
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from foundation.accounts.authentication import PASSKEY, STRONG_AT
from foundation.accounts.models import ExternalIdentity, User
from foundation.ledger import acting_system
from foundation.organisations.models import Membership
from tests.conftest import LONG_AGO, make_organisation
from tests.foundation.accounts.conftest import (
    code_now,
    give_app,
    page_of,
    set_out,
    sign_in,
    sign_in_with_app,
    verbs,
    who,
)
from tests.foundation.accounts.identity_provider import IdentityProvider
from tests.foundation.accounts.organisations_side import REFERENCE, claimed, known


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
