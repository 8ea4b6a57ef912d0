"""Reckoning with months."""

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """So many months later, or earlier for a number below nought: the same day, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
