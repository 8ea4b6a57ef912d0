"""Every list that can be taken out of the portal as a file asks for fresh proof of who takes it."""

import re
import time
from urllib.parse import urlencode

import pytest
from django.test import Client

from compliance.models import Requirement
from foundation.accounts.authentication import STRONG_AT
from foundation.core.access import all_routes
from foundation.ledger.models import Event
from foundation.organisations.roles import Role
from tests.conftest import acting_of, make_membership
from tests.factories.compliance import ask_for_report, give_answer
from tests.factories.evidence import note
from tests.foundation.accounts.conftest import code_now, give_app

ADDRESSES = [route for route, _pattern in all_routes() if "<" not in route and "(" not in route]
AS_FILE = "?export=csv"


@pytest.fixture
def everybody(committed, organisation):
    """Somebody with every role, in an organisation with something on each list."""
    acting = acting_of(make_membership(organisation, *[role for role in Role if role != Role.INSPECTOR]))
    give_answer(acting, Requirement.objects.get(code="LA-05"))
    note(acting, "Minutes")
    ask_for_report(acting)
    return acting


@pytest.fixture
def browser(everybody, client_for):
    return client_for(everybody)


def prove(client: Client, *, minutes_ago: int) -> None:
    session = client.session
    session[STRONG_AT] = int(time.time()) - 60 * minutes_ago
    session.save()


def is_file(response) -> bool:
    """Whether rows came as a file, which is named after the list and the day."""
    name = response.headers.get("Content-Disposition", "")
    if response.streaming:
        b"".join(response.streaming_content)
    response.close()
    return bool(re.search(r"\d{4}-\d\d-\d\d\.csv", name))


def test_every_list_asks_for_proof_of_the_last_ten_minutes(committed, browser, backup):
    exported = sorted(address for address in ADDRESSES if is_file(browser.get(address + AS_FILE)))
    recorded = backup(Event).filter(verb="list.exported").count()
    prove(browser, minutes_ago=11)

    answers = {address: browser.get(address + AS_FILE) for address in ADDRESSES}

    assert exported == [
        "/action-plans/",
        "/action-plans/actions/",
        "/action-plans/reports/",
        "/audit/export/",
        "/compliance/library/",
        "/compliance/library/requirements/",
        "/compliance/reports/",
        "/compliance/requirements/",
        "/evidence/",
        "/jobs/",
        "/notifications/",
        "/risk/assessments/",
        "/risk/local-profiles/",
        "/risk/reassess/",
        "/risk/recommendations/",
        "/risk/reports/",
        "/training/matrix/",
        "/training/people/",
        "/training/records/",
        "/training/records/returns/",
        "/training/reports/",
        "/training/reports/quarter-ends/",
        "/training/sessions/",
        "/training/writing/",
    ]
    assert [address for address, response in answers.items() if is_file(response)] == []
    assert {address: answers[address].headers["Location"] for address in exported} == {
        address: f"/accounts/confirm/?{urlencode({'next': address + AS_FILE})}" for address in exported
    }
    assert backup(Event).filter(verb="list.exported").count() == recorded


def test_proof_of_nine_minutes_ago_is_enough(committed, browser):
    prove(browser, minutes_ago=9)

    assert is_file(browser.get("/compliance/requirements/" + AS_FILE))


def test_after_the_proof_the_person_gets_what_they_had_filtered(committed, everybody, browser):
    secret = give_app(everybody.user)
    wanted = "/compliance/requirements/?theme=LEAD&sort=-title&export=csv"
    before = b"".join(browser.get(wanted).streaming_content)
    prove(browser, minutes_ago=11)

    asked = browser.get(wanted)
    confirmed = browser.post(asked.headers["Location"], {"code": code_now(secret)})
    after = b"".join(browser.get(confirmed.headers["Location"]).streaming_content)

    assert confirmed.headers["Location"] == wanted
    assert after == before


def test_a_posted_search_is_still_known_after_the_proof(committed, everybody, browser):
    note(everybody, "Hire policy")
    secret = give_app(everybody.user)
    searched = browser.post("/evidence/", {"search": "hire"}).headers["Location"]
    prove(browser, minutes_ago=11)

    asked = browser.get(f"{searched}&export=csv")
    confirmed = browser.post(asked.headers["Location"], {"code": code_now(secret)})
    rows = b"".join(browser.get(confirmed.headers["Location"]).streaming_content).decode().splitlines()

    assert [row.partition(",")[0] for row in rows[1:]] == ["Hire policy"]
