"""What counts for what: adding, ending, courses from outside, and the figures that follow."""

from datetime import timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.learning import complete
from tests.factories.requirements import ask, equivalence, outside_course, run_jobs
from tests.factories.training import make_course, withdraw
from tests.training.browsing import cells
from training import actions
from training.actions import equivalences, requirements
from training.actions.recording import Done, record
from training.models import Assignment, Came, Course, Equivalence

TABLE = "/training/equivalences/"


@pytest.fixture
def manager(acting_for):
    return acting_for("training_manager", name="Leila Manager")


@pytest.fixture
def browser(manager, client_for):
    return client_for(manager)


@pytest.fixture
def awareness(_database):
    return make_course("prevent-awareness", title="Prevent awareness course")


def did(manager, course, days_ago=0):
    """The manager's colleague, and that they did a course from outside."""
    colleague = make_membership(manager.organisation, name="Ann Bowen")
    done = Done(course_id=course.pk, completed_on=(NOW - timedelta(days=days_ago)).date())
    with acting_as(manager):
        record(membership_id=colleague.pk, done=done, came=Came.MANUAL, by=manager, now=NOW)
    return colleague


def done_on(manager, colleague):
    with acting_as(manager):
        return Assignment.objects.get(membership=colleague, known_until__isnull=True).done_on


# ---- What follows
def test_what_was_done_before_counts_as_soon_as_the_course_counts_for_another(manager, awareness):
    outside = outside_course(manager)
    colleague = did(manager, outside)
    ask(manager, awareness)
    before = done_on(manager, colleague)

    equivalence(manager, outside, awareness)
    worked_out = run_jobs(manager)

    assert (before, worked_out) == (None, 1)
    assert done_on(manager, colleague) == NOW.date()


def test_months_of_its_own_end_it_earlier_than_the_requirement_says(manager, awareness):
    outside = outside_course(manager)
    colleague = did(manager, outside)
    equivalence(manager, outside, awareness, months=6)

    ask(manager, awareness, months=24)

    with acting_as(manager):
        row = Assignment.objects.get(membership=colleague, known_until__isnull=True)
        assert row.valid_until.isoformat() == "2027-05-23"


def test_a_refresher_counts_only_for_those_who_did_the_other_course_before(manager, awareness):
    refresher = outside_course(manager, "A refresher")
    new, known = did(manager, refresher), did(manager, awareness, days_ago=20)
    with acting_as(manager):
        record(
            membership_id=known.pk, done=Done(course_id=refresher.pk, completed_on=NOW.date()), came=Came.MANUAL,
            by=manager, now=NOW,
        )  # fmt: skip
    equivalence(manager, refresher, awareness, only_after=True)

    ask(manager, awareness)

    assert (done_on(manager, new), done_on(manager, known)) == (None, NOW.date())


def test_what_is_done_after_it_was_ended_counts_no_longer_and_what_was_done_before_does(manager, awareness):
    outside = outside_course(manager)
    earlier = did(manager, outside)
    row = equivalence(manager, outside, awareness)
    ask(manager, awareness)
    later = NOW + timedelta(days=3)

    with acting_as(manager):
        equivalences.end_equivalence(equivalence_id=row.pk, by=manager, now=NOW)
        someone = make_membership(manager.organisation, name="Dev Patel")
        record(
            membership_id=someone.pk, done=Done(course_id=outside.pk, completed_on=later.date()), came=Came.MANUAL,
            by=manager, now=later,
        )  # fmt: skip
    run_jobs(manager, now=later)

    assert (done_on(manager, earlier), done_on(manager, someone)) == (NOW.date(), None)


def test_only_requirements_that_ask_for_the_course_are_worked_out(manager, awareness):
    outside = outside_course(manager)
    ask(manager, awareness)
    ask(manager, make_course("other", title="Other"), title="Another")
    gone = ask(manager, awareness, title="Gone")
    with acting_as(manager):
        requirements.withdraw(requirement_id=gone.pk, version=1, by=manager, now=NOW)

    equivalence(manager, outside, awareness)

    assert run_jobs(manager) == 1


# ---- Refusals
def test_the_same_two_courses_are_said_of_once(manager, awareness):
    outside = outside_course(manager)
    equivalence(manager, outside, awareness)

    with pytest.raises(RuleBroken, match="You have said of these two courses already"):
        equivalence(manager, outside, awareness)


def test_a_withdrawn_course_cannot_count(manager, awareness):
    outside = outside_course(manager)
    with acting_as(manager):
        equivalences.withdraw_outside_course(course_id=outside.pk, by=manager, now=NOW)

    with pytest.raises(RuleBroken, match="Select two courses of the list"):
        equivalence(manager, outside, awareness)


def test_a_course_of_another_organisation_cannot_count(manager, awareness, other_organisation):
    theirs = outside_course(acting_of(make_membership(other_organisation, "training_manager")))

    with pytest.raises(RuleBroken, match="Select two courses of the list"):
        equivalence(manager, theirs, awareness)


def test_a_course_that_is_asked_for_is_not_withdrawn(manager):
    outside = outside_course(manager)
    ask(manager, outside, title="A day for all")

    with acting_as(manager), pytest.raises(RuleBroken, match="“A day for all” asks people for this course"):
        equivalences.withdraw_outside_course(course_id=outside.pk, by=manager, now=NOW)


