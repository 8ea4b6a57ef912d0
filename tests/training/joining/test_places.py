"""Places in sessions that somebody has under two entries."""

import pytest

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from tests.conftest import NOW, make_membership
from tests.factories.sessions import AFTERWARDS, booked, came, closed, file_of, planned
from training.actions import attendance, sessions
from training.models import Completion, Place, TaughtSession
from training.workflow import PlaceStatus, RecordStatus


def standing(backup):
    return {(row.membership_id, row.status) for row in backup(Place)}


def test_a_place_goes_over(twice, course, backup):
    booked(twice.ended, planned(twice.manager, course))

    twice.join()

    assert standing(backup) == {(twice.kept.membership_id, PlaceStatus.BOOKED)}
    assert backup(TaughtSession).get().taken == 1


def test_of_two_places_one_is_given_back_and_who_has_waited_longest_gets_it(twice, course, backup, organisation):
    session = planned(twice.manager, course, places=2)
    ann = make_membership(organisation, name="Ann", with_user=False)
    booked(twice.kept, session)
    booked(twice.ended, session)
    booked(twice.manager, session, ann)

    twice.join()

    assert standing(backup) == {
        (twice.kept.membership_id, PlaceStatus.BOOKED),
        (twice.ended.membership_id, PlaceStatus.WITHDRAWN),
        (ann.pk, PlaceStatus.BOOKED),
    }
    assert backup(TaughtSession).get().taken == 2
    assert backup(Event).filter(verb="training.place_moved_up").count() == 1


def test_a_place_goes_before_one_on_the_waiting_list(twice, course, backup):
    session = planned(twice.manager, course, places=1)
    booked(twice.ended, session)
    booked(twice.kept, session)

    twice.join()

    assert standing(backup) == {
        (twice.kept.membership_id, PlaceStatus.BOOKED),
        (twice.ended.membership_id, PlaceStatus.WITHDRAWN),
    }
    assert backup(TaughtSession).get().taken == 1


def test_of_two_turns_on_the_waiting_list_the_earlier_counts(twice, course, backup, organisation):
    session = planned(twice.manager, course, places=1)
    booked(twice.manager, session, make_membership(organisation, name="Ann", with_user=False))
    booked(twice.ended, session, now=NOW)
    booked(twice.kept, session, now=NOW.replace(minute=30))

    twice.join(now=NOW.replace(hour=11))

    ours = backup(Place).get(membership_id=twice.kept.membership_id)
    assert (ours.status, ours.booked_at) == (PlaceStatus.WAITING, NOW)


def test_who_came_under_the_other_entry_came(twice, course, backup):
    session = planned(twice.manager, course)
    [_ours, theirs] = booked(twice.manager, session, twice.kept.membership, twice.ended.membership)
    came(twice.manager, session, theirs)
    closed(twice.manager, session)

    twice.join(now=AFTERWARDS)

    ours = backup(Place).get(membership_id=twice.kept.membership_id)
    assert (ours.status, ours.completion_id) == (PlaceStatus.ATTENDED, backup(Completion).get().pk)
    assert backup(Completion).get().membership_id == twice.kept.membership_id
    assert (twice.ended.membership_id, PlaceStatus.ABSENT) in standing(backup)


def test_who_is_on_the_list_twice_and_came_twice_has_done_it_once(twice, course, backup):
    session = planned(twice.manager, course)
    places = booked(twice.manager, session, twice.kept.membership, twice.ended.membership)
    came(twice.manager, session, *places)
    closed(twice.manager, session)

    twice.join(now=AFTERWARDS)

    statuses = sorted(backup(Completion).values_list("membership_id", "status"))
    assert statuses == [
        (twice.kept.membership_id, RecordStatus.COUNTS),
        (twice.kept.membership_id, RecordStatus.WITHDRAWN),
    ]


def test_who_came_twice_to_a_session_that_is_not_closed_yet_comes_once(twice, course, backup):
    session = planned(twice.manager, course)
    places = booked(twice.manager, session, twice.kept.membership, twice.ended.membership)
    came(twice.manager, session, *places)

    twice.join(now=AFTERWARDS)
    closed(twice.manager, session)

    assert standing(backup) == {
        (twice.kept.membership_id, PlaceStatus.ATTENDED),
        (twice.ended.membership_id, PlaceStatus.ABSENT),
    }
    assert backup(Completion).get().membership_id == twice.kept.membership_id


def test_a_place_of_a_joined_entry_is_not_corrected_into_having_come(twice, course, backup):
    session = planned(twice.manager, course)
    places = booked(twice.manager, session, twice.kept.membership, twice.ended.membership)
    came(twice.manager, session, places[0])
    closed(twice.manager, session)
    twice.join(now=AFTERWARDS)

    with acting_as(twice.manager), pytest.raises(RuleBroken, match="Record it for the one that was kept"):
        attendance.correct_attendance(
            place_id=places[1].pk, came=True, reason="Was there", by=twice.manager, now=AFTERWARDS
        )


def test_a_session_taught_by_the_other_entry_is_taught_by_the_kept_one(twice, course, backup):
    planned(twice.manager, course, trainer_id=twice.ended.membership_id, trainer_name="")

    twice.join()

    assert backup(TaughtSession).get().trainer_id == twice.kept.membership_id


def test_a_list_of_who_came_finds_the_kept_one_by_the_address_of_the_other(twice, course, backup):
    session = planned(twice.manager, course)
    twice.join()

    with acting_as(twice.manager):
        attendance.record_attendance_from_file(
            session_id=session.pk,
            version=1,
            examined=file_of([["", twice.ended.membership.email, ""]]),
            with_walk_ins=True,
            by=twice.manager,
            now=AFTERWARDS,
        )

    assert standing(backup) == {(twice.kept.membership_id, PlaceStatus.ATTENDED)}


def test_a_joined_entry_is_not_put_on_a_list(twice, course, backup):
    session = planned(twice.manager, course)
    twice.join()

    with acting_as(twice.manager), pytest.raises(RuleBroken, match="Not in the organisation on the day"):
        sessions.book_people(
            session_id=session.pk, membership_ids=[twice.ended.membership_id], by=twice.manager, now=NOW
        )

    assert backup(Place).count() == 0
