"""Requirements on training and what is known of them on a day, as a training manager and the job make them."""

from datetime import date, datetime
from typing import Any

from foundation.core.acting import Acting, acting_as
from foundation.organisations.models import Membership
from tests.conftest import NOW
from training import assigning, figures
from training.actions import recording, requirements
from training.models import Assignment, Came, Completion, Course, Requirement
from training.scope import Scope

ASKED_FROM = date(2026, 9, 1)
TODAY = NOW.date()


def asked(course: Course, **changes: Any) -> requirements.Asked:
    """Everybody, from 1 September 2026, every 24 months, 28 days to do it in."""
    wanted = {"title": "Awareness", "course_id": course.pk, "scope": Scope(), "starts_on": ASKED_FROM, "months": 24}
    return requirements.Asked(**(wanted | changes))


def ask(by: Acting, course: Course, *, now: datetime = NOW, **changes: Any) -> Requirement:
    """A requirement, worked out for everybody."""
    with acting_as(by):
        requirement = requirements.make(asked=asked(course, **changes), by=by, now=now)
        work_out(by, requirement, now=now)
        return requirements.worked_out(requirement_id=requirement.pk, by=by, now=now)


def work_out(by: Acting, requirement: Requirement, *, now: datetime = NOW) -> int:
    with acting_as(by):
        chunks = assigning.all_people(by.organisation_id)
        return sum(
            requirements.work_out(requirement_id=requirement.pk, members=members, by=by, now=now) for members in chunks
        )


def record(
    by: Acting, person: Membership, course: Course, on: date, *, came: Came = Came.MANUAL, now: datetime = NOW
) -> Completion:
    with acting_as(by):
        done = recording.Done(course_id=course.pk, completed_on=on)
        return recording.record(membership_id=person.pk, done=done, came=came, by=by, now=now)


def standing(by: Acting, person: Membership, on: date = TODAY, *, today: date = TODAY) -> list[str]:
    """How somebody stands in what they are asked on a day, as known then."""
    with acting_as(by):
        rows = Assignment.objects.visible_to(by).of(person.pk).asked(on, today=today)
        return [row.standing for row in rows.order_by("requirement")]


def counts(by: Acting, on: date, *, today: date = TODAY) -> dict[str, int]:
    """How many people stand how on a day, without the noughts."""
    with acting_as(by):
        found = figures.of(Assignment.objects.visible_to(by).asked(on, today=today)).counts
    return {name: number for name, number in found.items() if number}


def assignment(by: Acting, person: Membership) -> Assignment:
    """What somebody is asked, as it stands; they are asked for one thing."""
    with acting_as(by):
        return Assignment.objects.visible_to(by).get(membership=person, known_until=None)
