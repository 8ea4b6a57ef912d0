"""What holds for all pages of the accounts room."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connections
from django.test import Client

from foundation.accounts.authentication import PASSKEY
from foundation.accounts.models import User
from tests.conftest import make_membership, sign_in
from tests.foundation.accounts.conftest import give_app, give_password, page_of, sign_in_with_app

OPEN_PAGES = [
    "/accounts/sign-in/", "/accounts/sign-out/", "/accounts/signed-out/", "/accounts/disabled/",
    "/accounts/password/forgotten/", "/accounts/password/forgotten/sent/", "/accounts/password/new/done/",
    "/accounts/password/new/1-wrong/",
]  # fmt: skip
OWN_PAGES = [
    "/accounts/security/", "/accounts/sessions/", "/accounts/preferences/", "/accounts/password/", "/accounts/confirm/",
    "/accounts/recovery-codes/", "/accounts/second-factor/passkey/", "/accounts/sign-out/",
]  # fmt: skip


@pytest.fixture
def browser(person: User, app_secret: str) -> Client:
    client = Client()
    sign_in_with_app(client, person, app_secret)
    return client


@pytest.mark.parametrize("path", OWN_PAGES)
def test_every_page_of_ones_own_has_a_title_and_one_heading(browser: Client, path: str) -> None:
    page = page_of(browser.get(path))

    assert page.title.removesuffix("– Prevent Portal").strip() != ""
    assert len(page.headings) == 1


def test_reading_changes_nothing_but_the_ledger_and_the_session(committed: None, browser: Client) -> None:
    stranger = Client()
    before = _fingerprints()

    for path in OWN_PAGES:
        assert browser.get(path).status_code == 200
    for path in OPEN_PAGES:
        stranger.get(path)

    assert _fingerprints() == before


def _fingerprints() -> dict[str, str]:
    """A checksum of each table that a GET must leave alone."""
    left_out = {"django_session", "ledger_event"}
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    sums = {}
    with connections["backup"].cursor() as cursor:
        for table in sorted(tables - left_out):
            cursor.execute(
                f"SELECT coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM {table} AS row"
            )
            sums[table] = cursor.fetchone()[0]
    return sums


@pytest.mark.parametrize("path", ["/accounts/sign-in/", "/accounts/preferences/", "/accounts/sessions/end-others/"])
def test_posting_without_a_token_is_refused(person: User, app_secret: str, path: str) -> None:
    client = Client()
    sign_in_with_app(client, person, app_secret)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["portal_session"] = client.session.session_key

    assert strict.post(path, {}).status_code == 403


@pytest.mark.parametrize(
    "credential",
    [
        "", "null", "[]", "17", '"x"', "{", "{}", '{"id": 1}', '{"response": []}', '{"response": {"userHandle": 3}}',
        json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "AA"}}),
        json.dumps(
            {
                "id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {},
                "response": {"clientDataJSON": "e30", "attestationObject": "AAAA"},
            }
        ),
        json.dumps(
            {
                "id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {},
                "response": {
                    "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "MQ",
                },
            }
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("step", ["sign-in", "second-factor", "add", "confirm"])
def test_a_broken_passkey_answer_gets_a_clear_sentence(
    person: User, app_secret: str, credential: str, step: str
) -> None:
    client = Client()
    if step == "sign-in":
        path = "/accounts/sign-in/passkey/"
        client.post("/accounts/sign-in/passkey/options/")
    elif step == "second-factor":
        path = "/accounts/sign-in/second-factor/"
        give_password(client, person)
        client.post("/accounts/sign-in/second-factor/options/")
    else:
        path = {"add": "/accounts/second-factor/passkey/", "confirm": "/accounts/confirm/"}[step]
        sign_in_with_app(client, person, app_secret)
        client.post({"add": f"{path}options/", "confirm": f"{path}options/"}[step])

    response = client.post(path, {"credential": credential})

    assert response.status_code == 200
    if step != "confirm":  # without a passkey of one's own the page offers none
        assert page_of(response).errors != []
        assert page_of(response).title.startswith("Error: ")


def test_rights_that_need_a_passkey_wait_for_one(organisation: Any, settings: Any) -> None:
    membership = make_membership(organisation, "organisation_admin")
    user: User = membership.user
    user.set_password("copper teapot meadow seven")
    user.save()
    with_app, with_passkey = Client(), Client()
    sign_in_with_app(with_app, user, give_app(user))
    from tests.conftest import acting_of

    sign_in(with_passkey, acting_of(membership))

    assert PASSKEY not in with_app.session
    assert with_app.get("/probe/people/").status_code == 403
    assert with_passkey.get("/probe/people/").status_code == 200


def test_somebody_without_a_membership_can_still_sign_out(db: None) -> None:
    user = User.objects.create_user("lone@example.org", "copper teapot meadow seven", name="Lone")
    client = Client()
    sign_in_with_app(client, user, give_app(user))

    assert client.get("/probe/page/").status_code == 403
    assert client.post("/accounts/sign-out/")["Location"] == "/accounts/signed-out/"
