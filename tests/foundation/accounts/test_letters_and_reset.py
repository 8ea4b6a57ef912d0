import re
import statistics
import time
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foundation.accounts import letters
from foundation.accounts.models import ExternalIdentity, FailureCount, Letter, User
from tests.conftest import NOW
from tests.foundation.accounts.conftest import (
    OTHER_PASSWORD,
    give_password,
    page_of,
    sign_in_with_app,
    verbs,
)

PAIRS = 21
MOST_MEASURINGS = 3


def ask(email: str, *, client: Client | None = None, address: str = "127.0.0.1") -> Any:
    return (client or Client()).post("/accounts/password/forgotten/", {"email": email}, REMOTE_ADDR=address)


def link_sent_to(user: User) -> str:
    from django.utils import timezone

    ask(user.email)
    letters.send_waiting(timezone.now())
    found = re.search(r"http://testserver(/accounts/password/new/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def choose(link: str, password: str = OTHER_PASSWORD, client: Client | None = None) -> Any:
    client = client or Client()
    form = client.get(link, follow=True)
    where = form.redirect_chain[-1][0] if form.redirect_chain else link
    return client.post(where, {"password1": password, "password2": password})


def disable(person: User) -> None:
    person.is_active = False
    person.save(update_fields=["is_active"])


def take_password_away(person: User) -> None:
    person.set_unusable_password()
    person.save(update_fields=["password"])


def leave(person: User) -> None:
    """As it is: an account with a password."""


KNOWN = [leave, disable, take_password_away]


def test_a_forgotten_password_is_replaced_through_a_link_that_works_once(person: User, app_secret: str) -> None:
    link = link_sent_to(person)

    done = choose(link)
    again = Client().get(link)

    person.refresh_from_db()
    assert done["Location"] == "/accounts/password/new/done/"
    assert person.check_password(OTHER_PASSWORD)
    assert page_of(again).headings == ["This link does not work"]


def test_a_reset_does_not_stand_in_for_the_second_factor(person: User, app_secret: str) -> None:
    client = Client()
    choose(link_sent_to(person), client=client)

    response = give_password(client, person, OTHER_PASSWORD)

    assert response["Location"] == "/accounts/sign-in/second-factor/"
    assert client.get("/probe/page/").status_code == 302
    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_a_reset_ends_the_sessions_the_person_had(person: User, app_secret: str) -> None:
    client = Client()
    sign_in_with_app(client, person, app_secret)

    choose(link_sent_to(person))

    assert client.get("/probe/page/")["Location"].startswith("/accounts/sign-in/")


def test_a_link_is_worthless_after_an_hour(person: User, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    link = link_sent_to(person)
    time_machine.shift(timedelta(hours=1, seconds=1))

    assert page_of(Client().get(link)).headings == ["This link does not work"]


def test_two_windows_with_one_link_change_the_password_once(person: User) -> None:
    link = link_sent_to(person)
    first, second = Client(), Client()
    for client in (first, second):
        client.get(link, follow=True)
    where = re.sub(r"-[^/]+/$", "-set-password/", link)

    first.post(where, {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD})
    late = second.post(where, {"password1": "amber walnut gate eleven", "password2": "amber walnut gate eleven"})

    person.refresh_from_db()
    assert page_of(late).headings == ["This link does not work"]
    assert person.check_password(OTHER_PASSWORD)


def test_an_easy_password_is_refused_with_the_reason(person: User) -> None:
    page = page_of(choose(link_sent_to(person), "password1234"))

    assert page.errors == [
        "Choose a password that is harder to guess: this one is common, or made of names others know."
    ]


def test_the_letter_names_the_portal_and_nobody(person: User) -> None:
    link_sent_to(person)

    text = mail.outbox[-1].subject + mail.outbox[-1].body
    assert "Prevent Portal" in text
    assert [word for word in (*person.name.split(), person.email) if word in text] == []


def test_the_letter_is_in_the_persons_language(person: User) -> None:
    from django.utils import translation

    person.language = User.Language.WELSH
    person.save()
    seen = []
    original = translation.override.__enter__

    class Remember(translation.override):
        def __enter__(self) -> None:
            original(self)
            seen.append(translation.get_language())

    letters.translation.override, kept = Remember, letters.translation.override
    try:
        link_sent_to(person)
    finally:
        letters.translation.override = kept

    assert seen == ["cy"]


@pytest.mark.parametrize("become", KNOWN)
def test_known_and_unknown_addresses_get_the_same_page_and_the_same_work(person: User, become: Any) -> None:
    become(person)
    with CaptureQueriesContext(connection) as for_known:
        first = ask(person.email)
    with CaptureQueriesContext(connection) as for_unknown:
        second = ask("nobody@example.org")

    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert [query["sql"].split(' "s1')[0][:40] for query in for_known] == [
        query["sql"].split(' "s1')[0][:40] for query in for_unknown
    ]


def test_no_letter_goes_to_an_address_that_is_nobodys(db: None) -> None:
    from django.utils import timezone

    ask("nobody@example.org")

    letters.send_waiting(timezone.now())

    assert (mail.outbox, Letter.objects.count()) == ([], 0)


def test_the_address_waits_encrypted(person: User) -> None:
    ask(person.email)

    assert person.email.encode() not in bytes(Letter.objects.get().address)


def test_letters_are_limited_and_the_page_does_not_say_so(person: User) -> None:
    answers = [ask(person.email) for _ in range(5)]

    assert {answer["Location"] for answer in answers} == {"/accounts/password/forgotten/sent/"}
    assert Letter.objects.count() == 3


def test_somebody_without_a_password_is_told_how_they_sign_in(person: User) -> None:
    from django.utils import timezone

    person.set_unusable_password()
    person.save()
    ExternalIdentity.objects.create(user=person, issuer="https://id.example", subject="1", linked_at=NOW)
    ask(person.email)

    letters.send_waiting(timezone.now())

    assert "Your sign-in has no password" in mail.outbox[0].body
    assert "/accounts/password/new/" not in mail.outbox[0].body


def test_a_letter_waits_while_the_mail_server_is_away_and_is_then_sent_once(person: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.foundation.accounts.test_letters_and_reset.Away"
    letters.queue(letters.Kind.PASSWORD_CHANGED, site="http://testserver/", now=NOW, user=person)
    letters.send_waiting(NOW)
    waiting = Letter.objects.get()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    sent = [
        letters.send_waiting(NOW),
        letters.send_waiting(NOW + timedelta(minutes=2)),
        letters.send_waiting(NOW + timedelta(hours=1)),
    ]

    assert waiting.attempts == 1
    assert sent == [0, 1, 0]
    assert len(mail.outbox) == 1


def test_a_letter_that_never_goes_is_given_up_in_the_ledger(committed: None, person: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.foundation.accounts.test_letters_and_reset.Away"
    letters.queue(letters.Kind.PASSWORD_CHANGED, site="http://testserver/", now=NOW, user=person)

    for day in range(letters.MOST_ATTEMPTS):
        letters.send_waiting(NOW + timedelta(days=day))

    assert Letter.objects.count() == 0
    assert verbs(verb="letter.given_up") == ["letter.given_up"]


class Away:
    """A mail backend whose server does not answer."""

    def __init__(self, **options: Any) -> None:
        pass

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError


def test_changing_the_password_keeps_this_session_and_ends_the_others(
    person: User, app_secret: str, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    elsewhere, here = Client(), Client()
    sign_in_with_app(elsewhere, person, app_secret)
    time_machine.shift(timedelta(minutes=1))
    sign_in_with_app(here, person, app_secret)
    before = here.session.session_key

    response = here.post("/accounts/password/", {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD})

    assert response["Location"] == "/accounts/security/"
    assert here.session.session_key != before
    assert here.get("/probe/page/").status_code == 200
    assert elsewhere.get("/probe/page/").status_code == 302


@pytest.mark.parametrize("second", ["", "another thing entirely"])
def test_the_new_password_is_typed_twice_alike(person: User, app_secret: str, second: str) -> None:
    client = Client()
    sign_in_with_app(client, person, app_secret)

    page = page_of(client.post("/accounts/password/", {"password1": OTHER_PASSWORD, "password2": second}))

    assert len(page.errors) == 1
    person.refresh_from_db()
    assert not person.check_password(OTHER_PASSWORD)


@pytest.mark.parametrize("become", KNOWN)
def test_sign_in_works_as_hard_for_an_unknown_address_as_for_a_known_one(
    person: User, hashed: list[str], become: Any
) -> None:
    """The same body, statements and password hashes, and the same processor time.

    Time on the wall would measure our neighbours, and they disturb processor time too: so the two are tried in turns,
    and a difference must be found each time it is looked for.
    """
    become(person)
    attempt(person.email, 0, hashed)
    attempt("nobody@example.org", 0, hashed)  # both fill what is kept in memory

    for _measuring in range(MOST_MEASURINGS):
        pairs = [in_turn(number, person.email, "nobody@example.org", hashed) for number in range(1, PAIRS + 1)]
        difference = statistics.median(known.seconds - unknown.seconds for known, unknown in pairs)
        attempts = [each for both in pairs for each in both]
        if abs(difference) < 0.010:
            break

    assert len({each.body for each in attempts}) == 1
    assert len({each.statements for each in attempts}) == 1
    assert len({each.hashes for each in attempts}) == 1
    assert len(attempts[0].hashes) == 1
    assert abs(difference) < 0.010


class Attempt(NamedTuple):
    """What one refused sign-in showed, and what it cost."""

    body: str
    statements: tuple[str, ...]
    hashes: tuple[str, ...]
    seconds: float


def in_turn(number: int, known: str, unknown: str, hashed: list[str]) -> tuple[Attempt, Attempt]:
    """An attempt with each, one straight after the other; which of them goes first alternates."""
    emails = (known, unknown) if number % 2 else (unknown, known)
    attempts = {email: attempt(email, number, hashed) for email in emails}
    return attempts[known], attempts[unknown]


def attempt(email: str, number: int, hashed: list[str]) -> Attempt:
    client, typed = Client(), {"login": email, "password": "not the password at all"}
    hashed.clear()
    began = time.process_time()
    with CaptureQueriesContext(connection) as queries:
        response = client.post("/accounts/sign-in/", typed, REMOTE_ADDR=f"192.0.2.{number}")
    seconds = time.process_time() - began
    FailureCount.objects.all().delete()
    body = re.sub(r'value="[^"]*"|nonce="[^"]*"', "", response.content.decode())
    return Attempt(body, tuple(shape(query["sql"]) for query in queries), tuple(hashed), seconds)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parameters of each run of the password hasher, whether it makes a hash or compares with one."""
    parameters: list[str] = []
    hasher = get_hasher()
    encode, verify = hasher.encode, hasher.verify

    def noted_encode(password: str, salt: str) -> str:
        made = encode(password, salt)
        parameters.append(str(hasher.decode(made)["params"]))
        return made

    def noted_verify(password: str, encoded: str) -> bool:
        parameters.append(str(hasher.decode(encoded)["params"]))
        return verify(password, encoded)

    monkeypatch.setattr(hasher, "encode", noted_encode)
    monkeypatch.setattr(hasher, "verify", noted_verify)
    return parameters


def shape(sql: str) -> str:
    """What a statement does to which table, without its values."""
    return " ".join(re.findall(r'^\w+|(?:FROM|INTO|UPDATE|JOIN) "?\w+', sql))
