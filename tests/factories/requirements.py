"""Requirements and courses from outside, made by the actions that people use, with their jobs done."""

from datetime import date, datetime
from typing import Any

from foundation import jobs
from foundation.core.acting import Acting, acting_as
from foundation.jobs.models import Job
from tests.conftest import NOW
from tests.factories.training import make_course
from training.actions import equivalences, requirements
from training.models import Course, Equivalence, Requirement
from training.scope import Scope

FROM = date(2026, 10, 1)


def asked(course: Course, **changes: Any) -> requirements.Asked:
    """Everybody is asked for the course every two years, unless said otherwise."""
    wanted: dict[str, Any] = {
        "title": "Prevent awareness", "course_id": course.pk, "scope": Scope(), "starts_on": FROM, "months": 24,
    }  # fmt: skip
    return requirements.Asked(**wanted | changes)


def ask(by: Acting, course: Course | None = None, *, now: datetime = NOW, **changes: Any) -> Requirement:
    """A requirement that is worked out already."""
    course = course or make_course()
    with acting_as(by):
        requirement = requirements.make(asked=asked(course, **changes), by=by, now=now)
    run_jobs(by, now=now)
    with acting_as(by):
        return Requirement.objects.get(pk=requirement.pk)


def run_jobs(by: Acting, *, now: datetime = NOW) -> int:
    """Do what waits to be worked out. Returns how many jobs that were."""
    with acting_as(by):
        waiting = list(Job.objects.visible_to(by).filter(name="training.work_out").unfinished().order_by("pk"))
    for job in waiting:
        with acting_as(by):
            done = jobs.run_here(job, at=now)
        assert not done.failure_code, done.failure_sentence
    return len(waiting)


def outside_course(by: Acting, title: str = "A day with the police", **changes: Any) -> Course:
    wanted = {"provider": "The police", "level": "awareness", "minutes": 60, "summary": "What to notice."} | changes
    with acting_as(by):
        return equivalences.add_outside_course(title=title, **wanted, by=by, now=NOW)


def equivalence(by: Acting, done: Course, counts_for: Course, **changes: Any) -> Equivalence:
    wanted = {"months": None, "only_after": False, "reason": "It teaches the same."} | changes
    with acting_as(by):
        return equivalences.add_equivalence(done_id=done.pk, counts_for_id=counts_for.pk, **wanted, by=by, now=NOW)
