"""Every address, every role, own and other organisation, signed out: generated from the URLconf."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern

from foundation.core.access import all_routes, declared_on
from foundation.organisations.roles import ROLES, Role
from tests.conftest import acting_of, make_membership

ROUTES = list(all_routes())
EXAMPLES = {"int": "999999", "slug": "ZZZZ-ZZZZ", "str": "nothing-here", "path": "x", "uuid": "0" * 32}


def address(route: str) -> str:
    """An address that fits the route and leads to nothing."""
    filled = re.sub(r"<(?:(\w+):)?\w+>", lambda found: EXAMPLES[found.group(1) or "str"], route)
    filled = re.sub(r"\(\?P<\w+>(?:[^()]|\([^)]*\))*\)", "x", filled)
    return filled.replace("^", "").replace("$", "").replace("\\", "")


def names(routes: list[tuple[str, URLPattern]]) -> list[str]:
    return [route for route, _ in routes]


def kind(pattern: URLPattern) -> str:
    return declared_on(pattern.callback).kind


def test_every_route_declares_who_may_open_it():
    assert [route for route, pattern in ROUTES if declared_on(pattern.callback) is None] == []


def test_every_public_route_says_why():
    assert [route for route, p in ROUTES if kind(p) == "public" and len(declared_on(p.callback).why) < 15] == []


CLOSED = [(route, p) for route, p in ROUTES if kind(p) != "public"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("route", "pattern"), CLOSED, ids=names(CLOSED))
def test_signed_out_leads_to_signing_in(db, route, pattern, method):
    response = getattr(Client(), method)(address(route))

    assert (response.status_code, response.headers["Location"].partition("?")[0]) == (302, "/accounts/sign-in/")


ROLE_CLOSED = [(route, p) for route, p in ROUTES if kind(p) == "requires"]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_without_the_permission_is_refused_everywhere(organisation, client_for: Callable, role):
    acting = acting_of(make_membership(organisation, role))
    client = client_for(acting)

    wrong = {}
    for route, pattern in ROLE_CLOSED:
        permission = declared_on(pattern.callback).permission
        if permission in ROLES[role].permissions:
            continue
        for method in ("get", "post"):
            status = getattr(client, method)(address(route)).status_code
            if status != 403:
                wrong[f"{method} {route}"] = status

    assert wrong == {}


@pytest.mark.parametrize("role", list(Role))
def test_what_does_not_exist_is_not_found_and_never_fails(organisation, client_for: Callable, role):
    acting = acting_of(make_membership(organisation, role))
    client = client_for(acting)

    failed = {}
    for route, pattern in ROLE_CLOSED:
        if declared_on(pattern.callback).permission not in ROLES[role].permissions:
            continue
        for method in ("get", "post"):
            status = getattr(client, method)(address(route)).status_code
            expected = {200, 302, 404, 405, 409} if "<" not in route else {404, 405, 302}
            if status not in expected:
                failed[f"{method} {route}"] = status

    assert failed == {}


def test_a_password_alone_opens_nothing_but_the_way_to_a_second_factor(organisation):
    acting = acting_of(make_membership(organisation, "prevent_lead"))
    client = Client()
    client.force_login(acting.user)

    opened = [
        route
        for route, pattern in CLOSED
        if not declared_on(pattern.callback).before_second_factor
        and client.get(address(route)).status_code not in {302, 403}
    ]

    assert opened == []


def test_every_answer_carries_the_headers_that_keep_it_safe(organisation, client_for):
    client = client_for(acting_of(make_membership(organisation, *[r for r in Role if r != Role.INSPECTOR])))

    missing = {}
    for route, _pattern in ROUTES:
        response = client.get(address(route))
        wanted = {
            "Content-Security-Policy": "default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=()",
            "Cache-Control": "no-store",
        }
        for header, part in wanted.items():
            value = response.headers.get(header, "")
            if part not in value and not (header == "Content-Security-Policy" and value == "sandbox"):
                missing.setdefault(route, []).append(header)
        if "unsafe" in response.headers.get("Content-Security-Policy", ""):
            missing.setdefault(route, []).append("unsafe")

    assert missing == {}
