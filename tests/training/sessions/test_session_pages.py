"""The pages of taught sessions, as those who run them and those who come see them."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.core.acting import acting_as
from foundation.organisations.models import Membership
from tests.factories.requirements import ask
from tests.factories.sessions import booked, came, closed, planned
from tests.training.browsing import words
from training.actions import attendance
from training.models import Evaluation, Place, TaughtSession

NOW = timezone.now()
SOON, BEGAN = NOW + timedelta(days=3), NOW - timedelta(hours=2)
BEFORE = NOW - timedelta(days=3)


def soon(by, course, **changes):
    return planned(by, course, **{"starts_at": SOON, "now": BEFORE} | changes)


def begun(by, course, *who, **changes):
    session = planned(by, course, **{"starts_at": BEGAN, "now": BEFORE} | changes)
    return session, booked(by, session, *who, now=BEFORE)


def typed(course, **more):
    day = timezone.localdate(SOON)
    on = {"day_0": str(day.day), "day_1": str(day.month), "day_2": str(day.year)}
    said = {
        "course_id": str(course.pk), "title": "Prevent in an hour", "begins": "9:30", "ends": "11.30", "version": "0",
        "venue": "Room 4", "online_link": "", "trainer_id": "", "trainer_name": "Tom Trainer", "accreditation": "",
        "places": "12", "who": "everybody", "notes": "",
    }  # fmt: skip
    return said | on | more


def test_a_manager_plans_a_session(manager, course, client_for, within):
    browser = client_for(manager)

    saved = browser.post("/training/sessions/new/", typed(course), follow=True)

    assert "The session is planned" in words(saved)
    assert "9:30am to 11:30am" in words(saved)
    within(manager)
    row = TaughtSession.objects.get()
    assert (row.title, row.places, row.is_open, row.closes_at) == ("Prevent in an hour", 12, True, None)
    assert timezone.localtime(row.starts_at).strftime("%H:%M") == "09:30"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"ends": "9:30"}, "ends", "It must end after it begins"),
        ({"begins": "half nine"}, "begins", "Enter a time, like 9:30 or 2pm"),
        ({"begins": "25:00"}, "begins", "Enter a time, like 9:30 or 2pm"),
        ({"begins": "9"}, "begins", "Enter a time, like 9:30 or 2pm"),
        ({"venue": ""}, "venue", "Enter the venue, or the link to take part online"),
        (
            {"online_link": "javascript:alert(1)"},
            "online_link",
            "Enter a web address, like https://meet.example.org/abc",
        ),
        ({"trainer_name": ""}, "trainer_id", "Select who teaches it, or enter a trainer from elsewhere"),
        ({"places": "0"}, "places", "Enter at least one place"),
        ({"places": "501"}, "places", "Enter at most 500 places"),
        ({"day_0": "28", "day_1": "3", "day_2": "2027", "begins": "1:30"}, "begins", "The clocks go forward"),
        ({"closes_on_0": "1", "closes_on_1": "1", "closes_on_2": "2099"}, "closes_on", "must not be after the session"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    manager, course, client_for, changes, field, sentence
):
    browser = client_for(manager)

    page = browser.post("/training/sessions/new/", typed(course, **changes))

    assert [error for error in page.context["form"].errors[field] if sentence in error]
    assert browser.get("/training/sessions/new/").context["form"]["title"].value() == "Prevent in an hour"


@pytest.mark.parametrize(("text", "hour"), [("2pm", 14), ("12am", 0), ("12.00", 12), ("7:00 PM", 19)])
def test_times_are_read_as_people_write_them(manager, course, client_for, within, text, hour):
    client_for(manager).post("/training/sessions/new/", typed(course, begins=text, ends="23:59"))

    within(manager)
    assert timezone.localtime(TaughtSession.objects.get().starts_at).hour == hour


def test_the_list_shows_what_is_coming_and_its_filters_the_rest(manager, course, client_for):
    soon(manager, course, title="Soon")
    begun(manager, course, title="Yesterday", starts_at=NOW - timedelta(days=1))
    browser = client_for(manager)

    coming, unclosed = browser.get("/training/sessions/"), browser.get("/training/sessions/?which=unclosed")
    held = browser.get("/training/sessions/?which=held")

    assert [row.title for row in coming.context["page"].items] == ["Soon"]
    assert [row.title for row in unclosed.context["page"].items] == ["Yesterday"]
    assert "1 session is over and its attendance is not closed" in words(coming)
    assert "No session matches" in words(held)


@pytest.mark.parametrize(("role", "sentence"), [("training_manager", "Plan one"), ("staff", "stand here once")])
def test_without_sessions_the_page_says_what_to_do(acting_for, client_for, role, sentence):
    assert sentence in words(client_for(acting_for(role)).get("/training/sessions/"))


def test_a_learner_books_sees_when_and_where_and_gives_the_place_back(manager, learner, course, client_for, within):
    session = soon(manager, course, online_link="https://meet.example.org/a", places=1)
    browser = client_for(learner)
    before = words(browser.get(session.get_absolute_url()))

    done = browser.post(f"{session.get_absolute_url()}book/", follow=True)
    mine = words(browser.get("/training/"))
    place = done.context["own"]
    back = browser.post(f"{session.get_absolute_url()}places/{place.pk}/give-back/", follow=True)

    assert "meet.example.org" not in before
    assert "You have a place" in words(done)
    assert "https://meet.example.org/a" in words(done)
    assert "Prevent in an hour" in mine
    assert "The place was given back" in words(back)
    assert "Book a place" in words(back)


def test_a_full_session_offers_the_waiting_list_and_says_ones_turn(manager, learner, course, people, client_for):
    session = soon(manager, course, places=1)
    booked(manager, session, *people(2), now=BEFORE)
    browser = client_for(learner)

    offered = words(browser.get(session.get_absolute_url()))
    done = words(browser.post(f"{session.get_absolute_url()}book/", follow=True))

    assert "Join the waiting list" in offered
    assert "You are number 2 on the waiting list" in done


def test_a_learner_sees_nobody_elses_name_and_a_colleague_without_a_place_no_link(
    manager, learner, course, people, client_for
):
    session = soon(manager, course, online_link="https://meet.example.org/a")
    booked(manager, session, *people(1), now=BEFORE)
    browser = client_for(learner)

    page = browser.get(session.get_absolute_url())
    calendar = browser.get(f"{session.get_absolute_url()}calendar/")

    assert "Person 01" not in words(page)
    assert b"meet.example.org" not in calendar.content
    assert calendar.headers["Content-Disposition"] == f'attachment; filename="session-{session.reference}.ics"'
    assert calendar.headers["Content-Type"] == "text/calendar; charset=utf-8"


def test_my_training_offers_a_session_beside_what_is_asked(manager, learner, course, client_for):
    ask(manager, course, now=BEFORE)
    browser = client_for(learner)
    before = words(browser.get("/training/"))
    session = soon(manager, course)

    page = browser.get("/training/")

    assert "Book a session" not in before
    assert f"/training/sessions/?course={course.code}" in page.content.decode()
    listed = browser.get(f"/training/sessions/?course={course.code}")
    assert [row.pk for row in listed.context["page"].items] == [session.pk]


def test_a_manager_books_people_and_is_told_who_waits(manager, course, people, client_for):
    session = soon(manager, course, places=1)
    ann, bo = people(2)

    done = client_for(manager).post(
        f"{session.get_absolute_url()}people/", {"member_ids": [str(ann.pk), str(bo.pk)]}, follow=True
    )

    assert "1 person has a place, 1 person is on the waiting list" in words(done)


def test_the_tick_list_is_saved_and_a_wrong_score_is_said_at_its_box(manager, course, people, client_for, within):
    session, [first, _second] = begun(manager, course, *people(2))
    browser, address = client_for(manager), f"{session.get_absolute_url()}attendance/"

    wrong = browser.post(address, {"came": [str(first.pk)], "version": "1", f"score_{first.pk}": "101"})
    saved = browser.post(address, {"came": [str(first.pk)], "version": "1", f"score_{first.pk}": "90"}, follow=True)

    assert wrong.context["form"].errors[f"score_{first.pk}"] == ["Enter a score between 0 and 100"]
    assert "checked" in wrong.content.decode()
    assert "Saved: 1 person came" in words(saved)
    within(manager)
    assert list(Place.objects.order_by("pk").values_list("status", "score")) == [("attended", 90), ("absent", None)]


def test_who_saves_the_tick_list_second_sees_both(manager, course, people, client_for):
    session, [first, _second] = begun(manager, course, *people(2))
    browser, address = client_for(manager), f"{session.get_absolute_url()}attendance/"
    browser.post(address, {"came": [str(first.pk)], "version": "1"})

    second = browser.post(address, {"came": [], "version": "1"})

    assert second.status_code == 409


def test_a_file_with_wrong_rows_is_answered_row_by_row(manager, course, people, client_for, within):
    from django.core.files.uploadedfile import SimpleUploadedFile

    session, _places = begun(manager, course, *people(1, staff_number="1001"))
    browser, address = client_for(manager), f"{session.get_absolute_url()}attendance/upload/"

    def sent(text):
        return {"file": SimpleUploadedFile("came.csv", text.encode(), content_type="text/csv"), "version": "1"}

    wrong = browser.post(address, sent("Staff number\n404\n"))
    right = browser.post(address, sent("Staff number\n1001\n"), follow=True)

    assert "Nothing was recorded: one row of the file is wrong" in words(wrong)
    assert [(row.number, row.who) for row in wrong.context["refused"]] == [(2, "404")]
    assert "The file is recorded" in words(right)
    within(manager)
    assert list(Place.objects.values_list("status", flat=True)) == ["attended"]


def test_a_walk_in_over_capacity_is_added_with_a_warning_and_closing_counts(manager, course, people, client_for):
    ann, bo = people(2)
    session, places = begun(manager, course, ann, places=1)
    came(manager, session, *places, now=NOW)
    browser, address = client_for(manager), session.get_absolute_url()

    asked = browser.get(f"{address}attendance/walk-in/")
    browser.post(f"{address}attendance/walk-in/", {"membership_id": str(bo.pk)})
    done = browser.post(f"{address}attendance/close/", follow=True)

    assert "All 1 places are taken" in words(asked) or "over the number planned for" in words(asked)
    assert "The attendance is closed" in words(done)
    assert "2 people came" in words(done)


def test_corrected_the_person_and_the_page_say_why(manager, course, people, client_for):
    session, places = begun(manager, course, *people(1))
    came(manager, session, *places, now=NOW)
    closed(manager, session, now=NOW)

    done = client_for(manager).post(
        f"{session.get_absolute_url()}places/{places[0].pk}/correct/", {"reason": "It was a namesake."}, follow=True
    )

    assert "The attendance was corrected" in words(done)
    assert "It was a namesake." in words(done)


def test_cancelled_the_page_says_why_to_whoever_had_a_place(manager, learner, course, client_for):
    session = soon(manager, course)
    booked(learner, session, now=BEFORE)

    client_for(manager).post(f"{session.get_absolute_url()}cancel/", {"reason": "The trainer is ill."})

    assert "The trainer is ill." in words(client_for(learner).get(session.get_absolute_url()))


def test_a_learner_says_how_it_was_and_the_manager_reads_only_how_many(manager, learner, course, client_for, within):
    session, places = begun(manager, course, learner.membership)
    came(manager, session, *places, now=NOW)
    closed(manager, session, now=NOW)
    browser = client_for(learner)
    offered = words(browser.get("/training/"))
    answers = {"useful": "5", "clear": "4", "confident": "3", "words": "Too cold a room."}

    done = browser.post(f"{session.get_absolute_url()}evaluation/", answers, follow=True)
    read = words(client_for(manager).get(session.get_absolute_url()))

    assert "Say how “Prevent in an hour” was" in offered
    assert "Thank you." in words(done)
    assert "1 person has answered." in read
    assert "Too cold a room." not in read
    within(learner)
    assert Evaluation.objects.visible_to(learner).get().words == "Too cold a room."


def test_the_list_of_people_is_a_file_in_which_nothing_runs(manager, course, people, client_for):
    session = soon(manager, course)
    [ann] = people(1)
    with acting_as(manager):
        Membership.objects.filter(pk=ann.pk).update(name="=HYPERLINK(1)")
    booked(manager, session, ann, now=BEFORE)

    response = client_for(manager).get(f"{session.get_absolute_url()}?export=csv")

    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [rows[0][0], rows[1][0]] == ["Person", "'=HYPERLINK(1)"]


# ---- How much it asks
def queries_of(browser, address):
    browser.get(address)
    with CaptureQueriesContext(connection) as found:
        assert browser.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("page", ["", "attendance/"])
def test_a_session_asks_no_more_for_thirty_people_than_for_one(manager, course, people, client_for, page):
    session, places = begun(manager, course, *people(1), places=40)
    browser, address = client_for(manager), f"{session.get_absolute_url()}{page}"
    few = queries_of(browser, address)
    with acting_as(manager):
        for person in people(29):
            attendance.add_walk_in(session_id=session.pk, membership_id=person.pk, by=manager, now=NOW)

    assert len(places) == 1
    assert queries_of(browser, address) == few


def test_the_list_and_my_training_ask_no_more_for_thirty_sessions_than_for_one(manager, learner, course, client_for):
    booked(learner, soon(manager, course), now=BEFORE)
    browser = client_for(learner)
    few = [queries_of(browser, address) for address in ("/training/sessions/", "/training/")]
    for number in range(29):
        booked(learner, soon(manager, course, title=f"Session {number}"), now=BEFORE)

    assert [queries_of(browser, address) for address in ("/training/sessions/", "/training/")] == few