def test_the_same_course_by_the_same_provider_is_added_once(manager):
    outside_course(manager, "A day")

    with pytest.raises(RuleBroken, match="You have a course with this title by this provider already"):
        outside_course(manager, "a DAY")


# ---- Pages
def test_the_table_shows_the_portals_rows_apart_from_ones_own_and_a_link_only_at_those(manager, browser, awareness):
    outside = outside_course(manager)
    row = equivalence(manager, outside, awareness, months=12)

    page = browser.get(TABLE)

    assert [each.pk for each in page.context["own"]] == [row.pk]
    assert "A day with the police The police Prevent awareness course 12 months It teaches the same." in cells(page)
    assert page.content.decode().count("/end/") == 1


def test_whoever_reads_sees_the_table_and_no_link_to_change_it(manager, acting_for, client_for, awareness):
    equivalence(manager, outside_course(manager), awareness)

    page = client_for(acting_for("assurer")).get(TABLE)

    assert "It teaches the same." in cells(page)
    assert "/end/" not in page.content.decode()
    assert "Let a course count for another" not in cells(page)


def test_adding_one_on_its_page_keeps_it_and_says_so(manager, browser, awareness):
    outside = outside_course(manager)
    sent = {"done_id": outside.pk, "counts_for_id": awareness.pk, "months": "12", "reason": "It teaches the same."}

    page = browser.post(f"{TABLE}new/", sent, follow=True)

    with acting_as(manager):
        row = Equivalence.objects.get(organisation=manager.organisation)
    assert (row.done_id, row.counts_for_id, row.months, row.only_after) == (outside.pk, awareness.pk, 12, False)
    assert "It counts from now on" in cells(page)


def test_a_course_does_not_count_for_itself(browser, awareness):
    sent = {"done_id": awareness.pk, "counts_for_id": awareness.pk, "reason": "Why not?"}

    page = browser.post(f"{TABLE}new/", sent)

    assert page.context["form"].errors == {"counts_for_id": ["Select two courses: each counts for itself anyway"]}


def test_what_was_typed_of_a_pair_waits_after_an_error(browser, awareness):
    browser.post(f"{TABLE}new/", {"done_id": awareness.pk, "reason": "A long reason"})

    later = browser.get(f"{TABLE}new/")

    assert later.context["form"]["reason"].value() == "A long reason"
    assert "what you typed last time" in cells(later)


def test_ending_one_asks_for_confirmation(manager, browser, awareness):
    row = equivalence(manager, outside_course(manager), awareness)

    unsure = browser.post(f"{TABLE}{row.pk}/end/")
    page = browser.post(f"{TABLE}{row.pk}/end/", {"sure": "on"}, follow=True)

    assert unsure.context["form"].errors == {"sure": ["Confirm that it is not to count any longer"]}
    assert "What is done after today does not count any longer" in cells(page)
    assert [each.pk for each in page.context["ended"]] == [row.pk]


def test_a_course_from_outside_is_added_and_withdrawn_on_its_pages(manager, browser):
    sent = {
        "title": "A day",
        "provider": "The police",
        "level": "awareness",
        "minutes": "",
        "summary": "What to notice.",
    }
    browser.post(f"{TABLE}courses/new/", sent)
    with acting_as(manager):
        course = Course.objects.get(organisation=manager.organisation)

    page = browser.post(f"{TABLE}courses/{course.code}/withdraw/", {"sure": "on"}, follow=True)

    assert (course.title, course.provider, course.minutes) == ("A day", "The police", 0)
    assert course.code.startswith("a-day-")
    assert "Course withdrawn" in cells(page)


# ---- A course from outside is not done here
def test_a_course_from_outside_cannot_be_begun(manager):
    outside = outside_course(manager)

    with acting_as(manager), pytest.raises(RuleBroken, match=r"not done in the portal\. The police gives it"):
        actions.begin(course_id=outside.pk, by=manager, now=NOW)


def test_the_page_of_a_course_from_outside_says_who_gives_it_and_sending_it_begins_nothing(manager, browser):
    outside = outside_course(manager)

    page = browser.get(outside.get_absolute_url())
    sent = browser.post(outside.get_absolute_url(), follow=True)

    assert "This course is not done in the portal. The police gives it." in cells(page)
    assert "<form" not in page.content.decode().partition("<main")[2].partition("</main>")[0]
    assert sent.redirect_chain == [(outside.get_absolute_url(), 302)]


def test_a_course_from_outside_is_not_among_those_to_take(manager, browser, awareness):
    outside_course(manager)

    page = browser.get("/training/")

    assert [each.course for each in page.context["mine"].offered] == [awareness]


def test_a_withdrawn_course_of_the_portal_is_not_offered_for_a_requirement(browser, awareness):
    withdraw(awareness)

    page = browser.get("/training/requirements/new/")

    assert "Prevent awareness course" not in cells(page)


def test_one_who_did_the_course_in_the_portal_has_done_what_it_counts_for(manager, awareness):
    outside = outside_course(manager)
    equivalence(manager, awareness, outside)
    complete(manager, awareness)

    ask(manager, outside)

    assert done_on(manager, manager.membership) == NOW.date()
