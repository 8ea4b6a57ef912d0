"""The county says who must do what: out of the default matrix, with one rule made wider later."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from foundation import jobs
from foundation.core.acting import Acting
from foundation.jobs.models import Job
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import COUNTY, OrganisationEntry
from training import defaults
from training.actions import equivalences, requirements
from training.models import Course, Requirement
from training.scope import Scope

WHO = f"{COUNTY}/training"
ASKED_MONTHS_AGO = 13.5
WIDER_MONTHS_AGO = 3.2
ASKED = {
    "la-everybody": {"target": 90},
    "la-front-line": {"target": 85},
    "la-channel-panel": {},
    "la-leaders": {},
}
BRIEFING = "Working together to prevent radicalisation"


def deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """What the county's training manager decided."""
    if entry.key != COUNTY:
        return
    at = cast.moments.at_work(ASKED_MONTHS_AGO, "requirements")
    for place, (code, changes) in enumerate(ASKED.items()):
        yield Deed(at + timedelta(minutes=6 * place), WHO, _ask(code, changes))
    yield Deed(at + timedelta(minutes=40), WHO, _let_the_briefing_count)
    yield Deed(cast.moments.at_work(WIDER_MONTHS_AGO, "requirements/wider"), WHO, _ask_more_people)


def _ask(code: str, changes: dict[str, Any]) -> Callable[[Acting, datetime], None]:
    def ask(by: Acting, now: datetime) -> None:
        default = defaults.find(code)
        assert default is not None
        asked = requirements.Asked(
            title=default.title,
            course_id=Course.objects.get(code=default.course, organisation=None).pk,
            scope=default.scope,
            starts_on=timezone.localdate(now),
            months=default.months,
            **changes,
        )
        requirements.make(asked=asked, by=by, now=now)
        _work_out(by, now)

    return ask


def _ask_more_people(by: Acting, now: datetime) -> None:
    """The front line turned out to be wider than the default matrix has it."""
    default = defaults.find("la-front-line")
    assert default is not None
    requirement = Requirement.objects.visible_to(by).get(title=default.title)
    rule = requirement.rules.get(ended_at__isnull=True)
    scope = Scope.from_json(rule.scope)
    asked = requirements.Asked(
        title=requirement.title,
        course_id=requirement.course_id,
        scope=replace(scope, job_titles=(*scope.job_titles, "Community", "Adult Learning")),
        starts_on=requirement.starts_on,
        target=requirement.target,
        months=rule.months,
    )
    requirements.change(requirement_id=requirement.pk, version=requirement.version, asked=asked, by=by, now=now)
    _work_out(by, now)


def _let_the_briefing_count(by: Acting, now: datetime) -> None:
    """The safeguarding partnership's half-day counts for awareness, for a year."""
    course = equivalences.add_outside_course(
        title=BRIEFING,
        provider="Severnshire Safeguarding Partnership",
        level="awareness",
        minutes=180,
        summary="A half-day in a room for people of several agencies, with cases from the county.",
        by=by,
        now=now,
    )
    equivalences.add_equivalence(
        done_id=course.pk,
        counts_for_id=Course.objects.get(code="prevent-awareness", organisation=None).pk,
        months=12,
        only_after=False,
        reason="The trainer follows the same outline. It is repeated every year, so it is good for a year.",
        by=by,
        now=now,
    )
    _work_out(by, now)


def _work_out(by: Acting, now: datetime) -> None:
    for job in Job.objects.visible_to(by).filter(name="training.work_out").unfinished().order_by("pk"):
        done = jobs.run_here(job, at=now + timedelta(minutes=1))
        if done.failure_code:
            raise RuntimeError(f"It was not worked out who is asked: {done.failure_sentence}")
