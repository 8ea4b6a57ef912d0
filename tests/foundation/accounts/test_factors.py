from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client

from foundation.accounts import actions, second_factor
from foundation.accounts.models import Letter, User
from foundation.core.encryption import CannotDecrypt
from foundation.core.exceptions import RuleBroken
from tests.conftest import NOW
from tests.foundation.accounts.conftest import code_now, give_app, give_password, page_of, sign_in_with_app, verbs

SITE = "http://testserver/"


def enrol(client: Client, user: User) -> str:
    """Sign in with the password alone and set up an authenticator app; returns its secret."""
    give_password(client, user)
    client.post("/accounts/second-factor/app/start/")
    with second_factor.secrets_of(user.pk):
        secret = second_factor.unseal(client.session[SECRET_SESSION_KEY])
    client.post("/accounts/second-factor/app/?next=/probe/page/", {"code": code_now(secret)})
    return secret


def test_setting_up_an_app_opens_the_portal_under_a_new_session_id(person: User) -> None:
    client = Client()
    give_password(client, person)
    before = client.session.session_key
    client.post("/accounts/second-factor/app/start/")
    with second_factor.secrets_of(person.pk):
        secret = second_factor.unseal(client.session[SECRET_SESSION_KEY])

    response = client.post("/accounts/second-factor/app/?next=/probe/page/", {"code": code_now(secret)})

    assert response["Location"] == "/accounts/recovery-codes/?next=%2Fprobe%2Fpage%2F"
    assert client.session.session_key != before
    assert client.get("/probe/page/").status_code == 200


def test_a_new_app_comes_with_ten_recovery_codes_and_a_letter(committed: None, person: User) -> None:
    client = Client()
    enrol(client, person)

    page = client.get("/accounts/recovery-codes/").content.decode()

    assert page.count('<code class="portal-code">') == 10
    assert list(Letter.objects.values_list("kind", "user")) == [("factor_added", person.pk)]
    assert "factor.added" in verbs()


def test_the_code_that_set_the_app_up_is_used_up(person: User) -> None:
    secret = enrol(Client(), person)
    client = Client()
    give_password(client, person)

    page = page_of(client.post("/accounts/sign-in/second-factor/", {"code": code_now(secret)}))

    assert page.errors == ["That code has been used. Wait for your app to show the next one."]


def test_a_wrong_first_code_sets_up_nothing_and_keeps_the_key(person: User) -> None:
    client = Client()
    give_password(client, person)
    client.post("/accounts/second-factor/app/start/")
    with second_factor.secrets_of(person.pk):
        secret = second_factor.unseal(client.session[SECRET_SESSION_KEY])

    response = client.post("/accounts/second-factor/app/", {"code": "123"})

    assert page_of(response).errors == [
        "The code is not right. Check that your telephone shows the right time, and enter the newest code."
    ]
    assert secret in response.content.decode()
    assert not Authenticator.objects.exists()


def test_the_picture_of_the_key_is_an_svg_without_style_or_script(person: User) -> None:
    client = Client()
    give_password(client, person)
    client.post("/accounts/second-factor/app/start/")

    response = client.get("/accounts/second-factor/app/qr-code.svg")

    drawn = response.content.decode()
    assert response["Content-Type"] == "image/svg+xml"
    assert (drawn.count("<svg"), "style" in drawn, "script" in drawn) == (1, False, False)


def test_no_stored_row_holds_a_secret_or_a_code_in_the_clear(person: User) -> None:
    client = Client()
    give_password(client, person)
    client.post("/accounts/second-factor/app/start/")
    with second_factor.secrets_of(person.pk):
        secret = second_factor.unseal(client.session[SECRET_SESSION_KEY])
    pending = [str(session.get_decoded()) for session in Session.objects.all()]
    client.post("/accounts/second-factor/app/", {"code": code_now(secret)})
    with second_factor.secrets_of(person.pk):
        codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()

    stored = [*pending, *(str(factor.data) for factor in Authenticator.objects.all())]
    stored += [str(session.get_decoded()) for session in Session.objects.all()]
    assert [text for text in stored if secret in text or any(code in text for code in codes)] == []


def test_a_secret_moved_to_another_persons_row_opens_nothing(person: User, app_secret: str, organisation: Any) -> None:
    from tests.conftest import make_membership

    thief = make_membership(organisation, "staff").user
    give_app(thief)
    stolen_for = Authenticator.objects.get(user=person, type="totp")
    stolen_for.data = Authenticator.objects.get(user=thief, type="totp").data
    stolen_for.save()

    with pytest.raises(CannotDecrypt):
        second_factor.check_code(person, "123456")


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_the_same_code_in_parallel_is_right_once(committed: None, person: User, app_secret: str, kind: str) -> None:
    code = code_now(app_secret)
    if kind == "recovery":
        with second_factor.secrets_of(person.pk):
            code = Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()[0]
    together = Barrier(6)

    def one(_: int) -> bool:
        try:
            together.wait()
            return second_factor.check_code(person, code)[0] is second_factor.Code.RIGHT
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, range(6)))

    assert sum(answers) == 1


