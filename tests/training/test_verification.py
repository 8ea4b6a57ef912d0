"""Is a certificate genuine? Whoever holds the paper may ask, and learns no more than it says."""

import re
import unicodedata
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foundation.accounts import limits
from foundation.core.acting import system_role
from foundation.ledger.models import Event
from foundation.organisations.roles import Role
from tests.conftest import NOW
from tests.factories import certificates as factories
from training import verification
from training.models import Certificate

NAME = "Siân O’Neill-Żak"
UNKNOWN = "2222-2222-2222"


@pytest.fixture
def learner(acting_for):
    return acting_for(Role.STAFF, name=NAME)


@pytest.fixture
def certificate(learner):
    return factories.issued(learner)


def asked(number, name, client=None):
    response = (client or Client()).post("/training/verify/", {"number": number, "name": name})
    return response, _main(response)


def _main(response):
    """What the page says, without the form's token."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode().partition("<main")[2])


# ---- The answers
def test_the_right_number_and_name_are_genuine_and_tell_course_and_day_only(committed, certificate):
    response, page = asked(certificate.reference, NAME)

    assert response.status_code == 200
    assert "Genuine" in page
    assert "Prevent awareness" in page
    assert "23 November 2026" in page
    assert [word for word in (NAME, "Severnshire", certificate.reference, "100") if word in page] == []


@pytest.mark.parametrize(
    ("number", "name"), [(None, "Somebody Else"), (UNKNOWN, NAME), (UNKNOWN, "Somebody Else"), ("x", "y")]
)
def test_a_wrong_number_and_a_wrong_name_get_the_same_answer(committed, certificate, number, name):
    number = number or certificate.reference
    response, page = asked(number, name)
    _other, other = asked("7777-7777-7777", "Nobody At All")

    assert response.status_code == 200
    assert "No certificate has this number and name." in page
    assert [word for word in ("Prevent awareness", "23 November 2026", "Severnshire") if word in page] == []
    typed = page.replace(f'value="{number}"', "").replace(f'value="{name}"', "")
    assert typed == other.replace('value="7777-7777-7777"', "").replace('value="Nobody At All"', "")


def test_the_work_is_the_same_whether_the_number_exists_or_not(committed, certificate):
    done = []
    for number, name in [(certificate.reference, NAME), (certificate.reference, "Other"), (UNKNOWN, NAME)]:
        with CaptureQueriesContext(connection) as queries:
            asked(number, name)
        done.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries])

    assert done[1] == done[2]
    assert len(done[0]) == len(done[2])


@pytest.mark.parametrize(
    "typed",
    [
        "sian o'neill-zak", "SIÂN O’NEILL-ŻAK", "  Siân   O’Neill  Żak ", "Sian ONeill Zak",
        unicodedata.normalize("NFD", NAME), "Ｓｉâｎ O`Neill–Żak",
    ],
)  # fmt: skip
def test_case_spaces_accents_and_dashes_of_the_name_do_not_matter(committed, certificate, typed):
    _response, page = asked(certificate.reference, typed)

    assert "Genuine" in page


@pytest.mark.parametrize("typed", ["Siân O’Neill", "Siân", "O’Neill-Żak Siân", "-", "’ ’"])
def test_part_of_the_name_is_not_the_name(committed, certificate, typed):
    _response, page = asked(certificate.reference, typed)

    assert "No certificate has this number and name." in page


@pytest.mark.parametrize("change", [str.lower, lambda number: number.replace("-", ""), lambda number: f" {number} "])
def test_the_number_may_be_typed_as_people_type_numbers(committed, certificate, change):
    _response, page = asked(change(certificate.reference), NAME)

    assert "Genuine" in page


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Łukasz Ørsted", "lukasz orsted", True), ("Straße", "STRASSE", True), ("Iıİi", "iiii", True),
        ("राम", "रमा", False), ("مُحَمَّد", "محمد", True), ("王小明", "王 小明", True), ("Jo 2", "Jo 3", False),
        ("Anna", "Anne", False),
    ],
)  # fmt: skip
def test_names_of_any_script_are_compared_letter_by_letter(one, other, is_same):
    assert (verification.comparable(one) == verification.comparable(other)) is is_same


# ---- What is kept of it
def test_the_ledger_says_that_somebody_asked_and_not_what(committed, certificate, backup):
    asked(certificate.reference, NAME)
    asked(UNKNOWN, "Somebody Else")

    events = list(backup(Event).filter(verb="training.certificate_checked").order_by("pk"))
    assert [each.facts for each in events] == ['{"is_genuine":true}', '{"is_genuine":false}']
    assert {(each.organisation_id, each.target_id, each.target_reference) for each in events} == {(None, None, "")}
    assert backup(Event).filter(verb="system.acted", system_purpose="certificate check").count() == 2


def test_without_a_number_or_a_name_nothing_is_asked(committed, certificate, backup):
    response, page = asked("", "")

    assert response.status_code == 200
    assert "Enter the number of the certificate" in page
    assert "Enter the name on the certificate" in page
    assert backup(Event).filter(verb="training.certificate_checked").count() == 0


def test_nothing_may_be_asked_in_the_address(committed, certificate):
    response = Client().get("/training/verify/", {"number": certificate.reference, "name": NAME})

    assert "Genuine" not in _main(response)
    assert NAME not in _main(response)


def test_a_form_that_did_not_come_from_us_is_refused(committed, certificate):
    response, _page = asked(certificate.reference, NAME, Client(enforce_csrf_checks=True))

    assert response.status_code == 403


def test_the_system_reads_certificates_for_this_purpose_only_and_changes_none(committed, certificate):
    with system_role("certificate check"):
        seen = Certificate.objects.count()
        changed = Certificate.objects.update(name="Other")
    with system_role("courses"):
        otherwise = Certificate.objects.count()

    assert (seen, changed, otherwise) == (1, 0, 0)


# ---- How often
def test_after_twenty_checks_in_a_minute_a_client_is_put_off_and_another_is_not(committed, certificate):
    client = Client()
    for _number in range(20):
        asked(UNKNOWN, NAME, client)
    response, page = asked(certificate.reference, NAME, client)
    other = client.post("/training/verify/", {"number": certificate.reference, "name": NAME}, REMOTE_ADDR="192.0.2.7")

    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    assert "Too many checks at once" in page
    assert "Genuine" not in page
    assert "Genuine" in _main(other)


def test_after_a_minute_it_answers_again(committed):
    who = (verification.CHECKS_FROM_CLIENT, "192.0.2.1")
    taken = [limits.take(who, now=NOW) for _number in range(21)]
    later = limits.take(who, now=NOW + timedelta(seconds=61))

    assert [each is not None for each in taken] == [True] * 20 + [False]
    assert later is not None
