"""Somebody begins a course, or gets a place, in the very moment in which their two entries are joined."""

from django.urls import reverse

from tests.at_once import at_once
from tests.factories.sessions import planned
from tests.factories.training import make_course
from tests.training.browsing import words
from training.actions import learning, sessions
from training.models import Attempt, Place


def joined_meanwhile(monkeypatch, twice, module, name, *, first=False):
    """The two are joined, on a connection of its own, just before or after this part of an action."""
    does = getattr(module, name)

    def beside(*args):
        found = None if first else does(*args)
        assert at_once(twice.join) == [None]
        return does(*args) if first else found

    monkeypatch.setattr(module, name, beside)


def test_who_begins_a_course_then_signs_in_again_and_nothing_is_begun(twice, client_for, monkeypatch, backup):
    course, client = make_course(), client_for(twice.ended)
    joined_meanwhile(monkeypatch, twice, learning, "_locked_open", first=True)

    answer = client.post(reverse("training:course", args=[course.code]))

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"].startswith("/accounts/sign-in/")
    assert not backup(Attempt).exists()


def test_who_gives_somebody_a_place_then_reads_that_nothing_was_saved(twice, client_for, monkeypatch, backup):
    session, client = planned(twice.manager, make_course()), client_for(twice.manager)
    monkeypatch.setattr(sessions.TaughtSession, "has_begun", lambda _session, _now: False)
    joined_meanwhile(monkeypatch, twice, sessions, "people_on_the_day")

    page = client.post(
        reverse("training:book_people", args=[session.reference]),
        {"member_ids": [twice.ended.membership_id]},
        follow=True,
    )

    assert "Two entries of one person were joined at this moment, so nothing was saved." in words(page)
    assert not backup(Place).exists()
