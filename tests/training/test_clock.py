"""No time comes from a learner's browser: whatever its clock says and whatever it sends, the server's day counts."""

import ast
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
import time_machine
from django import forms
from django.apps import apps
from django.db import models
from django.urls import reverse

from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.factories.learning import answer, begin, chosen, up_to
from tests.factories.records import outside_course
from tests.factories.sessions import TOMORROW, planned
from tests.factories.training import make_course, small_content
from training.content import Module, Page
from training.models import Attempt, Completion, PageDone, Place, Reply

ROOT = Path(__file__).resolve().parents[2]
VIEWS = sorted(
    path
    for room in ("training", "foundation", "home", "risk", "compliance", "actionplans", "audit")
    for path in (ROOT / room).rglob("*.py")
    if "views" in path.parts or path.name == "views.py"
)
AHEAD = {  # what a browser with a wrong clock, or somebody who would like it to be wrong, may send along
    "now": "2030-01-01T00:00:00Z", "at": "2030-01-01T00:00:00Z", "moved_at": "2020-01-01T00:00:00Z",
    "started_at": "2020-01-01T00:00:00Z", "completed_on": "2020-01-01", "completed_on_0": "1", "completed_on_1": "1",
    "completed_on_2": "2020", "replied_at": "2020-01-01T00:00:00Z", "booked_at": "2020-01-01T00:00:00Z",
    "timezone": "Pacific/Kiritimati",
}  # fmt: skip
CLOCK = {"HTTP_DATE": "Tue, 01 Jan 2030 00:00:00 GMT", "HTTP_X_CLIENT_TIME": "1893456000"}


def slow_course():
    page = Page("welcome", "Welcome", body="Read this.", least_seconds=60)
    first, *rest = small_content().modules
    module = Module(first.title, (page, *first.pages[1:]), first.questions)
    return make_course(content=small_content(modules=(module, *rest)))


