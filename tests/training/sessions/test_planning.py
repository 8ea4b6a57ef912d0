"""A session is planned, changed and cancelled; what cannot be is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.sessions import AFTERWARDS, TOMORROW, booked, came, plan, planned
from tests.factories.training import make_course
from training import workflow
from training.actions import sessions
from training.models import Place, TaughtSession
from training.workflow import PlaceStatus, SessionStatus


def change(by, session, **changes):
    with acting_as(by):
        course = session.course
        return sessions.change_session(
            session_id=session.pk, version=changes.pop("version", session.version), plan=plan(course, **changes),
            by=by, now=changes.pop("now", NOW),
        )  # fmt: skip


def told(backup, kind):
    return sorted(backup(Notice).filter(kind=kind).values_list("membership_id", flat=True))


def test_a_planned_session_says_what_is_known_of_it(committed, manager, course, backup):
    planned(manager, course, title="", accreditation="Accredited", notes="Bring a pen")

    row = backup(TaughtSession).get()
    assert (row.title, row.places, row.taken, row.status) == (course.title, 10, 0, SessionStatus.PLANNED)
    assert (row.trainer_name, row.accreditation, row.notes) == ("Tom Trainer", "Accredited", "Bring a pen")
    assert (row.planned_at, row.planned_by_id) == (NOW, manager.membership_id)
    assert backup(Event).filter(verb="training.session_planned").count() == 1


def test_the_trainer_may_be_somebody_of_the_organisation(manager, learner, course):
    session = planned(manager, course, trainer_id=learner.membership_id, trainer_name="")

    assert (session.trainer_id, session.trainer_name) == (learner.membership_id, "Leila Learner")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_at": TOMORROW}, "must end after it begins"),
        ({"places": 0}, "between 1 and 500"),
        ({"places": 501}, "between 1 and 500"),
        ({"venue": ""}, "Enter the venue"),
        ({"trainer_name": ""}, "Say who the trainer is"),
        ({"trainer_id": 999_999_999}, "Select a trainer"),
        ({"closes_at": TOMORROW + timedelta(minutes=1)}, "close before the session begins"),
        ({"course_id": 999_999_999}, "Select a course"),
        ({"starts_at": datetime(1989, 12, 31, 10, 0, tzinfo=UTC)}, "too long ago"),
    ],
)
def test_what_cannot_be_is_refused(manager, course, changes, sentence, within):
    within(manager)

    with pytest.raises(RuleBroken, match=sentence):
        sessions.plan_session(plan=plan(course, **changes), by=manager, now=NOW)

    assert TaughtSession.objects.count() == 0


def test_a_session_before_the_course_existed_is_refused(manager):
    with pytest.raises(RuleBroken, match=r"^The course did not exist yet on that day\.$"):
        planned(manager, make_course(), starts_at=datetime(2025, 12, 31, 10, 0, tzinfo=UTC))


def test_somebody_who_left_cannot_be_named_as_the_trainer(manager, course, people):
    [gone] = people(1, ends_on=NOW.date() - timedelta(days=1))

    with pytest.raises(RuleBroken, match="Select a trainer"):
        planned(manager, course, trainer_id=gone.pk)


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_at": TOMORROW},
        {"places": 0},
        {"taken": 11},
        {"venue": ""},
        {"trainer_name": ""},
        {"closes_at": AFTERWARDS},
        {"status": "cancelled"},
        {"reason": "Ill"},
    ],
)
def test_the_database_refuses_what_cannot_be(manager, course, within, changes):
    session = planned(manager, course)
    within(manager)

    with pytest.raises(IntegrityError), transaction.atomic():
        TaughtSession.objects.filter(pk=session.pk).update(**changes)


def test_whoever_has_a_place_is_told_of_another_time_and_not_of_other_words(committed, manager, course, people, backup):
    session = planned(manager, course)
    ann, bo = people(2)
    booked(manager, session, ann, bo)

    session = change(manager, session, notes="Bring a pen")
    assert told(backup, "training.session_changed") == []
    change(manager, session, starts_at=TOMORROW + timedelta(hours=1))

    assert told(backup, "training.session_changed") == sorted([ann.pk, bo.pk])


def test_whoever_saves_second_is_told_that_somebody_was_first(manager, course):
    session = planned(manager, course)
    change(manager, session, places=12)

    with pytest.raises(StaleVersion):
        change(manager, session, version=1, places=14)


def test_more_places_go_to_those_who_have_waited_longest(committed, manager, course, people, backup):
    session = planned(manager, course, places=1)
    ann, bo, cy = people(3)
    booked(manager, session, ann, bo, cy)

    change(manager, session, places=2)

    found = dict(backup(Place).values_list("membership_id", "status"))
    assert found == {ann.pk: PlaceStatus.BOOKED, bo.pk: PlaceStatus.BOOKED, cy.pk: PlaceStatus.WAITING}
    assert told(backup, "training.place_moved_up") == [bo.pk]
    assert backup(TaughtSession).get().taken == 2


def test_fewer_places_than_are_taken_are_refused(manager, course, people):
    session = planned(manager, course)
    booked(manager, session, *people(3))

    with pytest.raises(RuleBroken, match=r"^3 people have a place"):
        change(manager, session, places=2)


def test_cancelled_everybody_on_the_list_is_told_and_nothing_can_be_done_any_more(
    committed, manager, learner, course, people, backup
):
    session = planned(manager, course, places=1)
    ann, bo = people(2)
    booked(manager, session, ann, bo)

    with acting_as(manager):
        sessions.cancel_session(session_id=session.pk, reason="The trainer is ill.", by=manager, now=NOW)

    row = backup(TaughtSession).get()
    assert (row.status, row.reason, row.ended_by_id) == ("cancelled", "The trainer is ill.", manager.membership_id)
    assert told(backup, "training.session_cancelled") == sorted([ann.pk, bo.pk])
    with pytest.raises(RuleBroken, match=r"^This session was cancelled\.$"):
        booked(learner, session)
    with pytest.raises(RuleBroken, match=r"^This session was cancelled\.$"):
        change(manager, row)


def test_a_session_of_which_it_is_known_who_came_cannot_be_cancelled(manager, course, people):
    session = planned(manager, course)
    came(manager, session, *booked(manager, session, *people(1)))

    with acting_as(manager), pytest.raises(RuleBroken, match="took place"):
        sessions.cancel_session(session_id=session.pk, reason="Ill", by=manager, now=AFTERWARDS)


def test_another_organisations_session_is_not_there(manager, course, other_organisation):
    session = planned(manager, course)
    stranger = acting_of(make_membership(other_organisation, "training_manager"))

    with acting_as(stranger), pytest.raises(ObjectDoesNotExist):
        sessions.cancel_session(session_id=session.pk, reason="Ill", by=stranger, now=NOW)


@pytest.mark.parametrize("before", list(SessionStatus))
@pytest.mark.parametrize("after", list(SessionStatus))
def test_every_pair_of_states_of_a_session(before, after):
    allowed = {("planned", "held"), ("planned", "cancelled")}

    if (before, after) in allowed:
        assert workflow.check_session_can_move(before, after) is None
    else:
        with pytest.raises(RuleBroken):
            workflow.check_session_can_move(before, after)


@pytest.mark.parametrize("before", list(PlaceStatus))
@pytest.mark.parametrize("after", list(PlaceStatus))
def test_every_pair_of_states_of_a_place(before, after):
    allowed = {
        ("booked", "withdrawn"), ("booked", "attended"), ("booked", "absent"), ("waiting", "booked"),
        ("waiting", "withdrawn"), ("waiting", "attended"), ("attended", "absent"), ("absent", "attended"),
    }  # fmt: skip

    if (before, after) in allowed:
        assert workflow.check_place_can_move(before, after) is None
    else:
        with pytest.raises(RuleBroken):
            workflow.check_place_can_move(before, after)
