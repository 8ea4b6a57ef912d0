from typing import Any

import pytest
from django.test import Client

from foundation.accounts.authentication import STRONG_AT
from foundation.accounts.models import User
from tests.foundation.accounts.conftest import (
    code_now,
    give_app,
    give_password,
    page_of,
    sign_in_with_app,
    verbs,
)

WRONG = "The e-mail address or the password is not right. Check both and try again."


def who(client: Client) -> str:
    return client.get("/probe/public/").content.decode()


def test_a_password_and_a_code_open_a_session_that_counts_as_strong(
    committed: None, person: User, app_secret: str
) -> None:
    client = Client()

    response = sign_in_with_app(client, person, app_secret)

    assert (response.status_code, response["Location"]) == (302, "/")
    assert who(client) == str(person.pk)
    assert STRONG_AT in client.session
    assert "passkey" not in client.session
    assert verbs(target_id=person.pk, target_type="accounts.user") == ["session.opened"]


def test_a_password_alone_opens_nothing_for_somebody_with_a_second_factor(person: User, app_secret: str) -> None:
    client = Client()

    response = give_password(client, person)

    assert response["Location"] == "/accounts/sign-in/second-factor/"
    assert who(client) == "nobody"
    assert client.get("/probe/page/")["Location"] == "/accounts/sign-in/?next=%2Fprobe%2Fpage%2F"


def test_the_session_id_changes_at_sign_in_so_that_a_planted_one_is_worth_nothing(
    person: User, app_secret: str
) -> None:
    client = Client()
    give_password(client, person)
    planted = client.session.session_key

    client.post("/accounts/sign-in/second-factor/", {"code": code_now(app_secret)})

    assert client.session.session_key != planted
    thief = Client()
    thief.cookies["portal_session"] = planted
    assert who(thief) == "nobody"


def test_a_wrong_password_says_so_above_the_form_and_in_the_title(person: User) -> None:
    page = page_of(give_password(Client(), person, "not the password at all"))

    assert page.title.startswith("Error: Sign in")
    assert page.errors == [WRONG]


def test_empty_fields_say_what_to_enter(db: None) -> None:
    page = page_of(Client().post("/accounts/sign-in/", {"login": "", "password": ""}))

    assert page.errors == ["Enter your e-mail address", "Enter your password"]


def test_a_failed_sign_in_is_in_the_ledger_without_the_address(committed: None, person: User) -> None:
    give_password(Client(), person, "not the password at all")
    Client().post("/accounts/sign-in/", {"login": "nobody-at-all@example.org", "password": "x" * 12})

    from foundation.ledger.models import Event

    events = Event._base_manager.using("backup").filter(verb="sign_in.refused").order_by("pk")
    assert [(e.target_id, e.actor_user_id, e.facts) for e in events] == [
        (person.pk, None, '{"because":"password"}'),
        (None, None, '{"because":"password"}'),
    ]


def test_a_recovery_code_stands_in_for_the_app_and_works_once(person: User, app_secret: str) -> None:
    from allauth.mfa.models import Authenticator

    from foundation.accounts import second_factor

    with second_factor.secrets_of(person.pk):
        recovery = Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()[3]
    answers = []

    for _ in range(2):
        client = Client()
        give_password(client, person)
        answers.append(client.post("/accounts/sign-in/second-factor/", {"code": recovery}))

    assert answers[0].status_code == 302
    assert page_of(answers[1]).errors == ["The code is not right. Check it and enter it again."]


def test_a_code_that_was_used_is_refused_with_the_reason(person: User, app_secret: str) -> None:
    code = code_now(app_secret)
    first, second = Client(), Client()
    give_password(first, person)
    give_password(second, person)
    first.post("/accounts/sign-in/second-factor/", {"code": code})

    page = page_of(second.post("/accounts/sign-in/second-factor/", {"code": code}))

    assert page.errors == ["That code has been used. Wait for your app to show the next one."]
    assert who(second) == "nobody"


def test_a_code_from_before_the_one_used_is_refused_too(person: User, app_secret: str) -> None:
    sign_in_with_app(Client(), person, app_secret)
    client = Client()
    give_password(client, person)

    page = page_of(client.post("/accounts/sign-in/second-factor/", {"code": code_now(app_secret, steps=-1)}))

    assert page.errors == ["That code has been used. Wait for your app to show the next one."]


def test_the_code_of_another_person_opens_nothing(person: User, app_secret: str, organisation: Any) -> None:
    from tests.conftest import make_membership

    other_secret = give_app(make_membership(organisation, "staff").user)
    client = Client()
    give_password(client, person)

    page = page_of(client.post("/accounts/sign-in/second-factor/", {"code": code_now(other_secret)}))

    assert page.errors == ["The code is not right. Check it and enter it again."]


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "/\\elsewhere"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(person: User, app_secret: str, wanted: str) -> None:
    response = sign_in_with_app(Client(), person, app_secret, next=wanted)

    assert response["Location"] == "/"


def test_people_come_back_to_the_page_they_wanted(person: User, app_secret: str) -> None:
    client = Client()
    client.post(
        "/accounts/sign-in/?next=/probe/page/%3Fx%3D1",
        {"login": person.email, "password": "copper teapot meadow seven"},
    )

    response = client.post("/accounts/sign-in/second-factor/", {"code": code_now(app_secret)})

    assert response["Location"] == "/probe/page/?x=1"


def test_a_disabled_person_with_the_right_password_is_told_so_and_stays_out(person: User, app_secret: str) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)
    client = Client()

    response = give_password(client, person)

    assert response["Location"] == "/accounts/disabled/"
    assert client.get("/accounts/disabled/").status_code == 403
    assert who(client) == "nobody"


def test_there_is_no_page_to_register_oneself(db: None) -> None:
    from django.urls import NoReverseMatch, reverse

    for name in ("account_signup", "socialaccount_signup", "account_email", "socialaccount_connections"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert Client().get("/accounts/signup/").status_code == 404


def test_signing_out_ends_the_session_and_clears_what_the_browser_kept(
    committed: None, person: User, app_secret: str
) -> None:
    client = Client()
    sign_in_with_app(client, person, app_secret)
    key = client.session.session_key

    response = client.post("/accounts/sign-out/")

    assert response["Location"] == "/accounts/signed-out/"
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    thief = Client()
    thief.cookies["portal_session"] = key
    assert who(thief) == "nobody"
    assert verbs(verb="session.closed") == ["session.closed"]


def test_a_page_behind_sign_in_may_not_be_kept_by_the_browser(person: User, app_secret: str) -> None:
    client = Client()
    sign_in_with_app(client, person, app_secret)

    assert client.get("/probe/page/")["Cache-Control"] == "no-store, private"


def test_the_sign_in_page_can_be_left_for_another_person(person: User, app_secret: str) -> None:
    client = Client()
    give_password(client, person)

    client.post("/accounts/sign-in/again/")

    assert client.get("/accounts/sign-in/").status_code == 200
    assert client.get("/accounts/sign-in/second-factor/")["Location"] == "/accounts/sign-in/"
