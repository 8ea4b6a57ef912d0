"""Reckoning with months."""

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """So many months later, on the same day or, where the month is shorter, on its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
