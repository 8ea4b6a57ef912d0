"""Somebody begins a course, or gets a place, in the very moment in which their two entries are joined."""

from django.urls import reverse

from foundation.core.acting import acting_as
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories.sessions import planned
from tests.factories.training import make_course
from tests.training.browsing import words
from training.actions import learning, sessions
from training.models import Attempt, PageDone, Place


def joined_before(monkeypatch, twice, module, name):
    """The two are joined, on a connection of its own, just after this part of an action has looked."""
    looks = getattr(module, name)

    def joined_meanwhile(*args):
        monkeypatch.setattr(module, name, looks)
        found = looks(*args)
        assert at_once(twice.join) == [None]
        return found

    monkeypatch.setattr(module, name, joined_meanwhile)


def test_who_begins_a_course_then_signs_in_again_and_nothing_is_begun(twice, client_for, monkeypatch, backup):
    course, client = make_course(), client_for(twice.ended)
    joined_before(monkeypatch, twice, learning.permissions, "check_can_learn")

    answer = client.post(reverse("training:course", args=[course.code]))

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"].startswith("/accounts/sign-in/")
    assert not backup(Attempt).exists()


def test_who_puts_a_page_behind_then_signs_in_and_goes_on_where_they_were(twice, client_for, monkeypatch, backup):
    course, client = make_course(), client_for(twice.ended)
    with acting_as(twice.ended):
        attempt = learning.begin(course_id=course.pk, by=twice.ended, now=NOW)
    joined_before(monkeypatch, twice, learning.permissions, "check_can_learn")

    answer = client.post(reverse("training:finish_page", args=[attempt.reference, "welcome"]))

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"].startswith("/accounts/sign-in/")
    assert not backup(PageDone).exists()
    assert backup(Attempt).get().membership_id == twice.kept.membership_id


def test_what_is_not_found_for_another_reason_is_still_not_found(twice, client_for):
    twice.join()

    assert client_for(twice.kept).get(reverse("training:attempt", args=["none-such"])).status_code == 404


def test_who_gives_somebody_a_place_then_reads_that_nothing_was_saved(twice, client_for, monkeypatch, backup):
    session, client = planned(twice.manager, make_course()), client_for(twice.manager)
    monkeypatch.setattr(sessions.TaughtSession, "has_begun", lambda _session, _now: False)
    joined_before(monkeypatch, twice, sessions, "people_on_the_day")

    page = client.post(
        reverse("training:book_people", args=[session.reference]),
        {"member_ids": [twice.ended.membership_id]},
        follow=True,
    )

    assert "Two entries of one person were joined at this moment, so nothing was saved." in words(page)
    assert not backup(Place).exists()
