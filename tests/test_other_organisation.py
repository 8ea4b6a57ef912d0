"""Another organisation's object and one that never was get the same answer, word for word, for every role.

Generated from the URLconf: an address that takes an object and is not matched here fails the first test.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern

from foundation.core.access import all_routes, declared_on
from foundation.organisations.roles import ROLES, Role
from tests.conftest import acting_of, make_membership
from tests.factories.everything import maker_of, one_of_each

# Where a variable part stands, and what kind of thing it names. The longest beginning that fits counts.
KINDS = {
    "/evidence/<slug:reference>": "item",
    "/files/<str:reference>": "file",
    "/compliance/requirements/<slug:code>": "requirement",
    "/compliance/requirements/<slug:code>/evidence/<int:use>": "use",
    "/compliance/reports/<slug:reference>": "report",
    "/compliance/sharing/<slug:partnership>": "partnership",
    "/compliance/sharing/<slug:partnership>/<slug:code>": "benchmark",
    "/risk/assessments/<slug:reference>": "assessment",
    "/risk/assessments/<slug:reference>/risks/<slug:risk>": "risk",
    "/risk/assessments/<slug:reference>/risks/<slug:risk>/controls/<int:control>": "control",
    "/risk/risks/<slug:reference>": "risk",
    "/risk/sharing/<slug:partnership>": "partnership",
    "/risk/sharing/<slug:partnership>/<slug:risk>": "shareable",
    "/action-plans/reporting/<slug:partnership>": "partnership",
    "/action-plans/reporting/<slug:partnership>/<slug:reference>": "action",
    "/risk/risks/<slug:reference>/evidence/<int:use>": "risk_use",
    "/risk/reports/<slug:reference>": "risk_report",
    "/action-plans/<slug:reference>": "plan",
    "/action-plans/actions/<slug:reference>": "action",
    "/action-plans/actions/<slug:reference>/score/<slug:risk>": "risk",
    "/action-plans/reports/<slug:reference>": "plan_report",
    "/action-plans/objectives/<int:pk>": "objective",
    "/risk/import/<slug:reference>": "register_import",
    "/risk/local-profiles/<slug:reference>": "edition",
    "/risk/recommendations/<slug:reference>": "recommendation",
    "/risk/threat-level/<slug:reference>": "level",
    "/risk/reassess/<slug:reference>": "task",
    "/training/certificates/<slug:reference>": "certificate",
    "/training/reports/<slug:reference>": "training_report",
    "/training/courses/<slug:code>": "course",
    "/training/equivalences/<int:pk>": "equivalence",
    "/training/equivalences/courses/<slug:code>": "outside_course",
    "/training/learning/<slug:reference>": "attempt",
    "/training/people/<slug:reference>": "trainee",
    "/training/people/<slug:reference>/<slug:requirement>": "asked_of",
    "/training/records/<slug:reference>": "record",
    "/training/records/imports/<slug:reference>": "completion_import",
    "/training/records/returns/<slug:reference>": "partner_return",
    "/training/learning/<slug:reference>/<slug:page>": "page",
    "/training/requirements/<slug:reference>": "training_requirement",
    "/training/writing/<slug:reference>": "own_course",
    "/training/writing/<slug:reference>/parts/<slug:part>": "part",
    "/training/writing/<slug:reference>/parts/<slug:part>/pages/<slug:kind>": "page_kind",
    "/training/writing/<slug:reference>/questions/<slug:question>": "question",
    "/training/writing/<slug:reference>/pages/<slug:page>": "own_page",
    "/training/writing/<slug:reference>/pages/<slug:page>/pictures/<int:number>": "picture",
    "/training/writing/<slug:reference>/preview/<slug:page>": "own_page",
    "/training/writing/<slug:reference>/versions/<int:number>": "course_version",
    "/training/writing/<slug:reference>/versions/<int:number>/<slug:page>": "own_page",
    "/training/sessions/<slug:reference>": "session",
    "/training/sessions/<slug:reference>/places/<int:place>": "place",
    "/jobs/<slug:reference>": "job",
    "/notifications/<slug:reference>": "notice",
    "/audit/event/<int:event_id>": "event",
    "/audit/object/<str:target_type>": "target_type",
    "/audit/object/<str:target_type>/<str:key>": "event_target",
    "/organisations/teams/<int:team_id>": "team",
    "/organisations/people/<slug:reference>": "person",
    "/organisations/people/<slug:reference>/same/<slug:other>": "same_person",
    "/organisations/people/<slug:reference>/roles/<int:grant_id>": "grant",
    "/organisations/people/<slug:reference>/reset-factors/<int:reset_id>": "reset",
    "/organisations/people/export/<slug:reference>": "export",
    "/organisations/people/import/<slug:reference>": "import",
}
# Of no organisation: a person's own sign-in, the library and the definitions of returns that all share. What members
# share is there for partnerships alone: tests/risk/test_sharing.py and tests/actionplans/sharing ask who sees it.
OF_NOBODY = (
    "/accounts/",
    "/compliance/library/",
    "/training/returns/",
    "/compliance/contributions/",
    "/risk/members/",
    "/action-plans/gathered/",
    "/static/",
)
# Shown to the one whose they are, or as their room decides; a colleague's are as missing as another organisation's.
PERSONAL = {
    "job", "notice", "export", "file", "action", "attempt", "certificate", "trainee", "record", "session", "place",
    "training_report",
}  # fmt: skip
SHARED = {
    "target_type": "evidence.evidenceitem",
    "benchmark": "B6",
    "page": "welcome",
    "page_kind": "text",
    "picture": "1",
    "course_version": "1",
}  # words that everybody uses
MISSING = {"requirement": "NOWHERE-1"} | SHARED
NUMBERS = {"control", "use", "risk_use", "event", "team", "grant", "reset", "objective", "equivalence", "place"}
TYPED = {"decision": "withdraw"}  # one address asks for it; the others do not look at it
VARIABLE = re.compile(r"<[^>]+>")

Found = dict[str, str]


def takes_an_object(route: str, pattern: URLPattern) -> bool:
    access = declared_on(pattern.callback)
    return bool(access and access.kind != "public" and VARIABLE.search(route) and not route.startswith(OF_NOBODY))


ROUTES = [(route, pattern) for route, pattern in all_routes() if takes_an_object(route, pattern)]


def kinds_in(route: str) -> list[str | None]:
    """What each variable part of a route names, from left to right."""
    return [KINDS.get(route[: match.end()]) for match in VARIABLE.finditer(route)]


def address(route: str, named: Found, *, last: Found | None = None) -> str:
    """The route with its parts filled in; the last of them from elsewhere, where given."""
    kinds = kinds_in(route)
    values = [named[kind] for kind in kinds[:-1]] + [(last or named)[kinds[-1]]]
    filled = iter(values)
    return VARIABLE.sub(lambda _: next(filled), route)


def may_open(role: Role, pattern: URLPattern) -> bool:
    """Whether the role's permissions let somebody past the door of this address."""
    permission = declared_on(pattern.callback).permission
    return not permission or permission in ROLES[role].permissions


