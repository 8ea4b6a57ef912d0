from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from foundation.accounts import actions, letters
from foundation.accounts.models import FactorReset, Letter, User
from foundation.core.acting import Acting, acting_as
from foundation.core.exceptions import RuleBroken
from tests.conftest import NOW, acting_of, make_membership
from tests.foundation.accounts.conftest import give_password, sign_in_with_app, verbs

SITE = "http://testserver/"


@pytest.fixture
def first(acting_for: Any) -> Acting:
    return acting_for("organisation_admin", name="First Administrator")


@pytest.fixture
def second(acting_for: Any) -> Acting:
    return acting_for("organisation_admin", name="Second Administrator")


def request_reset(person: User, by: Acting) -> FactorReset:
    with acting_as(by):
        return actions.request_factor_reset(user_id=person.pk, site=SITE, by=by, now=NOW)


def test_two_administrators_remove_a_persons_factors_and_the_person_is_told(
    committed: None, person: User, app_secret: str, first: Acting, second: Acting
) -> None:
    browser = Client()
    sign_in_with_app(browser, person, app_secret)
    reset = request_reset(person, first)

    with acting_as(second):
        actions.approve_factor_reset(reset_id=reset.pk, site=SITE, by=second, now=NOW + timedelta(hours=1))
    letters.send_waiting(NOW + timedelta(hours=2))

    assert not Authenticator.objects.filter(user=person).exists()
    assert browser.get("/probe/page/")["Location"].startswith("/accounts/sign-in/")
    assert [message.subject for message in mail.outbox] == [
        "Prevent Portal: somebody asked to remove your second factors",
        "Prevent Portal: your second factors were removed",
    ]
    assert verbs(verb__startswith="factor_reset") == ["factor_reset.requested", "factor_reset.approved"]
    assert give_password(Client(), person)["Location"] == "/"


def test_nobody_approves_their_own_request(person: User, app_secret: str, first: Acting) -> None:
    reset = request_reset(person, first)

    with acting_as(first), pytest.raises(RuleBroken, match="A second administrator has to approve this"):
        actions.approve_factor_reset(reset_id=reset.pk, site=SITE, by=first, now=NOW)

    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_the_person_themself_neither_asks_nor_approves(first: Acting, second: Acting) -> None:
    with acting_as(first), pytest.raises(RuleBroken, match="You cannot ask for this for yourself"):
        actions.request_factor_reset(user_id=first.user_id, site=SITE, by=first, now=NOW)
    reset = request_reset(first.user, second)

    with acting_as(first), pytest.raises(RuleBroken, match="A second administrator has to approve this"):
        actions.approve_factor_reset(reset_id=reset.pk, site=SITE, by=first, now=NOW)


@pytest.mark.parametrize("approver", ["requester", "person"])
def test_the_database_refuses_a_reset_approved_by_one_of_them(person: User, first: Acting, approver: str) -> None:
    reset = request_reset(person, first)
    approved_by = first.user if approver == "requester" else person

    with acting_as(first), pytest.raises(IntegrityError, match="factor_reset_by_two_others"), transaction.atomic():
        FactorReset.objects.filter(pk=reset.pk).update(approved_by=approved_by, approved_at=NOW)


def test_an_administrator_of_another_organisation_finds_no_request(
    person: User, first: Acting, other_organisation: Any
) -> None:
    reset = request_reset(person, first)
    stranger = acting_of(make_membership(other_organisation, "organisation_admin"))

    with acting_as(stranger), pytest.raises(FactorReset.DoesNotExist):
        actions.approve_factor_reset(reset_id=reset.pk, site=SITE, by=stranger, now=NOW)


def test_a_request_lapses_after_three_days_and_can_be_made_anew(person: User, first: Acting, second: Acting) -> None:
    reset = request_reset(person, first)
    late = NOW + timedelta(hours=72)

    with acting_as(second), pytest.raises(RuleBroken, match="no longer open"):
        actions.approve_factor_reset(reset_id=reset.pk, site=SITE, by=second, now=late)
    with acting_as(first):
        anew = actions.request_factor_reset(user_id=person.pk, site=SITE, by=first, now=late)

    assert anew.pk != reset.pk


