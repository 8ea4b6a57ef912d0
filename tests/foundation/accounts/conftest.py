import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.http import HttpResponse
from django.test import Client

from foundation.accounts import second_factor
from foundation.accounts.models import ExternalIdentity, User
from foundation.accounts.oidc.provider import Provider
from foundation.ledger.models import Event
from tests.conftest import NOW, make_membership
from tests.foundation.accounts.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider
from tests.foundation.accounts.organisations_side import HOOKS, REFERENCE, claimed, known

PASSWORD = "copper teapot meadow seven"
OTHER_PASSWORD = "violet harbour lantern nine"


@pytest.fixture(autouse=True)
def _probe_pages(settings: Any) -> None:
    """Pages of a made-up room, one of each kind of access, beside the portal's own."""
    settings.ROOT_URLCONF = "tests.foundation.accounts.probe_urls"
    settings.PORTAL_NAVIGATION = []
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def person(organisation: Any) -> User:
    """A member of the organisation with a password and no second factor."""
    user = make_membership(organisation, "prevent_lead", name="Morwenna Tallis").user
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


@pytest.fixture
def app_secret(person: User) -> str:
    """The person has an authenticator app and recovery codes; this is what the app holds."""
    return give_app(person)


def give_app(user: User) -> str:
    secret = generate_totp_secret()
    with second_factor.secrets_of(user.pk):
        Authenticator.objects.create(user=user, type="totp", data={"secret": second_factor.seal(secret)})
        seed = second_factor.seal("5eed" * 20)
        Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": seed, "used_mask": 0})
    return secret


def code_now(secret: str, *, steps: int = 0, at: datetime | None = None) -> str:
    """What the app shows, ``steps`` half-minutes from now."""
    seconds = (at or datetime.now(UTC)).timestamp()
    return format_hotp_value(hotp_value(secret, int(seconds) // 30 + steps))


def give_password(client: Client, user: User, password: str = PASSWORD, **more: Any) -> HttpResponse:
    return client.post("/accounts/sign-in/", {"login": user.email, "password": password} | more)


def sign_in_with_app(client: Client, user: User, secret: str, **more: Any) -> HttpResponse:
    give_password(client, user, **more)
    return client.post("/accounts/sign-in/second-factor/", {"code": code_now(secret)})


def page_of(response: HttpResponse) -> "Page":
    page = Page()
    page.feed(response.content.decode())
    return page


class Page(HTMLParser):
    """Title, heading and error texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.headings, self.errors = "", [], []
        self._into: Callable[[str], None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = dict(attrs).get("class") or ""
        if tag == "title":
            self._into = self._add_title
        elif tag == "h1":
            self.headings.append("")
            self._into = self._add_heading
        elif "govuk-error-summary__list" in classes:
            self._into = self._add_error

    def handle_endtag(self, tag: str) -> None:
        if tag in ("title", "h1", "ul"):
            self._into = None

    def handle_data(self, text: str) -> None:
        if self._into and text.strip():
            self._into(text.strip())

    def _add_title(self, text: str) -> None:
        self.title += text

    def _add_heading(self, text: str) -> None:
        self.headings[-1] += text

    def _add_error(self, text: str) -> None:
        self.errors.append(text)


def verbs(**where: Any) -> list[str]:
    """What stands in the ledger, oldest first, as the owner of the database sees it."""
    return list(Event._base_manager.using("backup").filter(**where).order_by("pk").values_list("verb", flat=True))


@pytest.fixture
def provider(settings: Any, _database: None) -> Iterator[IdentityProvider]:
    """A running identity provider, which the organisation has chosen and trusts with the second factor."""
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
    """Number of the person signed in, or ``nobody``."""
    return client.get("/probe/public/").content.decode()


@pytest.fixture
def linked(person: User, provider: IdentityProvider) -> User:
    """The person, known to the provider as ``subject-1``."""
    ExternalIdentity.objects.create(user=person, issuer=provider.issuer, subject="subject-1", linked_at=NOW)
    return person
