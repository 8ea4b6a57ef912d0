from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.test import Client
from django.urls import reverse

from foundation.accounts import actions, session_rules
from foundation.accounts.models import User
from foundation.core import drafts
from foundation.core.access import all_routes, declared_on
from foundation.core.acting import Acting
from tests.conftest import NOW
from tests.foundation.accounts.conftest import PASSWORD, give_app, give_password, page_of, sign_in_with_app, verbs

TO_SIGN_IN = "/accounts/sign-in/?next=%2Fprobe%2Fpage%2F"


@pytest.fixture
def clock(time_machine: Any) -> Iterator[Any]:
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def browser(person: User, app_secret: str, clock: Any) -> Client:
    client = Client()
    sign_in_with_app(client, person, app_secret)
    return client


# ---- The second factor is compulsory -------------------------------------------------------------------------------
def test_a_password_only_session_is_sent_to_set_up_a_second_factor(person: User) -> None:
    client = Client()
    give_password(client, person)

    response = client.get("/probe/page/")

    assert response["Location"] == "/accounts/second-factor/?next=%2Fprobe%2Fpage%2F"


def test_a_password_only_session_reaches_no_page_that_is_not_for_it(person: User) -> None:
    """Every route and method: only what is public, or enrolment, status and sign-out, answers at all."""
    client = Client()
    give_password(client, person)
    reached = []
    for route, pattern in all_routes():
        path = route.replace("^", "").replace("<int:factor_id>", "1").replace("<int:session_id>", "1")
        if "<" in path or "(" in path or "sign-out" in path or "sign-in/again" in path:
            continue
        access = declared_on(pattern.callback)
        assert access is not None
        if access.kind == "public" or access.before_second_factor:
            continue
        for method in ("get", "post", "put", "delete"):
            response = getattr(client, method)(path)
            if response.status_code != 302 or not response["Location"].startswith("/accounts/second-factor/?next="):
                reached.append((method, path, response.status_code))

    assert reached == []


def test_only_these_pages_open_before_the_second_factor() -> None:
    open_early = {
        pattern.name
        for _, pattern in all_routes()
        if (access := declared_on(pattern.callback)) and access.before_second_factor
    }

    assert open_early == {
        "enrol", "start_app", "app", "app_qr_code", "passkey", "passkey_options", "confirm", "confirm_options",
        "provider_confirm",
    }  # fmt: skip


# ---- A person of no organisation ------------------------------------------------------------------------------------
@pytest.fixture
def alone(db: None) -> Client:
    """A browser of somebody with a password and an app who belongs to no organisation."""
    user = User.objects.create_user("alone@example.org", name="Ines Marlow", password=PASSWORD)
    client = Client()
    sign_in_with_app(client, user, give_app(user))
    return client


def test_somebody_without_an_organisation_reaches_their_own_sign_in_and_nothing_else(alone: Client) -> None:
    pages = ["security/", "preferences/", "sessions/", "password/", "recovery-codes/"]

    own = {page: alone.get(f"/accounts/{page}").status_code for page in pages}
    ended = alone.post("/accounts/sessions/end-others/")
    saved = alone.post("/accounts/preferences/", {"name": "Ines M Marlow", "language": "cy"})

    assert own == dict.fromkeys(pages, 200)
    assert (ended["Location"], saved["Location"]) == ("/accounts/sessions/", "/accounts/preferences/")
    assert User.objects.get().name == "Ines M Marlow"
    assert [alone.get(path).status_code for path in ("/probe/page/", "/probe/people/", "/")] == [403, 403, 403]


def test_only_these_pages_open_without_an_organisation() -> None:
    open_to_anybody = {
        pattern.name
        for _, pattern in all_routes()
        if (access := declared_on(pattern.callback)) and access.without_organisation
    }

    assert open_to_anybody == {
        "security", "sessions", "end_session", "end_other_sessions", "preferences", "change_password",
        "remove_factor", "recovery_codes", "renew_recovery_codes",
    }  # fmt: skip


def test_there_is_no_django_admin() -> None:
    assert "django.contrib.admin" not in portal_settings.INSTALLED_APPS
    assert [route for route, _ in all_routes() if "admin" in route] == []


def test_one_click_sign_in_is_refused_outside_a_demonstration(person: User, rf: Any, settings: Any) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from foundation.accounts import authentication

    settings.DEMONSTRATION = False

    with pytest.raises(ImproperlyConfigured, match="only in a demonstration"):
        authentication.sign_in_for_demonstration(rf.get("/"), person)


# ---- Idle and absolute limits --------------------------------------------------------------------------------------
def test_a_session_lives_through_twenty_nine_idle_minutes_and_ends_after_thirty(browser: Client, clock: Any) -> None:
    clock.shift(timedelta(minutes=29))
    within = browser.get("/probe/page/").status_code
    clock.shift(timedelta(minutes=30))
    after = browser.get("/probe/page/")

    assert within == 200
    assert after["Location"] == f"{TO_SIGN_IN}&why=idle"


