"""Who came is recorded, closed once, counted through the records, and put right with a reason."""

from datetime import UTC, datetime, timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories.records import recorded
from tests.factories.requirements import ask
from tests.factories.sessions import AFTERWARDS, TOMORROW, booked, came, closed, held, planned
from training.actions import attendance
from training.models import Assignment, Came, Completion, Mode, Place, TaughtSession
from training.workflow import PlaceStatus, RecordStatus, SessionStatus, Standing


def add_walk_in(by, session, who, now=AFTERWARDS, **more):
    with acting_as(by):
        return attendance.add_walk_in(session_id=session.pk, membership_id=who.pk, by=by, now=now, **more)


def correct(by, place, *, did_come, reason="Mixed up.", now=AFTERWARDS):
    with acting_as(by):
        return attendance.correct_attendance(place_id=place.pk, came=did_come, reason=reason, by=by, now=now)


def test_the_list_is_saved_at_once_with_scores_and_counts_nothing_yet(committed, manager, course, people, backup):
    session = planned(manager, course)
    first, _second, third = booked(manager, session, *people(3))

    came(manager, session, first, third, scores={first.pk: 80})

    found = list(backup(Place).order_by("pk").values_list("status", "score"))
    assert found == [("attended", 80), ("absent", None), ("attended", None)]
    assert backup(Completion).count() == 0


def test_who_waited_and_came_is_a_walk_in_and_takes_no_place(committed, manager, course, people, backup):
    session = planned(manager, course, places=1)
    first, waited, _stayed = booked(manager, session, *people(3))

    came(manager, session, first, waited)

    found = list(backup(Place).order_by("pk").values_list("status", "is_walk_in"))
    assert found == [("attended", False), ("attended", True), ("waiting", False)]
    assert backup(TaughtSession).get().taken == 1


def test_the_list_is_not_recorded_before_it_begins_nor_on_an_old_list(manager, course, people):
    session = planned(manager, course)
    [place] = booked(manager, session, *people(1))

    with pytest.raises(RuleBroken, match="has not begun"):
        came(manager, session, place, now=TOMORROW - timedelta(minutes=1))
    came(manager, session, place)
    with acting_as(manager), pytest.raises(StaleVersion):
        attendance.record_attendance(session_id=session.pk, version=1, came=[], scores={}, by=manager, now=AFTERWARDS)


def test_a_place_of_another_session_is_not_ticked(manager, course, people):
    session, other = planned(manager, course), planned(manager, course)
    [place] = booked(manager, other, *people(1))

    with pytest.raises(RuleBroken, match="not on the list any more"):
        came(manager, session, place)


def test_a_walk_in_is_added_even_where_all_places_are_taken(committed, manager, course, people, backup):
    session = planned(manager, course, places=1)
    ann, bo = people(2)
    came(manager, session, *booked(manager, session, ann))

    add_walk_in(manager, session, bo)

    row = backup(Place).get(membership_id=bo.pk)
    assert (row.status, row.is_walk_in) == (PlaceStatus.ATTENDED, True)
    assert backup(TaughtSession).get().taken == 1
    with pytest.raises(RuleBroken, match=r"^Person 02 is on the list already\.$"):
        add_walk_in(manager, session, bo)


def test_a_walk_in_before_it_begins_is_refused(manager, course, people):
    with pytest.raises(RuleBroken, match="has not begun"):
        add_walk_in(manager, planned(manager, course), *people(1), now=NOW)


def test_closed_everybody_who_came_has_done_the_course_on_the_sessions_day(committed, manager, course, people, backup):
    ann, bo = people(2)
    session = planned(manager, course)
    first, _second = booked(manager, session, ann, bo)
    came(manager, session, first, scores={first.pk: 75})

    closed(manager, session)

    row = backup(Completion).get()
    assert (row.membership_id, row.course_id, row.came, row.status) == (ann.pk, course.pk, Came.EVENT, "counts")
    assert (row.completed_on, row.mode, row.minutes, row.score) == (TOMORROW.date(), Mode.CLASSROOM, 120, 75)
    assert backup(Place).get(membership_id=ann.pk).completion_id == row.pk
    assert backup(TaughtSession).get().status == SessionStatus.HELD
    assert list(backup(Notice).filter(kind="training.session_over").values_list("membership_id", flat=True)) == [ann.pk]


def test_closed_whoever_came_is_in_date_at_once(manager, course, people):
    [ann] = people(1)
    ask(manager, course)
    before = NOW + timedelta(days=2)

    held(manager, course, ann, now=before)

    with acting_as(manager):
        rows = Assignment.objects.visible_to(manager).of(ann.pk).asked(before.date(), today=before.date())
        assert [row.standing for row in rows] == [Standing.IN_DATE]


