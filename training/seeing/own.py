"""What somebody is asked themself: for their own page and the start page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from foundation.core.acting import Acting
from training.models import Assignment, Attempt
from training.scope import because
from training.seeing import groups
from training.seeing.listing import due
from training.seeing.of_one import asked_of_oneself
from training.workflow import Standing

MOST_PRESSING = 5


@dataclass(frozen=True)
class Own:
    """One requirement. ``attempt``: the way through its course that is open; ``can_begin``: the portal offers it."""

    row: Assignment
    label: str
    colour: str
    why: str
    due: date | None
    attempt: Attempt | None
    can_begin: bool


def asked(acting: Acting, attempts: Sequence[Attempt], teams: dict[int, str]) -> list[Own]:
    """All that somebody is asked today: what is overdue first, then by the day it is due. One query."""
    open_by_course = {each.course_id: each for each in attempts}
    rows = sorted(
        asked_of_oneself(acting, timezone.localdate()),
        key=lambda row: (row.standing != Standing.OVERDUE, row.due_on, row.pk),
    )
    return [_shown(row, open_by_course, teams) for row in rows]


def pressing(acting: Acting) -> list[Own]:
    """What somebody is asked and has not done or must soon do again, at most five. One query."""
    wanted = (*groups.NOT_GOOD, Standing.EXPIRING)
    rows = [row for row in asked_of_oneself(acting, timezone.localdate()) if row.standing in wanted]
    return [_shown(row, {}, {}) for row in rows[:MOST_PRESSING]]


def _shown(row: Assignment, attempts: dict[int, Attempt], teams: dict[int, str]) -> Own:
    course = row.requirement.course
    return Own(
        row,
        str(groups.LABELS[row.standing]),
        groups.COLOURS[row.standing],
        because(row.because, teams=teams),
        due(row.due_on),
        attempts.get(course.pk),
        can_begin=not course.provider and course.withdrawn_at is None,
    )
