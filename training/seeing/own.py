"""What somebody is asked themself: for their own page and the start page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from foundation.core.acting import Acting
from training.models import Assignment
from training.progress import Progress
from training.scope import because
from training.seeing import groups
from training.seeing.listing import due
from training.seeing.of_one import asked_of_oneself
from training.workflow import Standing

MOST_PRESSING = 5


@dataclass(frozen=True)
class Own:
    """One requirement. ``progress``: how far one is in its course; ``can_begin``: the portal offers it."""

    row: Assignment
    label: str
    colour: str
    why: str
    due: date | None
    progress: Progress | None
    can_begin: bool


def asked(rows: list[Assignment], under_way: Mapping[int, Progress], teams: Mapping[int, str]) -> list[Own]:
    """What somebody is asked: what is overdue first, then by the day it is due. ``under_way`` by course."""
    in_order = sorted(rows, key=lambda row: (row.standing != Standing.OVERDUE, row.due_on, row.pk))
    return [_shown(row, under_way, teams) for row in in_order]


def pressing(acting: Acting) -> list[Own]:
    """What somebody is asked and has not done or must soon do again, at most five. One query."""
    wanted = (*groups.NOT_GOOD, Standing.EXPIRING)
    rows = [row for row in asked_of_oneself(acting, timezone.localdate()) if row.standing in wanted]
    return [_shown(row, {}, {}) for row in rows[:MOST_PRESSING]]


def _shown(row: Assignment, under_way: Mapping[int, Progress], teams: Mapping[int, str]) -> Own:
    course = row.requirement.course
    return Own(
        row,
        str(groups.LABELS[row.standing]),
        groups.COLOURS[row.standing],
        because(row.because, teams=teams),
        due(row.due_on),
        under_way.get(course.pk),
        can_begin=not course.provider
        and course.withdrawn_at is None
        and row.standing not in (Standing.IN_DATE, Standing.WAIVED, Standing.ABSENT),
    )
