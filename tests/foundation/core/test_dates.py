"""When a risk is looked at again: so many months later, whatever the month. Days only, so no clock can move them."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.core.dates import a_year_on, months_after

DAYS = st.dates(date(2020, 1, 1), date(2090, 12, 31))
MONTHS = st.integers(1, 60)


@given(DAYS, MONTHS)
def test_it_is_so_many_months_later_on_the_same_day_or_the_last_of_a_shorter_month(day, months):
    found = months_after(day, months)

    assert (found.year - day.year) * 12 + found.month - day.month == months
    assert found.day == min(day.day, monthrange(found.year, found.month)[1])


@given(DAYS, DAYS, MONTHS)
def test_what_was_reviewed_later_is_never_due_earlier(first, second, months):
    first, second = sorted((first, second))

    assert months_after(first, months) <= months_after(second, months)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 3, 29), 12, date(2027, 3, 29)),
        (date(2026, 10, 25), 12, date(2027, 10, 25)),
    ],
    ids=[
        "over the year end", "into a short February", "into a leap year", "a year after 29 February",
        "four years after it", "the clocks go forward", "the clocks go back",
    ],
)  # fmt: skip
def test_days_that_trip_others_up(day, months, expected):
    assert months_after(day, months) == expected


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 14, date(2024, 11, 15)),
        (date(2026, 5, 31), 6, date(2025, 11, 30)),
    ],
)
def test_months_before_a_day_keep_to_the_calendar(day, months, expected):
    assert months_after(day, -months) == expected


@pytest.mark.parametrize(
    ("title", "later"),
    [
        ("Risk assessment 2025-26", "Risk assessment 2026-27"),
        ("Plan 2025/2026", "Plan 2026/2027"),
        ("2099–00 and after", "2100–01 and after"),
        ("April 2026 to March 2027", "April 2027 to March 2028"),
        ("Review of 2026-12", "Review of 2027-12"),
        ("Prevent plan of the county", "Prevent plan of the county"),
        ("Case 120261 of 1999", "Case 120261 of 1999"),
    ],
)
def test_a_title_names_the_next_year_where_it_names_one(title, later):
    assert a_year_on(title) == later
