"""Requirements, the people they ask and what those did: worked out at once, as the job does it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from foundation.core.acting import Acting, acting_as
from foundation.organisations.models import Membership, Team
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.training import make_course
from training import assigning
from training.actions import agreements, recording, requirements
from training.models import Assignment, Came, Course, Requirement
from training.scope import Scope

EARLIER = datetime.fromisoformat("2026-10-01T09:00:00+00:00")


def require(
    by: Acting, title: str = "Awareness", *, course: Course | None = None, now: datetime = EARLIER, **asked: Any
) -> Requirement:
    """A requirement of everybody from 1 January 2026, every 24 months, with a target of 85 per cent."""
    wanted: dict[str, Any] = {
        "title": title,
        "course_id": (course or make_course(f"course-{title.lower().replace(' ', '-')}")).pk,
        "scope": Scope(),
        "starts_on": date(2026, 1, 1),
        "target": 85,
        "months": 24,
    }
    with acting_as(by):
        return requirements.make(asked=requirements.Asked(**(wanted | asked)), by=by, now=now)


def work_out(by: Acting, requirement: Requirement | None = None, *, now: datetime = EARLIER) -> None:
    """Everybody of the organisation, for all requirements."""
    with acting_as(by):
        for members in assigning.all_people(by.organisation_id):
            assigning.work_out(by.organisation_id, members, now=now)
        Requirement.objects.filter(worked_out_at__isnull=True).update(worked_out_at=now)


def employ(by: Acting, names: Iterable[str], **post: Any) -> list[Membership]:
    """People without a sign-in, with a post."""
    people = [make_membership(by.organisation, name=name, with_user=False) for name in names]
    with acting_as(by):
        Membership.objects.filter(pk__in=[each.pk for each in people]).update(**post)
        return list(Membership.objects.filter(pk__in=[each.pk for each in people]).order_by("pk"))


def make_team(by: Acting, name: str, part_of: Team | None = None) -> Team:
    with acting_as(by):
        return Team.objects.create(organisation_id=by.organisation_id, name=name, part_of=part_of)


def did(by: Acting, person: Membership, requirement: Requirement, on: date, *, now: datetime = EARLIER) -> None:
    """Somebody did the course of a requirement on a day, and it was recorded."""
    done = recording.Done(course_id=requirement.course_id, completed_on=on)
    with acting_as(by):
        recording.record(membership_id=person.pk, done=done, came=Came.MANUAL, by=by, now=now)


def waived(by: Acting, person: Membership, requirement: Requirement, *, now: datetime = EARLIER) -> None:
    row = standing_row(by, person, requirement)
    with acting_as(by):
        agreements.waive(
            assignment_id=row.pk,
            starts_on=date(2026, 10, 1),
            ends_on=date(2027, 3, 31),
            reason="Does it with another employer",
            by=by,
            now=now,
        )


def away(by: Acting, person: Membership, *, now: datetime = EARLIER) -> None:
    with acting_as(by):
        agreements.record_absence(
            membership_id=person.pk, starts_on=date(2026, 10, 1), ends_on=None, kind="leave", by=by, now=now
        )


def standing_row(by: Acting, person: Membership, requirement: Requirement) -> Assignment:
    """What somebody is asked as it stands now."""
    with acting_as(by):
        rows = Assignment.objects.visible_to(by).filter(known_until__isnull=True)
        return rows.get(membership=person.pk, requirement=requirement)


def acting_for_person(person: Membership) -> Acting:
    return acting_of(person, at=NOW)
