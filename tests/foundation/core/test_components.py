"""The frame of every page and the components: what they show, to whom, and that nothing shown is trusted as markup."""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.test import RequestFactory

from foundation.accounts import session_rules
from foundation.accounts.models import User
from foundation.core.editing import Conflict, Difference
from foundation.core.templatetags.portal import summary_row

ROOT = Path(__file__).parents[3]
BAIT = "<script>alert(1)</script>"
LONG_NAME = "Severnshire and the Forest Combined County Authority for Safeguarding and Community Safety"
THEN = datetime(2026, 3, 4, 14, 5, tzinfo=UTC)


def shown(component: str, **context: Any) -> str:
    request = RequestFactory().get("/somewhere/?theme=risk")
    request.memberships = context.pop("memberships", [1])
    request.acting, request.user = None, context.pop("user", AnonymousUser())
    return render_to_string(f"components/{component}.html", context, request)


def acting(organisation: str = LONG_NAME) -> SimpleNamespace:
    return SimpleNamespace(
        organisation=SimpleNamespace(name=organisation),
        user=SimpleNamespace(name="Morwenna Llewellyn"),
        withheld_roles=None,
    )


def text(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


# ---- The frame -----------------------------------------------------------------------------------------------------
def test_the_header_names_the_whole_organisation_acted_for():
    assert LONG_NAME in text(shown("header", acting=acting()))


@pytest.mark.parametrize(("memberships", "offered"), [([1], False), ([1, 2], True)])
def test_changing_the_organisation_is_offered_to_people_of_several(memberships, offered):
    header = shown("header", acting=acting(), memberships=memberships)

    assert ("/organisations/switch/" in header) is offered


@pytest.mark.parametrize(("unread", "said"), [(0, "Notices Morwenna"), (12, "Notices 12 unread Morwenna")])
def test_the_header_counts_unread_notices(unread, said):
    assert said in text(shown("header", acting=acting(), unread_notices=unread))


def test_somebody_signed_out_sees_only_the_name_of_the_portal():
    header = shown("header", acting=None, portal_name="Prevent Portal", memberships=None)

    assert text(header) == "Prevent Portal"


def test_somebody_who_acts_for_no_organisation_can_sign_out():
    assert "Sign out" in text(shown("header", acting=None, memberships=[], user=User(name="Morwenna")))


def test_the_warning_before_time_out_comes_while_the_server_still_knows_the_session():
    seconds = re.findall(r'data-idle-seconds="(\d+)"', shown("session"))

    assert seconds == [str(int((session_rules.IDLE - session_rules.SEEN_EVERY).total_seconds()))]


def test_a_message_of_success_is_an_alert_and_any_other_a_region():
    messages = [Message(25, "Saved"), Message(20, "Two reports are ready")]

    markup = shown("messages", messages=messages)

    assert re.findall(r'role="(\w+)"', markup) == ["alert", "region"]


# ---- Components ----------------------------------------------------------------------------------------------------
BAITED: dict[str, dict[str, Any]] = {
    "back": {"url": "/", "label": BAIT},
    "breadcrumbs": {"crumbs": [(BAIT, "/"), (BAIT, "")]},
    "chart": {"chart": SimpleNamespace(caption=BAIT, svg="", headers=(BAIT, "n"), rows=((BAIT, 1),))},
    "conflict": {"fields": [{"label": BAIT, "theirs": BAIT, "mine": "x"}], "who": BAIT, "at": THEN, "address": BAIT},
    "empty": {"title": BAIT, "text": BAIT, "url": "/", "action": BAIT},
    "figures": {"figures": [{"value": BAIT, "label": BAIT, "of": BAIT, "change": BAIT}]},
    "file_row": {"name": BAIT, "size": 10, "state": BAIT, "colour": "red", "note": BAIT, "kind": BAIT},
    "flags": {"flags": [{"text": BAIT, "url": "/", "action": BAIT}]},
    "header": {"acting": acting(BAIT), "portal_name": BAIT, "navigation": [SimpleNamespace(label=BAIT, url="/")]},
    "history": {"entries": [{"what": BAIT, "at": THEN, "who": BAIT, "detail": BAIT}]},
    "let_go": {"address": BAIT, "words": BAIT},
    "marking": {"marking": BAIT},
    "messages": {"messages": [Message(20, BAIT), Message(25, BAIT)]},
    "progress": {"done": 1, "total": 2, "label": BAIT},
    "subnav": {"label": BAIT, "items": [SimpleNamespace(label=BAIT, url="/")]},
    "typed": {"editor": SimpleNamespace(conflict=Conflict([Difference(BAIT, BAIT, BAIT)], BAIT, THEN), address=BAIT)},
    "task_list": {"tasks": [{"title": BAIT, "url": "/", "hint": BAIT}, {"title": BAIT}]},
    "warning": {"text": BAIT},
}
WITHOUT_TEXT_OF_OTHERS = {
    "demonstration", "export_links", "filter", "filter_field", "footer", "gallery", "list_head", "pagination",
    "session",
}  # fmt: skip


@pytest.mark.parametrize("component", BAITED)
def test_a_component_shows_markup_as_text(component):
    markup = shown(component, **BAITED[component])

    assert "<script" not in markup
    assert "&lt;script&gt;" in markup


def test_every_component_is_tried_with_markup_in_it():
    written = {path.stem for path in (ROOT / "templates/components").glob("*.html")}

    assert written == BAITED.keys() | WITHOUT_TEXT_OF_OTHERS


def test_a_long_text_keeps_its_lines():
    markup = shown("history", entries=[{"what": "Saved", "at": THEN, "detail": "One\nTwo"}])

    assert '<p class="portal-timeline__detail portal-typed">One\nTwo</p>' in markup


def test_the_two_sides_of_a_conflict_are_named():
    markup = shown("conflict", fields=[{"label": "Owner", "theirs": "Hal", "mine": ""}], who="Hal Benbow", at=THEN)

    assert text(markup).endswith("Owner Saved by Hal Benbow, 4 March 2026, 2:05pm Hal Yours, not saved yet Nothing")


# ---- Style ---------------------------------------------------------------------------------------------------------
def test_every_class_of_ours_that_a_page_uses_has_a_style():
    styles = "\n".join(path.read_text() for path in (ROOT / "static/src").glob("*.scss"))
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "pdf" not in path.parts]
    used = {
        name
        for page in pages
        for group in re.findall(r'class="([^"]*)"', re.sub(r"{#.*?#}", "", page.read_text()))
        for name in re.sub(r"{%.*?%}", " ", group).split()
        if name.startswith("portal-") and "{" not in name and not name.endswith("-")
    }
    styled = set(re.findall(r"\.(portal-[\w-]+)", styles))

    assert used - styled - {"portal-table--scroll"} == set()  # read by portal/lists.js