def test_a_request_is_not_made_twice_nor_used_twice(person: User, first: Acting, second: Acting) -> None:
    reset = request_reset(person, first)
    with acting_as(second), pytest.raises(RuleBroken, match="asked for this already"):
        actions.request_factor_reset(user_id=person.pk, site=SITE, by=second, now=NOW)
    with acting_as(second):
        actions.approve_factor_reset(reset_id=reset.pk, site=SITE, by=second, now=NOW)

    with acting_as(second), pytest.raises(RuleBroken, match="no longer open"):
        actions.approve_factor_reset(reset_id=reset.pk, site=SITE, by=second, now=NOW)


def test_a_withdrawn_request_cannot_be_approved(person: User, first: Acting, second: Acting) -> None:
    reset = request_reset(person, first)
    with acting_as(first):
        actions.withdraw_factor_reset(reset_id=reset.pk, by=first, now=NOW)

    with acting_as(second), pytest.raises(RuleBroken, match="no longer open"):
        actions.approve_factor_reset(reset_id=reset.pk, site=SITE, by=second, now=NOW)


def test_an_administrator_starts_a_password_reset_and_learns_no_password(
    committed: None, person: User, app_secret: str, first: Acting
) -> None:
    browser = Client()
    sign_in_with_app(browser, person, app_secret)

    with acting_as(first):
        returned = actions.start_password_reset(user_id=person.pk, site=SITE, by=first, now=NOW)

    assert returned is None
    assert list(Letter.objects.values_list("kind", "user")) == [("password_reset", person.pk)]
    assert browser.get("/probe/page/").status_code == 302
    assert "password_reset.started" in verbs(actor_user_id=first.user_id)


def test_a_disabled_person_is_out_until_enabled_again(person: User, app_secret: str, first: Acting) -> None:
    with acting_as(first):
        actions.disable_user(user_id=person.pk, by=first, now=NOW)
    refused = give_password(Client(), person)
    with acting_as(first):
        actions.enable_user(user_id=person.pk, by=first, now=NOW)
    client = Client()

    assert refused["Location"] == "/accounts/disabled/"
    assert sign_in_with_app(client, person, app_secret)["Location"] == "/"


def test_nobody_disables_themself(first: Acting) -> None:
    with acting_as(first), pytest.raises(RuleBroken, match="You cannot disable your own sign-in"):
        actions.disable_user(user_id=first.user_id, by=first, now=NOW)


def test_an_address_has_one_sign_in_whatever_its_case(db: None) -> None:
    actions.create_user(email="Ada@Example.org", name="Ada", now=NOW)

    with pytest.raises(RuleBroken, match="already a sign-in"):
        actions.create_user(email="ada@example.org ", name="Ada", now=NOW)


def test_a_sign_in_made_without_a_password_has_none(db: None) -> None:
    user = actions.create_user(email="ada@example.org", name="Ada", now=NOW)

    assert not user.has_usable_password()


def test_a_person_changes_their_name_and_language(committed: None, person: User, app_secret: str) -> None:
    client = Client()
    sign_in_with_app(client, person, app_secret)

    response = client.post(
        "/accounts/preferences/", {"name": "M. Tallis", "language": "cy", "is_active": "0", "email": "x@y.zz"}
    )

    before = person.email
    person.refresh_from_db()
    assert (person.name, person.language, person.email, person.is_active) == ("M. Tallis", "cy", before, True)
    assert response.cookies["portal_language"].value == "cy"
    assert client.get("/accounts/security/").headers["Content-Language"] == "cy"
    assert "preferences.changed" in verbs()


def test_a_demonstration_person_is_signed_in_as_if_with_a_passkey(
    committed: None, person: User, rf: Any, settings: Any
) -> None:
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.sessions.backends.db import SessionStore

    from foundation.accounts import authentication

    settings.DEMONSTRATION = True
    request = rf.get("/")
    request.session, request.user = SessionStore(), AnonymousUser()

    authentication.sign_in_for_demonstration(request, person)

    assert authentication.has_second_factor(request)
    assert authentication.used_passkey(request)
    assert verbs(verb__startswith="session.") == ["session.opened", "session.demonstrated"]
