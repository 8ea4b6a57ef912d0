"""Taught sessions, made by the actions that people use."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from foundation.core.acting import Acting, acting_as
from foundation.files.examination import SPREADSHEETS, Examined, examine
from foundation.organisations.models import Membership
from tests.conftest import NOW
from training.actions import attendance, sessions
from training.models import Course, Place, TaughtSession

TOMORROW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
AFTERWARDS = TOMORROW + timedelta(hours=3)
TEN_PLACES = 10


def plan(course: Course, **changes: Any) -> sessions.Plan:
    said: dict[str, Any] = {
        "course_id": course.pk,
        "title": "Prevent in an hour",
        "starts_at": TOMORROW,
        "ends_at": changes.get("starts_at", TOMORROW) + timedelta(hours=2),
        "venue": "Room 4, County Hall",
        "trainer_name": "Tom Trainer",
        "places": TEN_PLACES,
    }
    return sessions.Plan(**said | changes)


def planned(by: Acting, course: Course, *, now: datetime = NOW, **changes: Any) -> TaughtSession:
    with acting_as(by):
        return sessions.plan_session(plan=plan(course, **changes), by=by, now=now)


def booked(by: Acting, session: TaughtSession, *who: Membership, now: datetime = NOW) -> list[Place]:
    """Places that a training manager gives; one's own where nobody is named."""
    with acting_as(by):
        if not who:
            return [sessions.book(session_id=session.pk, by=by, now=now)]
        return sessions.book_people(session_id=session.pk, membership_ids=[one.pk for one in who], by=by, now=now)


def came(
    by: Acting, session: TaughtSession, *places: Place, now: datetime = AFTERWARDS, **scores: Any
) -> TaughtSession:
    """Of everybody on the list it is said whether they came: those of these places did."""
    with acting_as(by):
        version = TaughtSession.objects.get(pk=session.pk).version
        return attendance.record_attendance(
            session_id=session.pk,
            version=version,
            came=[place.pk for place in places],
            scores=scores.get("scores", {}),
            by=by,
            now=now,
        )


def closed(by: Acting, session: TaughtSession, *, now: datetime = AFTERWARDS) -> TaughtSession:
    with acting_as(by):
        return attendance.close_attendance(session_id=session.pk, by=by, now=now)


def held(by: Acting, course: Course, *who: Membership, now: datetime = AFTERWARDS, **changes: Any) -> TaughtSession:
    """A session to which all of these came, over and closed."""
    before = changes.pop("planned_at", NOW)
    session = planned(by, course, now=before, **changes)
    places = booked(by, session, *who, now=before)
    came(by, session, *places, now=now)
    return closed(by, session, now=now)


def file_of(rows: list[list[Any]], headings: tuple[str, ...] = ("Staff number", "E-mail", "Score")) -> Examined:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([headings, *rows])
    return examine(io.BytesIO(text.getvalue().encode()), "came.csv", SPREADSHEETS)