def nothing_there() -> Found:
    """A name of each kind that nobody has."""
    fitting = {kind: "999999999" if kind in NUMBERS else "ZZZZ-ZZZZ" for kind in KINDS.values()}
    return fitting | MISSING


def answers(client: Client, address: str) -> dict[str, tuple[int, str]]:
    """Status and words of what GET and POST answer. What they did is undone: the next finds everything as it was."""
    found = {}
    for method in ("get", "post"):
        with transaction.atomic():
            response = getattr(client, method)(address, TYPED if method == "post" else None)
            found[method] = (response.status_code, words_of(response))
            transaction.set_rollback(True)
    return found


def words_of(response: HttpResponseBase) -> str:
    """The page less what differs at every request."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", content.decode(errors="replace"))


@pytest.fixture
def theirs(other_organisation: Any) -> Found:
    return one_of_each(maker_of(other_organisation), "THEIRS-1") | SHARED


@pytest.fixture
def ours(organisation: Any) -> Found:
    return one_of_each(maker_of(organisation), "OURS-1") | SHARED


@pytest.fixture
def client(organisation: Any, client_for: Callable[..., Client]) -> Callable[[Role], Client]:
    """``client(role)``: somebody of the organisation with that role and no other."""
    return lambda role: client_for(acting_of(make_membership(organisation, role, name="Asker")))


def test_every_address_that_takes_an_object_says_what_kind_of_object():
    unmatched = [route for route, _ in ROUTES if None in kinds_in(route)]

    assert unmatched == [], "say in KINDS what they name, and make one in tests/factories/everything.py"


@pytest.mark.parametrize("role", list(Role))
def test_their_object_is_as_missing_as_one_that_never_was(theirs: Found, client: Callable[[Role], Client], role: Role):
    browser, never, told_apart = client(role), nothing_there(), {}

    for route, pattern in ROUTES:
        expected = {404, 405} if may_open(role, pattern) else {403}
        there = answers(browser, address(route, theirs))
        if there != answers(browser, address(route, never)) or {status for status, _ in there.values()} - expected:
            told_apart[route] = {method: status for method, (status, _) in there.items()}

    assert told_apart == {}


@pytest.mark.parametrize("role", list(Role))
def test_their_part_of_our_object_is_as_missing_too(
    ours: Found, theirs: Found, client: Callable[[Role], Client], role: Role
):
    """One's own person with another organisation's role grant, one's own requirement with their evidence link."""
    browser, never, told_apart = client(role), nothing_there(), {}
    nested = [each for each in ROUTES if len(kinds_in(each[0])) > 1 and kinds_in(each[0])[-1] not in SHARED]

    for route, pattern in nested:
        expected = {404, 405} if may_open(role, pattern) else {403}
        there = answers(browser, address(route, ours, last=theirs))
        nowhere = answers(browser, address(route, ours, last=never))
        if there != nowhere or {status for status, _ in there.values()} - expected:
            told_apart[route] = {method: status for method, (status, _) in there.items()}

    assert len(nested) == 42
    assert told_apart == {}


@pytest.mark.parametrize("role", list(Role))
def test_ones_own_is_there_for_exactly_the_roles_that_may(ours: Found, client: Callable[[Role], Client], role: Role):
    browser, wrong = client(role), {}

    for route, pattern in ROUTES:
        statuses = {status for status, _ in answers(browser, address(route, ours)).values()}
        if may_open(role, pattern):
            is_right = 404 not in statuses or PERSONAL & set(kinds_in(route))
        else:
            is_right = statuses == {403}
        if not is_right:
            wrong[route] = statuses

    assert wrong == {}


def test_the_one_who_made_them_finds_all_of_them(organisation: Any, client_for: Callable[..., Client]):
    """Otherwise the tests above would prove nothing: an address that leads nowhere is missing for everybody."""
    maker = maker_of(organisation)
    made = one_of_each(maker, "OURS-1") | SHARED
    browser = client_for(maker)

    found = {route: answers(browser, address(route, made)) for route, _ in ROUTES}

    assert {route for route, each in found.items() if 404 in {status for status, _ in each.values()}} == set()
