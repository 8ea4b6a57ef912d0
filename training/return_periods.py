"""The periods of returns: quarters of the calendar and academic years. Touches no database."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from foundation.core.dates import months_after
from foundation.core.templatetags.portal import day
from training.return_files import Every

OFFERED = 8
FIRST_MONTH_OF_ACADEMIC_YEAR = 8


@dataclass(frozen=True)
class Period:
    """First and last day."""

    first: date
    last: date

    @property
    def in_words(self) -> str:
        return _("%(first)s to %(last)s") % {"first": day(self.first), "last": day(self.last)}

    @property
    def code(self) -> str:
        """How addresses name it: by its first day."""
        return self.first.isoformat()


def period_of(every: Every, on: date) -> Period:
    """The period in which a day lies."""
    if every == Every.QUARTER:
        first, months = date(on.year, (on.month - 1) // 3 * 3 + 1, 1), 3
    else:
        began = on.year if on.month >= FIRST_MONTH_OF_ACADEMIC_YEAR else on.year - 1
        first, months = date(began, FIRST_MONTH_OF_ACADEMIC_YEAR, 1), 12
    return Period(first, months_after(first, months) - timedelta(days=1))


def offered(every: Every, today: date) -> list[Period]:
    """The period that is running and those before it, the newest first."""
    found = [period_of(every, today)]
    while len(found) < OFFERED:
        found.append(period_of(every, found[-1].first - timedelta(days=1)))
    return found
