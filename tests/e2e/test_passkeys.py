"""Passkeys and the other sign-in pages in a real Chromium, with a virtual authenticator that signs for real."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Playwright, expect

from foundation.accounts.models import User
from tests.conftest import make_membership
from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import CHROMIUM, FLAGS
from tests.e2e.going import follow, press
from tests.foundation.accounts.conftest import PASSWORD, code_now, give_app

CANARY = "Morwenna Zephyrine Tallis"
SECURITY = "/accounts/security/"


@pytest.fixture(autouse=True)
def _without_navigation(settings: Any) -> None:
    settings.PORTAL_NAVIGATION = []


@pytest.fixture
def person(committed: None, organisation: Any) -> User:
    user = make_membership(organisation, "prevent_lead", name=CANARY).user
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


class Device:
    """A virtual authenticator of one page, like a telephone that can recognise its owner."""

    def __init__(self, page: Page, **other: object) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        } | other
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def recognises(self, owner: bool) -> None:
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": owner})


def give_password(page: Page, user: User, password: str = PASSWORD) -> None:
    page.goto(f"/accounts/sign-in/?next={SECURITY}")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Sign in")


def add_first_passkey(page: Page, user: User) -> Device:
    """Sign in with the password, set up a passkey, keep the codes: the page is then the security page."""
    device = Device(page)
    give_password(page, user)
    page.get_by_role("button", name="Set up a passkey").click()
    page.get_by_label("Name of this passkey").fill("Work laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    press(page, "I have kept the codes")
    expect(page.get_by_role("heading", name="Your sign-in")).to_be_visible()
    return device


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


def test_a_passkey_is_set_up_and_then_opens_the_portal_by_itself(page: Page, person: User) -> None:
    add_first_passkey(page, person)
    expect(page.get_by_text("Work laptop").first).to_be_visible()
    sign_out(page)

    page.goto(f"/accounts/sign-in/?next={SECURITY}")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("heading", name="Your sign-in")).to_be_visible()
    session = _session_of(page)
    assert (session["passkey"], "strong_at" in session) == (True, True)


def test_a_passkey_is_the_second_step_after_a_password(page: Page, person: User) -> None:
    add_first_passkey(page, person)
    sign_out(page)

    give_password(page, person)
    expect(page.get_by_role("heading", name="Second step of signing in")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", name="Your sign-in")).to_be_visible()
    assert _session_of(page)["passkey"] is True


def test_a_device_that_does_not_recognise_its_owner_signs_nobody_in(page: Page, person: User) -> None:
    device = add_first_passkey(page, person)
    sign_out(page)
    device.recognises(False)

    page.goto("/accounts/sign-in/")
    expect(page.get_by_text("You stopped, or the time ran out.")).not_to_be_visible()
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("You stopped, or the time ran out.")).to_be_visible()
    expect(page.get_by_text("The passkey did not work.")).not_to_be_visible()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


SIGN_UNVERIFIED = """async ({kind, options, send}) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const ask = await fetch(options, {method: "POST", headers: {"X-CSRFToken": token}});
  const {publicKey} = await ask.json();
  publicKey.userVerification = "discouraged";
  if (publicKey.authenticatorSelection) publicKey.authenticatorSelection = {userVerification: "discouraged"};
  const read = kind === "create" ? PublicKeyCredential.parseCreationOptionsFromJSON(publicKey)
                                 : PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
  const made = await navigator.credentials[kind]({publicKey: read});
  const body = new URLSearchParams({csrfmiddlewaretoken: token, credential: JSON.stringify(made)});
  const answer = await fetch(send, {method: "POST", body});
  return await answer.text();
}"""


@pytest.mark.parametrize("step", ["sign-in", "second-factor"])
def test_the_server_refuses_an_unverified_signature_that_the_browser_let_through(
    page: Page, person: User, step: str
) -> None:
    device = add_first_passkey(page, person)
    sign_out(page)
    device.recognises(False)
    if step == "sign-in":
        page.goto("/accounts/sign-in/")
        options, send = "/accounts/sign-in/passkey/options/", "/accounts/sign-in/passkey/"
    else:
        give_password(page, person)
        options, send = "/accounts/sign-in/second-factor/options/", "/accounts/sign-in/second-factor/"

    answer = page.evaluate(SIGN_UNVERIFIED, {"kind": "get", "options": options, "send": send})

    assert "The code is not right" in answer or "There is a problem" in answer
    page.goto(SECURITY)
    expect(page.get_by_role("heading", name="Your sign-in")).not_to_be_visible()


def test_the_server_keeps_no_passkey_made_without_recognising_the_owner(page: Page, person: User) -> None:
    from allauth.mfa.models import Authenticator

    Device(page, transport="usb", hasUserVerification=False, isUserVerified=False, hasResidentKey=False)
    give_password(page, person)
    page.get_by_role("button", name="Set up a passkey").click()
    expect(page.get_by_label("Name of this passkey")).to_be_visible()

    page.evaluate(
        SIGN_UNVERIFIED,
        {
            "kind": "create",
            "options": "/accounts/second-factor/passkey/options/",
            "send": "/accounts/second-factor/passkey/",
        },
    )

    assert not Authenticator.objects.filter(user=person).exists()


def test_a_passkey_works_while_the_password_is_locked(page: Page, person: User) -> None:
    add_first_passkey(page, person)
    sign_out(page)
    for _ in range(6):
        give_password(page, person, "not the password at all")
    expect(page.get_by_text("There were too many wrong tries.").first).to_be_visible()

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("heading", name="Your sign-in")).to_be_visible()


def test_a_passkey_confirms_again_and_leads_back(page: Page, person: User) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    add_first_passkey(page, person)
    store = SessionStore(_key_of(page))
    store["strong_at"] -= 700
    store.save()

    page.goto("/accounts/recovery-codes/")
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_after_signing_out_back_shows_nothing(page: Page, person: User) -> None:
    add_first_passkey(page, person)
    expect(page.get_by_text(CANARY).first).to_be_visible()
    sign_out(page)

    page.go_back()

    expect(page.get_by_text(CANARY)).not_to_be_visible()


def test_after_signing_out_the_browsers_folder_holds_nothing_of_the_page(
    committed: None, playwright: Playwright, server: str, person: User, tmp_path: Path
) -> None:
    secret = give_app(person)
    context = playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=CHROMIUM if CHROMIUM.exists() else None, args=FLAGS, base_url=server
    )
    page = context.new_page()
    give_password(page, person)
    page.get_by_label("Code").fill(code_now(secret))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text(CANARY).first).to_be_visible()
    sign_out(page)
    context.close()

    found = subprocess.run(["grep", "-rlaF", CANARY, str(tmp_path)], capture_output=True, text=True)

    assert found.stdout == ""


def test_without_javascript_the_password_and_a_code_still_sign_in(
    new_context: Callable[..., Any], person: User
) -> None:
    secret = give_app(person)
    page = new_context(java_script_enabled=False).new_page()

    give_password(page, person)
    page.get_by_label("Code").fill(code_now(secret))
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", name="Your sign-in")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_of_sign_in_is_accessible(
    new_context: Callable[..., Any], person: User, width: int, tmp_path: Path
) -> None:
    import os

    shots = Path(os.environ.get("SCREENSHOTS", tmp_path))
    page = new_context(width=width).new_page()
    Device(page)

    def look(name: str) -> None:
        assert_accessible(page)
        page.screenshot(path=shots / f"{name}-{width}.png", full_page=True)

    for name, address in {
        "sign-in": "/accounts/sign-in/?why=idle",
        "forgotten": "/accounts/password/forgotten/",
        "sent": "/accounts/password/forgotten/sent/",
        "bad-link": "/accounts/password/new/1-abc/",
        "signed-out": "/accounts/signed-out/",
    }.items():
        page.goto(address)
        look(name)
    give_password(page, person, "wrong")
    look("sign-in-error")
    give_password(page, person)
    look("enrol")
    press(page, "Set up an authenticator app")
    look("app")
    secret = page.locator("code.portal-code").inner_text()
    page.get_by_label("Six-digit code").fill("nonsense")
    press(page, "Continue")
    look("app-error")
    page.get_by_label("Six-digit code").fill(code_now(secret))
    press(page, "Continue")
    look("codes")
    page.goto("/accounts/second-factor/passkey/")
    look("passkey")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Your sign-in")).to_be_visible()
    look("security")
    follow(page, "Remove authenticator app")
    look("remove")
    for name, address in {
        "sessions": "/accounts/sessions/",
        "preferences": "/accounts/preferences/",
        "password": "/accounts/password/",
        "confirm": "/accounts/confirm/",
        "sign-out": "/accounts/sign-out/",
    }.items():
        page.goto(address)
        look(name)
    sign_out_button = page.get_by_role("main").get_by_role("button", name="Sign out")
    sign_out_button.click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    give_password(page, person)
    look("second-factor")


def _key_of(page: Page) -> str:
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "portal_session")


def _session_of(page: Page) -> dict[str, Any]:
    from django.contrib.sessions.models import Session

    return Session.objects.get(session_key=_key_of(page), expire_date__gt=timezone.now()).get_decoded()