def brightness(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


TOKENS = dict(re.findall(r"^\$([\w-]+): (#\w{6});", (ROOT / "static/src/_tokens.scss").read_text(), re.M))


@pytest.mark.parametrize("paper", ["#ffffff", "paper-soft", "brand-pale"])
@pytest.mark.parametrize("ink", ["ink", "ink-soft", "brand", "brand-dark"])
def test_words_stand_out_from_what_they_are_written_on(ink, paper):
    assert contrast(TOKENS[ink], TOKENS.get(paper, paper)) >= 4.5


@pytest.mark.parametrize("paper", ["poor-pale", "part-pale", "good-pale"])
def test_words_stand_out_from_a_flag(paper):
    assert contrast(TOKENS["ink"], TOKENS[paper]) >= 7


@pytest.mark.parametrize("line", ["brand", "good", "poor"])
def test_a_line_that_means_something_can_be_seen(line):
    assert contrast(TOKENS[line], "#ffffff") >= 3


def test_a_summary_row_shows_markup_as_text_and_keeps_lines():
    row = summary_row(BAIT, f"{BAIT}\nTwo", typed=True, url="/x/", action=BAIT)

    assert "<script" not in row
    assert row.count("&lt;script&gt;") == 4  # the key once more for those who hear the link
    assert 'portal-typed">' in row
    assert "\nTwo</dd>" in row
