"""Reckoning with months and years."""

import re
from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """So many months later, or earlier for a number below nought: the same day, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


YEARS = re.compile(r"(?<!\d)(20\d\d)(?:([-/–])((?:20)?)(\d\d))?(?!\d)")


def a_year_on(title: str) -> str:
    """A title with the years in it a year later, such as 2026-27 for 2025-26; unchanged where it names none."""
    return YEARS.sub(_next_year, title)


def _next_year(found: re.Match[str]) -> str:
    year, sign, century, second = found.groups()
    later = int(year) + 1
    if second is None or (later - int(second)) % 100:  # not a span of two years: a month, say, stands as it is
        return f"{later}{found[0][4:]}"
    return f"{later}{sign}{century}{(later + 1) % 100:02}"