def test_a_session_ends_after_twelve_hours_however_busy(browser: Client, clock: Any) -> None:
    for _ in range(35):
        clock.shift(timedelta(minutes=20))
        assert browser.get("/probe/page/").status_code == 200

    clock.shift(timedelta(minutes=20))

    assert browser.get("/probe/page/")["Location"] == f"{TO_SIGN_IN}&why=absolute"


def test_pages_that_call_by_themselves_keep_no_session_alive(browser: Client, clock: Any) -> None:
    for _ in range(3):
        clock.shift(timedelta(minutes=9))
        assert browser.get("/probe/polled/").status_code == 200

    clock.shift(timedelta(minutes=3))

    assert browser.get("/probe/polled/").status_code == 302


def test_the_last_seen_time_is_written_once_a_minute_at_most(browser: Client, clock: Any) -> None:
    before = browser.session[session_rules.SEEN_AT]
    clock.shift(timedelta(seconds=59))
    browser.get("/probe/page/")
    soon = browser.session[session_rules.SEEN_AT]
    clock.shift(timedelta(seconds=1))
    browser.get("/probe/page/")

    assert soon == before
    assert browser.session[session_rules.SEEN_AT] == before + 60


def test_what_was_typed_on_an_idle_session_is_kept_as_a_draft(
    browser: Client, clock: Any, person: User, within: Any
) -> None:
    clock.shift(timedelta(minutes=31))

    response = browser.post("/probe/page/", {"comment": "half an hour of thought", "password": "never kept"})

    assert response["Location"] == f"{TO_SIGN_IN}&why=idle"
    acting = _acting_of(person)
    within(acting)
    assert drafts.find(acting, "/probe/page/") == {"comment": ["half an hour of thought"]}


def test_a_forged_post_on_an_idle_session_keeps_no_draft(
    person: User, app_secret: str, clock: Any, within: Any
) -> None:
    client = Client()
    sign_in_with_app(client, person, app_secret)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["portal_session"] = client.session.session_key
    clock.shift(timedelta(minutes=31))

    response = strict.post("/probe/page/", {"comment": "not theirs"})

    assert response.status_code == 403
    acting = _acting_of(person)
    within(acting)
    assert drafts.find(acting, "/probe/page/") is None


def test_the_sign_in_page_says_why_the_session_ended(db: None) -> None:
    response = Client().get(f"{TO_SIGN_IN}&why=idle")

    assert "You were signed out because nothing happened for 30 minutes." in response.content.decode()


def test_an_unknown_reason_in_the_address_says_nothing(db: None) -> None:
    response = Client().get("/accounts/sign-in/?why=<b>x</b>")

    assert "govuk-inset-text" not in response.content.decode()


def test_an_ended_session_stays_ended_when_the_clock_goes_back(browser: Client, clock: Any) -> None:
    clock.shift(timedelta(minutes=31))
    browser.get("/probe/page/")
    clock.shift(timedelta(hours=-1))

    assert browser.get("/probe/page/")["Location"] == TO_SIGN_IN


# ---- Sessions end elsewhere ----------------------------------------------------------------------------------------
def test_disabling_a_person_ends_their_session_at_the_next_request(
    browser: Client, person: User, acting_for: Any, within: Any
) -> None:
    administrator = acting_for("organisation_admin")

    actions.disable_user(user_id=person.pk, by=within(administrator), now=NOW)

    assert browser.get("/probe/page/").status_code == 302
    assert browser.get("/probe/public/").content == b"nobody"


def test_the_moment_sessions_are_valid_from_ends_those_that_no_list_knows(browser: Client, person: User) -> None:
    later = datetime.fromtimestamp(browser.session[session_rules.VALID_AT] + 1, UTC)
    User.objects.filter(pk=person.pk).update(sessions_valid_from=later)

    assert browser.get("/probe/page/")["Location"] == f"{TO_SIGN_IN}&why=elsewhere"


def test_a_person_ends_their_other_sessions_and_keeps_this_one(person: User, app_secret: str, clock: Any) -> None:
    here, elsewhere = Client(), Client()
    sign_in_with_app(elsewhere, person, app_secret)
    clock.shift(timedelta(minutes=1))
    sign_in_with_app(here, person, app_secret)
    clock.shift(timedelta(minutes=1))

    here.post("/accounts/sessions/end-others/")

    assert here.get("/probe/page/").status_code == 200
    assert elsewhere.get("/probe/page/").status_code == 302


def test_a_person_ends_one_session_and_nobody_elses(
    person: User, app_secret: str, clock: Any, organisation: Any
) -> None:
    from allauth.usersessions.models import UserSession

    from tests.conftest import make_membership

    here, elsewhere, stranger = Client(), Client(), Client()
    other = make_membership(organisation, "staff").user
    other.set_password("copper teapot meadow seven")
    other.save()
    sign_in_with_app(stranger, other, give_app(other))
    sign_in_with_app(elsewhere, person, app_secret)
    clock.shift(timedelta(minutes=1))
    sign_in_with_app(here, person, app_secret)
    theirs = UserSession.objects.get(user=other).pk
    mine = UserSession.objects.get(session_key=elsewhere.session.session_key).pk

    here.post(f"/accounts/sessions/{theirs}/end/")
    here.post(f"/accounts/sessions/{mine}/end/")

    assert stranger.get("/probe/page/").status_code == 200
    assert elsewhere.get("/probe/page/").status_code == 302
    assert here.get("/probe/page/").status_code == 200


