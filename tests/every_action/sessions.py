"""Taught sessions: planned, booked, held."""

from datetime import timedelta
from typing import Any

from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.every_action.ground import BOTH, BOTH_ONCE, EVERYBODY, Action, Ground, of_nobody
from tests.factories import records
from tests.factories import sessions as made
from training.actions import attendance, reporting, sessions
from training.models import Place, TaughtSession

MANAGERS = frozenset({"prevent_lead", "training_manager"})
NAME = "Course in a room"
BEGAN = NOW - timedelta(hours=1)


def session(ground: Ground, **changes: Any) -> TaughtSession:
    return made.planned(ground.lead, records.outside_course(NAME), **changes)


def begun(ground: Ground, *who: Any) -> tuple[TaughtSession, list[Place]]:
    """A session that began an hour ago, with people on its list."""
    before = NOW - timedelta(days=2)
    row = session(ground, starts_at=BEGAN, now=before)
    people = [each.membership for each in who] or [ground.person("staff").membership]
    return row, made.booked(ground.lead, row, *people, now=before)


def over(ground: Ground, *who: Any) -> tuple[TaughtSession, list[Place]]:
    row, places = begun(ground, *who)
    made.came(ground.lead, row, *places, now=NOW)
    return row, places


def closed(ground: Ground, *who: Any) -> tuple[TaughtSession, list[Place]]:
    row, places = over(ground, *who)
    made.closed(ground.lead, row, now=NOW)
    return row, places


def plan_of(ground: Ground, **changes: Any) -> dict[str, Any]:
    return {"plan": made.plan(records.outside_course(f"{NAME} {ground.me.membership_id}"), **changes)}


def changed(ground: Ground) -> dict[str, Any]:
    row = session(ground)
    return {"session_id": row.pk, "version": row.version, "plan": made.plan(row.course, places=12)}


def ticked(ground: Ground) -> dict[str, Any]:
    row, places = begun(ground)
    return {"session_id": row.pk, "version": row.version, "came": [places[0].pk], "scores": {}}


def from_file(ground: Ground) -> dict[str, Any]:
    somebody = ground.person("staff")
    row, _places = begun(ground, somebody)
    examined = made.file_of([["", somebody.membership.email, "80"]])
    return {"session_id": row.pk, "version": row.version, "examined": examined, "with_walk_ins": False}


def corrected(ground: Ground) -> dict[str, Any]:
    _row, places = closed(ground)
    return {"place_id": places[0].pk, "came": False, "reason": "Left at once."}


def evaluated(ground: Ground) -> dict[str, Any]:
    _row, places = closed(ground, ground.me)
    return {"place_id": places[0].pk, "useful": 4, "clear": 4, "confident": 5, "words": ""}


def own_place(ground: Ground) -> dict[str, Any]:
    row = session(ground)
    with acting_as(ground.me):
        return {"place_id": sessions.book(session_id=row.pk, by=ground.me, now=NOW).pk}


ACTIONS: dict[str, Action] = {
    "training.plan_session": of_nobody(
        sessions.plan_session, "training.session_planned", MANAGERS, plan_of, **BOTH
    ),
    "training.change_session": Action(sessions.change_session, "training.session_changed", MANAGERS, changed),
    "training.cancel_session": Action(
        sessions.cancel_session, "training.session_cancelled", MANAGERS,
        lambda ground: {"session_id": session(ground).pk, "reason": "The trainer is ill."},
    ),
    "training.book": Action(
        sessions.book, "training.place_booked", EVERYBODY, lambda ground: {"session_id": session(ground).pk}, **BOTH
    ),
    "training.book_people": Action(
        sessions.book_people, "training.place_booked", MANAGERS,
        lambda ground: {
            "session_id": session(ground).pk, "membership_ids": [ground.person("staff").membership_id],
        },
    ),
    "training.give_back": Action(
        sessions.give_back, "training.place_given_back", EVERYBODY, own_place, own=True, hidden=True
    ),
    "training.record_attendance": Action(
        attendance.record_attendance, "training.attendance_recorded", MANAGERS, ticked
    ),
    "training.record_attendance_from_file": Action(
        attendance.record_attendance_from_file, "training.attendance_recorded", MANAGERS, from_file
    ),
    "training.add_walk_in": Action(
        attendance.add_walk_in, "training.walk_in_added", MANAGERS,
        lambda ground: {
            "session_id": begun(ground)[0].pk, "membership_id": ground.person("staff").membership_id,
        },
    ),
    "training.close_attendance": Action(
        attendance.close_attendance, "training.attendance_closed", MANAGERS,
        lambda ground: {"session_id": over(ground)[0].pk}, **BOTH_ONCE,
    ),
    "training.correct_attendance": Action(
        attendance.correct_attendance, "training.attendance_corrected", MANAGERS, corrected
    ),
    "training.evaluate": Action(
        attendance.evaluate, "training.session_evaluated", EVERYBODY, evaluated, own=True, hidden=True
    ),
    "training.request_sheet": Action(
        reporting.request_sheet, "training.sheet_requested", MANAGERS,
        lambda ground: {"session_id": session(ground).pk}, **BOTH,
    ),
}  # fmt: skip
ELSEWHERE = {
    "training.hold": "a part of other actions: tests/training/joining",
    "training.let_go": "a part of other actions",
    "training.lock_session": "a part of other actions",
    "training.move_up": "a part of other actions",
    "training.people_on_the_day": "a part of other actions",
    "training.record_attended": "a part of other actions: tests/training/sessions/test_closing.py",
}
