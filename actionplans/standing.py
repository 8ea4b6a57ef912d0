"""Whether an action is late or drifting: computed from its dates and its progress, on a day. Touches no database.

It stands beside what the owner says of the action (its RAG) and never changes it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from actionplans.workflow import OPEN, Status

SILENT_AFTER = timedelta(days=60)
BEHIND_BY = 20  # points of a hundred that the progress may lag behind the time that has gone


class Sign(models.TextChoices):
    """Something that dates and progress say. All but ``overdue`` are drift: not late yet, and on the way there."""

    OVERDUE = "overdue", _("Overdue")
    LATE_START = "late_start", _("Should have started")
    BEHIND = "behind", _("Behind its time")
    SILENT = "silent", _("No progress noted for 60 days")


DRIFT = frozenset({Sign.LATE_START, Sign.BEHIND, Sign.SILENT})
COLOUR = {Sign.OVERDUE: "red", Sign.LATE_START: "yellow", Sign.BEHIND: "yellow", Sign.SILENT: "yellow"}


@dataclass(frozen=True)
class Facts:
    """What the standing follows from. ``noted_on`` is the day of the last progress note, None if there is none."""

    status: str
    starts_on: date
    due_on: date
    percent: int | None = None
    noted_on: date | None = None


def signs(facts: Facts, today: date) -> list[Sign]:
    """What is wrong on this day, worst first. Nothing for an action that is done or cancelled."""
    if Status(facts.status) not in OPEN:
        return []
    found = [Sign.OVERDUE] if facts.due_on < today else []
    if facts.status == Status.NOT_STARTED and facts.starts_on < today:
        found.append(Sign.LATE_START)
    if facts.percent is not None and facts.percent + BEHIND_BY < time_gone(facts, today):
        found.append(Sign.BEHIND)
    if facts.status == Status.IN_PROGRESS and (facts.noted_on or facts.starts_on) < today - SILENT_AFTER:
        found.append(Sign.SILENT)
    return found


def time_gone(facts: Facts, today: date) -> int:
    """How much of the time from start to due date has passed, as a whole percentage from 0 to 100."""
    length, gone = (facts.due_on - facts.starts_on).days, (today - facts.starts_on).days
    if length <= 0:
        return 100 if today >= facts.due_on else 0
    return min(max(gone * 100 // length, 0), 100)


def is_overdue(facts: Facts, today: date) -> bool:
    return Sign.OVERDUE in signs(facts, today)


def is_drifting(facts: Facts, today: date) -> bool:
    """Not overdue, and on the way there."""
    found = signs(facts, today)
    return Sign.OVERDUE not in found and bool(DRIFT & set(found))
