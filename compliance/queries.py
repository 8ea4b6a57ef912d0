"""The register of the duty: every requirement that applies, with its answer and evidence, on any day.

Everything is read from insert-only history, so the register of a past day does not change when later data arrives.
The number of queries is the same for one day or twenty, ten requirements or a thousand.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Min
from django.utils import timezone

from compliance.history import History
from compliance.history import end_of_day as end_of_day
from compliance.models import AnswerRevision
from compliance.register import Register, Standing
from foundation.core.acting import Acting
from foundation.core.dates import months_after

MOST_BETWEEN = 8  # points of a chart between the first and the last


def register(acting: Acting, on: date) -> Register:
    """What the duty asks of the acting organisation on a day, and where it stood at the end of that day (London)."""
    return registers(acting, [on])[0]


def registers(acting: Acting, days: Sequence[date]) -> list[Register]:
    """The register on several days, for the price of one."""
    history = History(acting, days)
    return [history.on(day) for day in days]


def with_trend(acting: Acting, on: date, quarters: int) -> tuple[Register, list[Standing]]:
    """The register on a day, and the figures of the quarters before it and of the day itself."""
    *before, last = quarter_ends(on, quarters)
    history = History(acting, [*before, last])
    found = history.on(last)
    return found, [*(history.standing(day) for day in before), found.standing]


def quarter_ends(until: date, count: int) -> list[date]:
    """The last days of the ``count`` quarters before ``until``, oldest first, and ``until`` itself."""
    ends: list[date] = []
    first_of_quarter = date(until.year, 3 * ((until.month - 1) // 3) + 1, 1)
    while len(ends) < count:
        last = first_of_quarter - timedelta(days=1)
        ends.append(last)
        first_of_quarter = date(last.year, 3 * ((last.month - 1) // 3) + 1, 1)
    return [*reversed(ends), until]


def period_days(first: date, last: date) -> list[date]:
    """The days whose ends show how a period went: the day before it, quarters' ends in between, its last day.

    At most ten, however long the period is.
    """
    quarters = 1 + (last - first).days // 89
    between = [day for day in quarter_ends(last, quarters)[:-1] if first <= day < last]
    thinned = between[:: -(-len(between) // MOST_BETWEEN)] if between else []
    return [first - timedelta(days=1), *thinned, last]


def period_start(acting: Acting, until: date) -> date:
    """Where a report's period begins unless somebody says otherwise: a year before its last day, or later when the
    organisation, or its first answer, is younger than that.
    """
    first_answer = AnswerRevision.objects.visible_to(acting).aggregate(first=Min("changed_at"))["first"]
    beginnings = [months_after(until, -12), acting.organisation.active_from]
    if first_answer is not None:
        beginnings.append(timezone.localdate(first_answer))
    return min(max(beginnings), until)
