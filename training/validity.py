"""How long something done is good for. Dates in, dates out: days in the portal's time zone, so clocks do not matter."""

from dataclasses import dataclass
from datetime import date, timedelta

from foundation.core.dates import months_after
from training.models.requirements import Anchor, Rule


@dataclass(frozen=True)
class Period:
    """One period of the calendar, first and last day."""

    first: date
    last: date


def period_of(day: date, *, window_from: date, months: int) -> Period:
    """The period in which a day falls. Periods run on from ``window_from`` in both directions, without a gap."""
    months_apart = (day.year - window_from.year) * 12 + day.month - window_from.month
    number = months_apart // months
    if months_after(window_from, number * months) > day:
        number -= 1
    elif months_after(window_from, (number + 1) * months) <= day:
        number += 1
    first = months_after(window_from, number * months)
    return Period(first, months_after(window_from, (number + 1) * months) - timedelta(days=1))


def valid_until(rule: Rule, done_on: date, *, months: int | None = None) -> date | None:
    """The last day on which something done on a day still counts under a rule; None for ever.

    ``months`` is what an equivalence says instead of the rule. Under a window, what is done in one period holds to the
    end of the next, by which it is to be done again; an equivalence of so many months may end that earlier.
    """
    if rule.anchor == Anchor.WINDOW:
        assert rule.window_from is not None
        assert rule.months is not None
        period = period_of(done_on, window_from=rule.window_from, months=rule.months)
        last = period_of(period.last + timedelta(days=1), window_from=rule.window_from, months=rule.months).last
        return min(last, months_after(done_on, months)) if months else last
    good_for = months or rule.months
    return months_after(done_on, good_for) if good_for else None


def expiring_from(rule: Rule, until: date | None) -> date | None:
    """The first day on which it is said that something done ends soon."""
    return until - timedelta(days=rule.expiring_days) if until else None
