"""When a recurring action is due again. Days only: clocks that go forward or back cannot move them. No database."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST = 60


class Repeats(models.TextChoices):
    """How the next due date is found."""

    NEVER = "never", _("Does not repeat")
    AFTER_DONE = "after_done", _("So many months after it was last done")
    CALENDAR = "calendar", _("On a fixed day, every so many months")


@dataclass(frozen=True)
class Recurrence:
    """``every_months`` from 1 to 60. ``on_day`` (1 to 31) is for the calendar: 31 means the last day of any month."""

    repeats: Repeats
    every_months: int | None = None
    on_day: int | None = None

    def next_due(self, *, due_on: date, done_on: date) -> date | None:
        """The next due date after an action that was due on ``due_on`` was done on ``done_on``; None if it ends.

        From last done: so many months after ``done_on``. Calendar: the first date of the series of ``due_on`` that is
        after both days, so that one done late skips what has passed and one done early is not asked twice.
        """
        if self.repeats == Repeats.NEVER or self.every_months is None:
            return None
        if self.repeats == Repeats.AFTER_DONE:
            return later(done_on, self.every_months)
        day = self.on_day or due_on.day
        steps = 1
        while (found := later(due_on, self.every_months * steps, on_day=day)) <= max(due_on, done_on):
            steps += 1
        return found


def problems_of(repeats: str, every_months: int | None, on_day: int | None) -> list[str]:
    """Why this is no recurrence: names of the fields that are wrong; none if it is one."""
    if repeats == Repeats.NEVER:
        return [name for name, value in (("every_months", every_months), ("on_day", on_day)) if value is not None]
    wrong = [] if every_months is not None and 1 <= every_months <= LONGEST else ["every_months"]
    if repeats == Repeats.CALENDAR:
        return wrong if on_day is not None and 1 <= on_day <= 31 else [*wrong, "on_day"]
    return wrong if on_day is None else [*wrong, "on_day"]


def later(day: date, months: int, *, on_day: int | None = None) -> date:
    """So many months after ``day``, on ``on_day`` or the same day; the last day of the month where that is shorter.

    A year after 29 February is 28 February, and four years after it is 29 February again.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(on_day or day.day, monthrange(year, month + 1)[1]))