def test_the_list_of_sessions_shows_each_open_one_once(person: User, app_secret: str, clock: Any) -> None:
    first = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"})
    second = Client(headers={"User-Agent": "<script>alert(1)</script>"})
    sign_in_with_app(first, person, app_secret)
    clock.shift(timedelta(minutes=1))
    sign_in_with_app(second, person, app_secret)

    page = second.get("/accounts/sessions/").content.decode()

    assert (page.count(">Firefox on Windows<"), page.count(">Unknown browser ")) == (1, 1)
    assert "alert(1)" not in page


# ---- Step-up -------------------------------------------------------------------------------------------------------
def test_ten_minutes_after_sign_in_an_export_asks_again_and_goes_on(
    browser: Client, app_secret: str, clock: Any
) -> None:
    from tests.foundation.accounts.conftest import code_now

    clock.shift(timedelta(minutes=10))
    within_time = browser.get("/probe/export/").status_code
    clock.shift(timedelta(seconds=1))
    asked = browser.get("/probe/export/?as=csv")
    confirmed = browser.post(asked["Location"], {"code": code_now(app_secret, at=NOW + timedelta(seconds=601))})

    assert within_time == 200
    assert asked["Location"] == "/accounts/confirm/?next=%2Fprobe%2Fexport%2F%3Fas%3Dcsv"
    assert confirmed["Location"] == "/probe/export/?as=csv"
    assert browser.get("/probe/export/").status_code == 200


def test_proving_it_again_changes_the_session_id(browser: Client, app_secret: str, clock: Any) -> None:
    from tests.foundation.accounts.conftest import code_now

    before = browser.session.session_key
    clock.shift(timedelta(minutes=11))

    browser.post("/accounts/confirm/", {"code": code_now(app_secret, at=NOW + timedelta(minutes=11))})

    assert browser.session.session_key != before
    assert browser.get("/probe/page/").status_code == 200


def test_what_was_typed_when_step_up_was_due_is_kept(browser: Client, person: User, clock: Any, within: Any) -> None:
    clock.shift(timedelta(minutes=11))

    response = browser.post(
        "/probe/export/", {"reason": "board paper"}, HTTP_REFERER="http://testserver/probe/form/?a=1"
    )

    assert response["Location"] == "/accounts/confirm/?next=%2Fprobe%2Fform%2F%3Fa%3D1"
    acting = _acting_of(person)
    within(acting)
    assert drafts.find(acting, "/probe/form/") == {"reason": ["board paper"]}


def test_a_wrong_code_does_not_confirm(browser: Client, app_secret: str, clock: Any) -> None:
    clock.shift(timedelta(minutes=11))

    page = page_of(browser.post("/accounts/confirm/", {"code": "not it"}))

    assert page.title.startswith("Error: Confirm that it is you")
    assert page.errors == ["The code is not right. Check it and enter it again."]
    assert browser.get("/probe/export/").status_code == 302


def test_confirming_leads_nowhere_else(browser: Client, app_secret: str, clock: Any) -> None:
    from tests.foundation.accounts.conftest import code_now

    clock.shift(timedelta(minutes=11))
    code = code_now(app_secret, at=NOW + timedelta(minutes=11))

    response = browser.post("/accounts/confirm/?next=https://elsewhere.example/", {"code": code})

    assert response["Location"] == "/"


def test_the_password_does_not_confirm_for_somebody_with_a_second_factor(browser: Client, clock: Any) -> None:
    clock.shift(timedelta(minutes=11))

    response = browser.post("/accounts/confirm/", {"password": "copper teapot meadow seven"})

    assert response.status_code == 200
    assert browser.get("/probe/export/").status_code == 302


def test_sign_in_step_up_and_sign_out_are_in_the_ledger(
    committed: None, person: User, app_secret: str, clock: Any
) -> None:
    from tests.foundation.accounts.conftest import code_now

    client = Client()
    sign_in_with_app(client, person, app_secret)
    clock.shift(timedelta(minutes=11))
    client.post("/accounts/confirm/", {"code": code_now(app_secret, at=NOW + timedelta(minutes=11))})
    client.post(reverse("accounts:sign_out"))

    assert verbs(target_type="accounts.user") == ["session.opened", "identity.confirmed", "session.closed"]


def _acting_of(person: User) -> Acting:
    from foundation.core.acting import person_context
    from foundation.organisations.models import Membership
    from tests.conftest import acting_of

    with person_context(user_id=person.pk, organisation_id=None):
        membership = Membership.objects.select_related("organisation", "user").get(user=person)
    return acting_of(membership)
