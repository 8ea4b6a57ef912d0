"""Calendar quarters. Touches no database."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

LONDON = ZoneInfo("Europe/London")
MOST_OFFERED = 8


@dataclass(frozen=True)
class Quarter:
    """Three months of the calendar, named by their first day."""

    first: date

    @classmethod
    def of(cls, day: date) -> Self:
        """The quarter that a day lies in."""
        return cls(date(day.year, (day.month - 1) // 3 * 3 + 1, 1))

    @property
    def last(self) -> date:
        return _next(self.first) - timedelta(days=1)

    @property
    def before(self) -> "Quarter":
        return Quarter.of(self.first - timedelta(days=1))

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From midnight in London of its first day, to midnight after its last, which is outside."""
        return (
            datetime.combine(self.first, time.min, tzinfo=LONDON),
            datetime.combine(_next(self.first), time.min, tzinfo=LONDON),
        )

    @property
    def in_words(self) -> str:
        """For example "October to December 2026"."""
        return _("%(first)s to %(last)s") % {
            "first": date_format(self.first, "F"),
            "last": date_format(self.last, "F Y"),
        }


def offered(period_from: date, period_to: date, today: date) -> list[Quarter]:
    """Quarters that have begun and that a period reaches into, the newest first, at most eight."""
    found: list[Quarter] = []
    quarter = Quarter.of(min(today, period_to))
    while quarter.last >= period_from and len(found) < MOST_OFFERED:
        found.append(quarter)
        quarter = quarter.before
    return found


def _next(first: date) -> date:
    """The first day of the quarter after the one that begins on ``first``."""
    return date(first.year + 1, 1, 1) if first.month == 10 else date(first.year, first.month + 3, 1)
