"""“Book a session” also leads to sessions of courses that count for the one that is asked, and says so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from foundation.core.acting import acting_as
from tests.factories.records import outside_course as portal_course
from tests.factories.records import recorded
from tests.factories.requirements import ask, equivalence, outside_course
from tests.training.browsing import cells, words
from tests.training.sessions.test_session_pages import BEFORE, SOON, soon

LINK = "Book a session"


@pytest.fixture
def other(manager):
    return outside_course(manager, "An evening with the police")


@pytest.fixture
def browser(learner, client_for):
    return client_for(learner)


@pytest.fixture
def asked(manager, course, learner):
    return ask(manager, course, now=BEFORE)


def listed(browser, course):
    page = browser.get(f"/training/sessions/?course={course.code}")
    return page, [row.title for row in page.context["page"].items]


def test_a_session_of_a_course_that_counts_is_offered_in_words(asked, manager, course, other, browser):
    equivalence(manager, other, course)
    soon(manager, other, title="An evening")
    soon(manager, outside_course(manager, "Something else"), title="Something else")

    mine = words(browser.get("/training/"))
    page, titles = listed(browser, course)

    assert "of a course that counts for this one: An evening with the police" in mine
    assert titles == ["An evening"]
    assert f"Sessions of “{course.title}”, and of courses that count for it." in words(page)
    assert f"Counts for “{course.title}”" in cells(page)


def test_beside_the_courses_own_sessions_both_are_named(asked, manager, course, other, browser):
    equivalence(manager, other, course)
    soon(manager, course, title="Its own")
    soon(manager, other, title="An evening", starts_at=SOON + timedelta(days=1))

    mine = words(browser.get("/training/"))

    assert "of this course, or of one that counts for it: An evening with the police" in mine
    assert listed(browser, course)[1] == ["Its own", "An evening"]


def test_its_own_sessions_alone_are_said_without_more(asked, manager, course, other, browser):
    equivalence(manager, other, course)
    soon(manager, course)

    page = browser.get("/training/")

    assert LINK in words(page)
    assert "counts for" not in words(page)


def test_the_other_way_round_it_does_not_count(asked, manager, course, other, browser):
    equivalence(manager, course, other)
    soon(manager, other)

    assert LINK not in words(browser.get("/training/"))
    assert listed(browser, course)[1] == []


def test_what_counts_only_after_the_course_is_offered_to_who_did_it(asked, manager, learner, course, other, browser):
    equivalence(manager, other, course, only_after=True)
    soon(manager, other, title="A refresher")

    before = words(browser.get("/training/"))
    recorded(manager, learner.membership, course, on=timezone.localdate(BEFORE), now=timezone.now())
    after = words(browser.get("/training/"))

    assert [LINK in each for each in (before, after)] == [False, True]
    assert f"Counts if you did “{course.title}” before" in cells(listed(browser, course)[0])


@pytest.mark.parametrize(("ends_in", "is_offered"), [(2, False), (3, True)])
def test_a_session_after_the_last_day_on_which_it_counts_is_not_offered(
    asked, manager, course, other, browser, ends_in, is_offered
):
    row = equivalence(manager, other, course)
    soon(manager, other, title="An evening")
    with acting_as(manager):
        type(row).objects.filter(pk=row.pk).update(ended_on=timezone.localdate() + timedelta(days=ends_in))

    assert (LINK in words(browser.get("/training/"))) == is_offered
    assert (listed(browser, course)[1] == ["An evening"]) == is_offered


def test_what_another_organisation_counts_does_not_count_here(
    asked, manager, acting_for, other_organisation, course, browser
):
    theirs = acting_for("training_manager", organisation=other_organisation, name="Theirs")
    portals = portal_course("Elsewhere")
    soon(manager, portals, title="Elsewhere")

    equivalence(theirs, portals, course)

    assert LINK not in words(browser.get("/training/"))
    assert listed(browser, course)[1] == []


@pytest.mark.parametrize("typed", ["nowhere", "%00", "not a code"])
def test_a_course_that_is_none_lists_nothing_or_everything_and_never_fails(manager, course, browser, typed):
    soon(manager, course)

    assert browser.get(f"/training/sessions/?course={typed}").status_code == 200