def test_a_code_is_not_revived_when_the_clock_goes_back(person: User, app_secret: str, time_machine: Any) -> None:
    from datetime import timedelta

    time_machine.move_to(NOW, tick=False)
    code = code_now(app_secret, at=NOW)
    assert second_factor.check_code(person, code)[0] is second_factor.Code.RIGHT
    time_machine.shift(timedelta(hours=2))
    assert (
        second_factor.check_code(person, code_now(app_secret, at=NOW + timedelta(hours=2)))[0]
        is second_factor.Code.RIGHT
    )

    time_machine.move_to(NOW, tick=False)

    assert second_factor.check_code(person, code)[0] is second_factor.Code.USED
    assert second_factor.check_code(person, code_now(app_secret, steps=1, at=NOW))[0] is second_factor.Code.USED


def test_the_last_second_factor_cannot_be_removed(person: User, app_secret: str) -> None:
    client = Client()
    sign_in_with_app(client, person, app_secret)
    factor = Authenticator.objects.get(user=person, type="totp")

    page = client.post(f"/accounts/second-factor/{factor.pk}/remove/").content.decode()

    assert "This is your only second factor. Add another one before you remove it." in page
    assert Authenticator.objects.filter(pk=factor.pk).exists()


def test_two_removals_at_once_leave_one_factor(committed: None, person: User, app_secret: str) -> None:
    spare = Authenticator.objects.create(user=person, type="webauthn", data={"name": "Spare", "credential": {}})
    app = Authenticator.objects.get(user=person, type="totp")
    together = Barrier(2)

    def one(factor_id: int) -> bool:
        from django.contrib.sessions.backends.db import SessionStore

        try:
            together.wait()
            actions.remove_factor(
                user_id=person.pk, factor_id=factor_id, site=SITE, keep=SessionStore(), now=NOW, by=None
            )
        except RuleBroken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(one, [spare.pk, app.pk]))

    assert sorted(done) == [False, True]
    assert Authenticator.objects.filter(user=person, type__in=["totp", "webauthn"]).count() == 1


def test_somebody_elses_factor_is_not_found(person: User, app_secret: str, organisation: Any) -> None:
    from tests.conftest import make_membership

    other = make_membership(organisation, "staff").user
    give_app(other)
    theirs = Authenticator.objects.get(user=other, type="totp")
    client = Client()
    sign_in_with_app(client, person, app_secret)

    assert client.post(f"/accounts/second-factor/{theirs.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_new_recovery_codes_replace_the_old_ones(person: User, app_secret: str) -> None:
    client = Client()
    sign_in_with_app(client, person, app_secret)
    with second_factor.secrets_of(person.pk):
        old = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]

    client.post("/accounts/recovery-codes/new/")

    assert second_factor.check_code(person, old)[0] is second_factor.Code.WRONG
    with second_factor.secrets_of(person.pk):
        new = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert len(new) == 10


def test_changing_factors_needs_proof_of_the_last_ten_minutes(person: User, app_secret: str, time_machine: Any) -> None:
    from datetime import timedelta

    time_machine.move_to(NOW, tick=False)
    client = Client()
    sign_in_with_app(client, person, app_secret)
    time_machine.shift(timedelta(minutes=11))
    factor = Authenticator.objects.get(user=person, type="totp")

    answers = {
        "codes": client.get("/accounts/recovery-codes/"),
        "new codes": client.post("/accounts/recovery-codes/new/"),
        "passkey": client.get("/accounts/second-factor/passkey/"),
        "app": client.post("/accounts/second-factor/app/start/"),
        "remove": client.get(f"/accounts/second-factor/{factor.pk}/remove/"),
        "password": client.get("/accounts/password/"),
    }
    options = client.post("/accounts/second-factor/passkey/options/").json()

    assert {name: answer["Location"].partition("?")[0] for name, answer in answers.items()} == dict.fromkeys(
        answers, "/accounts/confirm/"
    )
    assert list(options) == ["confirm"]


def test_adding_a_factor_ends_other_sessions(person: User, app_secret: str) -> None:
    elsewhere, here = Client(), Client()
    with transaction.atomic():
        Authenticator.objects.filter(user=person).delete()
    give_password(elsewhere, person)
    enrol(here, person)

    assert here.get("/probe/page/").status_code == 200
    assert elsewhere.get("/probe/page/")["Location"].startswith("/accounts/sign-in/")


def test_an_event_that_cannot_be_written_stops_the_sign_in(
    committed: None, person: User, app_secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from foundation import ledger

    def broken(*arguments: Any, **facts: Any) -> None:
        raise RuntimeError("the ledger is full")

    client = Client(raise_request_exception=False)
    give_password(client, person)
    monkeypatch.setattr(ledger, "record", broken)

    response = client.post("/accounts/sign-in/second-factor/", {"code": code_now(app_secret)})

    assert response.status_code == 500
    assert client.get("/probe/public/").content == b"nobody"