# ---- In the code
def moments_given(path: Path) -> list[str]:
    """The values given for ``now=`` in a file of views."""
    tree = ast.parse(path.read_text())
    return [
        ast.unparse(keyword.value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "now"
    ]


def names_of_the_clock(path: Path) -> set[str]:
    """The names to which a file of views gives the server's time."""
    return {
        ast.unparse(target)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        for target, value in _pairs(node)
        if ast.unparse(value) == "timezone.now()"
    }


def _pairs(node: ast.Assign):
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def test_every_view_gives_actions_the_time_of_the_server():
    elsewhere = {
        f"{path.relative_to(ROOT)}: {each}"
        for path in VIEWS
        for each in set(moments_given(path)) - names_of_the_clock(path)
        if each != "timezone.now()"
    }

    assert elsewhere == GIVEN


# No time, but the level that stands now, for a page.
GIVEN = {"risk/views/threat.py: threat.level_in_force(request.acting, timezone.localdate())"}


def test_the_days_that_people_type_in_training_are_of_what_was_done_elsewhere_and_of_what_is_planned():
    typed = set()
    for path in sorted((ROOT / "training" / "forms").glob("*.py")):
        module = import_module(f"training.forms.{path.stem}")
        for form in vars(module).values():
            if isinstance(form, type) and issubclass(form, forms.Form):
                typed |= {name for name, field in form.base_fields.items() if isinstance(field, MOMENTS)}

    assert typed == TYPED


MOMENTS = (forms.DateField, forms.DateTimeField, forms.TimeField, forms.MultiValueField)
TYPED = {
    "completed_on", "starts_on", "ends_on", "due_on", "as_at", "window_from", "started_from", "started_to", "day",
    "closes_on", "reviewed_on", "review_due_on",
}  # fmt: skip


# ---- On the way through a course
@time_machine.travel(NOW, tick=False)
def test_the_least_time_to_read_is_counted_by_the_server(committed, acting_for, client_for, backup):
    learner = acting_for("staff")
    attempt = begin(learner, slow_course())
    client = client_for(learner)
    address = reverse("training:finish_page", args=[attempt.reference, "welcome"])

    client.post(address, AHEAD, **CLOCK)
    too_soon = backup(PageDone).count()
    with time_machine.travel(NOW + timedelta(seconds=61), tick=False):
        client.post(address, {"now": "2020-01-01T00:00:00Z"}, **CLOCK)

    assert too_soon == 0
    assert backup(PageDone).get().done_at == NOW + timedelta(seconds=61)
    assert backup(Attempt).get().started_at == NOW


@time_machine.travel(NOW, tick=False)
def test_an_answer_and_what_it_completes_bear_the_time_of_the_server(committed, acting_for, client_for, backup):
    learner = acting_for("staff")
    attempt = up_to(learner, begin(learner, make_course()), "final-check")
    picked = {f"answer-{code}": "0" for code in chosen(learner, attempt, "final-check")}

    client_for(learner).post(
        reverse("training:page", args=[attempt.reference, "final-check"]), AHEAD | picked | {"number": "1"}, **CLOCK
    )

    assert backup(Completion).get().completed_on == NOW.date()
    assert (backup(Reply).get(page="final-check").replied_at, backup(Attempt).get().ended_at) == (NOW, NOW)


def test_an_answer_that_is_sent_again_after_a_lost_connection_keeps_its_first_time(committed, acting_for, backup):
    learner = acting_for("staff")
    attempt = up_to(learner, begin(learner, make_course()), "a-worry")
    first = answer(learner, attempt, "a-worry")

    with acting_as(learner):
        again = answer(learner, attempt, "a-worry", now=NOW + timedelta(hours=3))

    assert again.pk == first.pk
    assert backup(Reply).get(page="a-worry").replied_at == NOW


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 23, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_a_course_is_done_on_the_day_that_it_is_in_london(committed, acting_for, backup, moment, day):
    learner = acting_for("staff", at=moment)
    attempt = up_to(learner, begin(learner, make_course(), now=moment), "final-check", now=moment)

    answer(learner, attempt, "final-check", now=moment)

    assert backup(Completion).get().completed_on == day


# ---- Elsewhere and in a room
@time_machine.travel(NOW, tick=False)
def test_a_day_that_has_not_come_for_the_server_is_refused_whatever_the_browser_thinks(
    committed, acting_for, client_for, backup
):
    learner, course = acting_for("staff"), outside_course()
    typed = {
        "course_id": str(course.pk), "completed_on_0": "24", "completed_on_1": "11", "completed_on_2": "2026",
        "mode": "e_learning", "number": "K-17",
    }  # fmt: skip

    page = client_for(learner).post(reverse("training:declare"), typed, **CLOCK)

    assert "The day it was done must not be in the future." in page.content.decode()
    assert backup(Completion).count() == 0


def test_booking_closes_by_the_clock_of_the_server(committed, acting_for, client_for, backup):
    manager, learner = acting_for("training_manager"), acting_for("staff")
    session = planned(manager, outside_course(), closes_at=TOMORROW - timedelta(hours=1))
    address = reverse("training:book", args=[session.reference])
    early = {"now": "2026-11-23T00:00:00Z", "booked_at": "2026-11-23T00:00:00Z"}

    with time_machine.travel(TOMORROW - timedelta(minutes=59), tick=False):
        client_for(learner).post(address, early, HTTP_DATE="Mon, 23 Nov 2026 00:00:00 GMT")
    too_late = backup(Place).count()
    with time_machine.travel(TOMORROW - timedelta(minutes=61), tick=False):
        client_for(learner).post(address, early, HTTP_DATE="Fri, 27 Nov 2026 00:00:00 GMT")

    assert too_late == 0
    assert backup(Place).get().booked_at == TOMORROW - timedelta(minutes=61)


def test_no_moment_of_training_is_filled_in_by_the_database_or_the_model():
    """A default would be another clock than the one that actions are given."""
    with_default = [
        str(field)
        for model in apps.get_app_config("training").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateField) and (field.has_default() or field.auto_now or field.auto_now_add)
    ]

    assert with_default == []
