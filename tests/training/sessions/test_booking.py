"""Places in a session are booked, waited for and given back; never more than there are."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.notifications.models import Notice
from foundation.organisations.models import Membership
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories.sessions import AFTERWARDS, TOMORROW, booked, planned
from training.actions import sessions
from training.models import Place, TaughtSession
from training.workflow import PlaceStatus


def give_back(by, place, now=NOW):
    with acting_as(by):
        return sessions.give_back(place_id=place.pk, by=by, now=now)


def standing(backup):
    return dict(backup(Place).order_by("pk").values_list("membership_id", "status"))


def test_one_books_a_place_for_oneself(committed, manager, learner, course, backup):
    session = planned(manager, course)

    booked(learner, session)

    row = backup(Place).get()
    assert (row.membership_id, row.status, row.booked_at) == (learner.membership_id, PlaceStatus.BOOKED, NOW)
    assert backup(TaughtSession).get().taken == 1
    assert backup(Notice).count() == 0


def test_where_all_places_are_taken_one_stands_in_line(committed, manager, learner, course, people, backup):
    session = planned(manager, course, places=1)
    [ann] = people(1)
    booked(manager, session, ann)

    booked(learner, session)

    assert standing(backup) == {ann.pk: PlaceStatus.BOOKED, learner.membership_id: PlaceStatus.WAITING}
    assert backup(TaughtSession).get().taken == 1


def test_one_place_a_person(manager, learner, course):
    session = planned(manager, course)
    booked(learner, session)

    with pytest.raises(RuleBroken, match=r"^You are on the list of this session already\.$"):
        booked(learner, session)


@pytest.mark.parametrize(
    ("changes", "now", "sentence"),
    [
        ({}, TOMORROW, "Booking for this session has closed"),
        ({"closes_at": NOW}, NOW, "Booking for this session has closed"),
        ({"is_open": False}, NOW, "given by a training manager"),
    ],
)
def test_booking_that_is_not_open_is_refused(manager, acting_for, course, changes, now, sentence):
    session, board = planned(manager, course, **changes), acting_for("senior_approver")

    with pytest.raises(RuleBroken, match=sentence):
        booked(board, session, now=now)


def test_a_session_for_named_people_is_not_there_for_others(manager, learner, course):
    session = planned(manager, course, is_open=False)

    with pytest.raises(TaughtSession.DoesNotExist):
        booked(learner, session)
    booked(manager, session, learner.membership)
    with acting_as(learner):
        assert list(TaughtSession.objects.visible_to(learner)) == [session]


def test_a_manager_books_people_in_the_order_given_and_they_are_told(committed, manager, course, people, backup):
    session = planned(manager, course, places=2, closes_at=NOW)
    ann, bo, cy = people(3)

    booked(manager, session, cy, ann, bo)

    assert standing(backup) == {cy.pk: "booked", ann.pk: "booked", bo.pk: "waiting"}
    kinds = dict(backup(Notice).values_list("membership_id", "kind"))
    assert kinds == {
        cy.pk: "training.place_booked", ann.pk: "training.place_booked", bo.pk: "training.place_waits",
    }  # fmt: skip


def test_nobody_goes_before_those_who_wait(committed, manager, course, people, backup):
    session = planned(manager, course, places=2)
    ann, bo, cy, di = people(4)
    booked(manager, session, ann, bo)
    booked(manager, session, cy, now=NOW + timedelta(minutes=1))
    with acting_as(manager):  # whoever is next has left, so the place stays free
        Membership.objects.filter(pk=cy.pk).update(ends_on=NOW.date())
        first = Place.objects.get(membership=ann)
    give_back(manager, first)

    booked(manager, session, di, now=NOW + timedelta(minutes=2))

    assert standing(backup)[di.pk] == PlaceStatus.WAITING


def test_people_are_booked_for_all_or_for_none(manager, course, people, within):
    session = planned(manager, course)
    ann, bo = people(2)
    booked(manager, session, ann)

    with pytest.raises(RuleBroken, match=r"^On the list of this session already: Person 01\."):
        booked(manager, session, bo, ann)

    within(manager)
    assert Place.objects.count() == 1


def test_somebody_who_left_cannot_be_booked(manager, course, people):
    session = planned(manager, course)
    [gone] = people(1, ends_on=NOW.date())

    with pytest.raises(RuleBroken, match="Not in the organisation on the day of the session: Person 01"):
        booked(manager, session, gone)


def test_nobody_is_booked_once_it_has_begun(manager, course, people):
    with pytest.raises(RuleBroken, match="has begun"):
        booked(manager, planned(manager, course), *people(1), now=TOMORROW)


def test_a_place_given_back_goes_to_whoever_has_waited_longest(committed, manager, learner, course, people, backup):
    session = planned(manager, course, places=1)
    [mine] = booked(learner, session)
    ann, bo = people(2)
    booked(manager, session, bo)
    booked(manager, session, ann, now=NOW + timedelta(minutes=1))

    give_back(learner, mine)

    assert standing(backup) == {learner.membership_id: "withdrawn", bo.pk: "booked", ann.pk: "waiting"}
    assert backup(TaughtSession).get().taken == 1
    assert list(backup(Notice).filter(kind="training.place_moved_up").values_list("membership_id", flat=True)) == [
        bo.pk
    ]


def test_who_gave_a_place_back_may_book_again_at_the_end_of_the_line(committed, manager, learner, course, backup):
    session = planned(manager, course)
    [mine] = booked(learner, session)
    give_back(learner, mine)

    booked(learner, session, now=NOW + timedelta(minutes=1))

    assert sorted(backup(Place).values_list("status", flat=True)) == ["booked", "withdrawn"]
    assert backup(TaughtSession).get().taken == 1


def test_a_manager_gives_somebodys_place_back_and_they_are_told(committed, manager, course, people, backup):
    session = planned(manager, course)
    [place] = booked(manager, session, *people(1))

    give_back(manager, place)

    assert backup(Notice).filter(kind="training.place_given_back", membership_id=place.membership_id).count() == 1


def test_nobody_else_gives_a_place_back(manager, acting_for, course, people):
    session, board = planned(manager, course), acting_for("senior_approver")
    [place] = booked(manager, session, *people(1))

    with pytest.raises(PermissionDenied, match="Only the person whose place it is"):
        give_back(board, place)


def test_nothing_is_given_back_once_it_has_begun(manager, learner, course):
    [place] = booked(learner, planned(manager, course))

    with pytest.raises(RuleBroken, match="has begun"):
        give_back(learner, place, now=AFTERWARDS)


# ---- At once
def test_two_who_book_the_last_place_at_once_get_one_place_and_one_turn_in_the_line(
    committed, manager, learner, acting_for, course, backup
):
    session, other = planned(manager, course, places=1), acting_for("staff")

    results = at_once(lambda: booked(learner, session), lambda: booked(other, session))

    assert sorted(place.status for [place] in results) == ["booked", "waiting"]
    assert backup(TaughtSession).get().taken == backup(Place).filter(status="booked").count() == 1


def test_one_who_books_twice_at_once_has_one_place(committed, manager, learner, course, backup):
    session = planned(manager, course)

    results = at_once(lambda: booked(learner, session), lambda: booked(learner, session))

    assert sorted(type(each).__name__ for each in results) == ["RuleBroken", "list"]
    assert backup(Place).count() == backup(TaughtSession).get().taken == 1


def test_two_places_given_back_at_once_go_to_two_who_wait(committed, manager, course, people, backup):
    session = planned(manager, course, places=2)
    first, second, *_waiting = booked(manager, session, *people(4))

    at_once(lambda: give_back(manager, first), lambda: give_back(manager, second))

    assert sorted(backup(Place).values_list("status", flat=True)) == ["booked", "booked", "withdrawn", "withdrawn"]
    assert backup(TaughtSession).get().taken == 2
