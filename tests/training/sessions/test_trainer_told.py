"""A trainer of the organisation is told what they teach: when named, when it moves or falls out, and before it."""

from datetime import timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.notifications.models import Notice
from tests.factories.sessions import AFTERWARDS, TOMORROW, booked, plan, planned
from training import session_reminders
from training.actions import sessions
from training.models import TaughtSession

NAMED = "training.session_to_teach"
PASSED_ON = "training.session_passed_on"
SOON = "training.session_to_teach_soon"


@pytest.fixture
def trainer(acting_for):
    return acting_for("staff", name="Tess Trainer")


@pytest.fixture
def session(committed, manager, trainer, course):
    return planned(manager, course, trainer_id=trainer.membership_id)


@pytest.fixture
def told(backup):
    def told(kind):
        return list(backup(Notice).filter(kind=kind).order_by("pk").values_list("membership_id", flat=True))

    return told


def change(by, session, **changes):
    now = changes.pop("now", session.planned_at)
    with acting_as(by):
        version = TaughtSession.objects.get(pk=session.pk).version
        return sessions.change_session(
            session_id=session.pk, version=version, plan=plan(session.course, **changes), by=by, now=now
        )


def test_the_trainer_is_told_once_named_with_the_way_to_the_session(session, trainer, told, backup):
    assert told(NAMED) == [trainer.membership_id]
    assert backup(Notice).get(kind=NAMED).address == session.get_absolute_url()
    with acting_as(trainer):
        [notice] = Notice.objects.visible_to(trainer).with_things()
    assert notice.sentence == "You teach the session “Prevent in an hour”"


def test_who_names_themself_or_writes_down_what_was_held_tells_nobody(committed, manager, trainer, course, told):
    planned(manager, course, trainer_id=manager.membership_id)
    planned(manager, course, trainer_id=trainer.membership_id, now=AFTERWARDS)

    assert told(NAMED) == []


def test_both_trainers_are_told_of_the_change_and_nobody_of_other_words(
    session, manager, trainer, acting_for, told, backup
):
    other = acting_for("staff", name="Otto Other")
    change(manager, session, trainer_id=trainer.membership_id, notes="Bring a pen")
    assert (told(NAMED), told(PASSED_ON)) == ([trainer.membership_id], [])

    change(manager, session, trainer_id=other.membership_id)

    assert told(NAMED) == [trainer.membership_id, other.membership_id]
    assert told(PASSED_ON) == [trainer.membership_id]
    assert backup(Notice).get(kind=PASSED_ON).address == "/training/sessions/"


def test_who_is_named_when_the_session_also_moves_is_told_once(session, manager, acting_for, told):
    other = acting_for("staff", name="Otto Other")

    change(manager, session, trainer_id=other.membership_id, starts_at=TOMORROW + timedelta(hours=1))

    assert other.membership_id in told(NAMED)
    assert told("training.session_changed") == []


def test_the_trainer_is_told_of_another_time_and_that_it_is_cancelled(session, manager, trainer, people, told, backup):
    booked(manager, session, *people(1))

    change(manager, session, trainer_id=trainer.membership_id, starts_at=TOMORROW + timedelta(hours=1))
    with acting_as(manager):
        sessions.cancel_session(session_id=session.pk, reason="Snow", by=manager, now=session.planned_at)

    for kind in ("training.session_changed", "training.session_cancelled"):
        assert trainer.membership_id in told(kind)
        assert len(told(kind)) == 2


def test_the_trainer_is_reminded_once_of_what_they_teach(session, trainer, told):
    before = TOMORROW - timedelta(days=2)

    assert [session_reminders.remind(now=before) for _ in range(2)] == [1, 0]

    assert told(SOON) == [trainer.membership_id]
    assert told("training.session_soon") == []


def test_a_trainer_who_has_left_by_then_is_not_reminded(session, trainer, told):
    with acting_as(trainer):
        trainer.membership.ends_on = session.planned_at.date()
        trainer.membership.save(update_fields=["ends_on"])

    assert session_reminders.remind(now=TOMORROW - timedelta(days=2)) == 0
    assert told(SOON) == []