def test_online_it_was_a_webinar(manager, course, people, within):
    held(manager, course, *people(1), venue="", online_link="https://meet.example.org/a")

    within(manager)
    assert Completion.objects.get().mode == Mode.WEBINAR


def test_closed_twice_it_counts_once(committed, manager, course, people, backup):
    session = held(manager, course, *people(3))

    closed(manager, session)

    assert backup(Completion).count() == 3
    assert backup(Event).filter(verb="training.attendance_closed").count() == 1


def test_closed_twice_at_once_it_counts_once(committed, manager, course, people, backup):
    session = planned(manager, course)
    came(manager, session, *booked(manager, session, *people(3)))

    results = at_once(lambda: closed(manager, session), lambda: closed(manager, session))

    assert [type(each).__name__ for each in results] == ["TaughtSession", "TaughtSession"]
    assert backup(Completion).count() == 3


def test_what_is_recorded_already_is_not_recorded_again(committed, manager, course, people, backup):
    [ann] = people(1)
    session = planned(manager, course)
    came(manager, session, *booked(manager, session, ann))
    recorded(manager, ann, course, on=TOMORROW.date(), now=AFTERWARDS)

    closed(manager, session)

    assert list(backup(Completion).values_list("came", flat=True)) == [Came.MANUAL]
    assert backup(Place).get().completion_id is None


def test_a_session_in_the_future_cannot_be_closed(manager, course, people):
    session = planned(manager, course)
    booked(manager, session, *people(1))

    with pytest.raises(RuleBroken, match=r"^This session has not begun yet\.$"):
        closed(manager, session, now=NOW)


def test_it_is_said_of_everybody_whether_they_came_before_it_is_closed(manager, course, people):
    session = planned(manager, course)
    with pytest.raises(RuleBroken, match=r"^Nobody is on the list\."):
        closed(manager, session)
    booked(manager, session, *people(2))

    with pytest.raises(RuleBroken, match="not said yet of 2 people"):
        closed(manager, session)


def test_the_day_is_that_of_the_clock_in_london(manager, course, people, within):
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight on 2 July in London

    held(
        manager, course, *people(1), starts_at=late, planned_at=late - timedelta(days=1), now=late + timedelta(hours=3)
    )

    within(manager)
    assert Completion.objects.get().completed_on.isoformat() == "2026-07-02"


def test_in_the_hour_that_comes_twice_it_counts_on_that_day_once(manager, course, people, within):
    twice = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 1:30, before the clocks go back

    held(
        manager,
        course,
        *people(1),
        starts_at=twice,
        planned_at=twice - timedelta(days=1),
        now=twice + timedelta(hours=3),
    )

    within(manager)
    row = Completion.objects.get()
    assert (row.completed_on.isoformat(), row.minutes) == ("2026-10-25", 120)


def test_corrected_to_absent_the_record_is_withdrawn_with_the_reason(committed, manager, course, people, backup):
    held(manager, course, *people(1))
    place = backup(Place).get()

    correct(manager, place, did_come=False, reason="It was a namesake.")

    record, place = backup(Completion).get(), backup(Place).get()
    assert (record.status, record.decision_reason) == (RecordStatus.WITHDRAWN, "It was a namesake.")
    assert (place.status, place.completion_id, place.correction) == ("absent", None, "It was a namesake.")


def test_corrected_there_and_back_it_counts_once(committed, manager, course, people, backup):
    held(manager, course, *people(1))
    place = backup(Place).get()
    correct(manager, place, did_come=False)

    correct(manager, place, did_come=True, reason="It was not.")

    assert sorted(backup(Completion).values_list("status", flat=True)) == ["counts", "withdrawn"]
    with pytest.raises(RuleBroken, match="cannot become"):
        correct(manager, place, did_come=True)


def test_an_open_list_is_changed_and_not_corrected(manager, course, people):
    session = planned(manager, course)
    [place] = booked(manager, session, *people(1))
    came(manager, session, place)

    with pytest.raises(RuleBroken, match="still open"):
        correct(manager, place, did_come=False)


def test_a_closed_list_is_not_recorded_again(manager, course, people):
    session = held(manager, course, *people(1))

    with pytest.raises(RuleBroken, match="is closed"):
        came(manager, session)


def test_who_is_added_after_closing_needs_a_reason_and_counts(committed, manager, course, people, backup):
    ann, bo = people(2)
    session = held(manager, course, ann)

    with pytest.raises(RuleBroken, match="Say why"):
        add_walk_in(manager, session, bo)
    add_walk_in(manager, session, bo, reason="Signed on the back of the sheet.")

    assert backup(Completion).filter(membership_id=bo.pk, status="counts").count() == 1
    assert backup(Place).get(membership_id=bo.pk).correction == "Signed on the back of the sheet."
