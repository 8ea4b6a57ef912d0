"""Training that people are asked for, worked out as the job does it."""

from datetime import date, datetime
from typing import Any

from foundation.core.acting import Acting, acting_as
from foundation.organisations.models import Membership
from tests.conftest import NOW
from training import assigning
from training.actions import recording, requirements
from training.models import Came, Completion, Course, Requirement
from training.scope import Scope


def requirement(
    by: Acting, course: Course, title: str = "Awareness for all", *, now: datetime = NOW, **asked: Any
) -> Requirement:
    """Asks everybody, or those of the ``scope``, from 23 November 2026 on, with 28 days to do it in."""
    wanted = {"scope": Scope(), "starts_on": date(2026, 11, 23), "months": 36} | asked
    with acting_as(by):
        row = requirements.make(asked=requirements.Asked(title=title, course_id=course.pk, **wanted), by=by, now=now)
        for members in assigning.all_people(by.organisation_id):
            requirements.work_out(requirement_id=row.pk, members=members, by=by, now=now)
        return requirements.worked_out(requirement_id=row.pk, by=by, now=now)


def done(by: Acting, membership: Membership, course: Course, on: date, *, now: datetime = NOW) -> Completion:
    """Recorded by a training manager."""
    with acting_as(by):
        return recording.record(
            membership_id=membership.pk,
            done=recording.Done(course_id=course.pk, completed_on=on),
            came=Came.MANUAL,
            by=by,
            now=now,
        )
