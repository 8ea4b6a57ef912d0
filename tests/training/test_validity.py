"""How long something done is good for: whatever the days, over leap years, year ends and changes of the clock."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.core.dates import months_after
from training.models import Anchor, Rule
from training.validity import expiring_from, period_of, valid_until

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
MONTHS = st.integers(1, 120)


def from_completion(months: int | None) -> Rule:
    return Rule(anchor=Anchor.COMPLETION, months=months)


def by_window(months: int, window_from: date) -> Rule:
    return Rule(anchor=Anchor.WINDOW, months=months, window_from=window_from)


@given(DAYS, MONTHS)
def test_from_completion_it_is_the_same_day_so_many_months_later_or_the_last_of_a_shorter_month(done, months):
    until = valid_until(from_completion(months), done)

    assert (until.year - done.year) * 12 + until.month - done.month == months
    assert until.day == min(done.day, monthrange(until.year, until.month)[1])


@given(DAYS, DAYS, MONTHS)
def test_who_does_it_later_is_never_good_for_less(one, other, months):
    first, second = sorted((one, other))

    assert valid_until(from_completion(months), first) <= valid_until(from_completion(months), second)


def test_without_an_interval_it_is_good_for_ever():
    assert valid_until(from_completion(None), date(2026, 2, 28)) is None
    assert expiring_from(Rule(expiring_days=60), None) is None


@pytest.mark.parametrize(
    ("done", "months", "until"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 3, 29), 7, date(2026, 10, 29)),  # over both changes of the clock
    ],
)
def test_leap_days_ends_of_months_and_changes_of_the_clock(done, months, until):
    assert valid_until(from_completion(months), done) == until


@given(DAYS, DAYS, MONTHS)
def test_every_day_falls_in_one_period_and_periods_follow_on_each_other_without_a_gap(day, window_from, months):
    found = period_of(day, window_from=window_from, months=months)
    following = period_of(found.last + timedelta(days=1), window_from=window_from, months=months)

    assert found.first <= day <= found.last
    assert following.first == found.last + timedelta(days=1)


@given(DAYS, DAYS, st.integers(1, 36))
def test_what_was_done_in_a_period_holds_to_the_end_of_the_next_and_no_day_longer(done, window_from, months):
    until = valid_until(by_window(months, window_from), done)

    own = period_of(done, window_from=window_from, months=months)
    following = period_of(own.last + timedelta(days=1), window_from=window_from, months=months)
    assert until == following.last


def test_a_school_year_asks_once_in_each():
    year = by_window(12, date(2020, 9, 1))

    assert valid_until(year, date(2026, 9, 1)) == date(2028, 8, 31)
    assert valid_until(year, date(2027, 8, 31)) == date(2028, 8, 31)
    assert valid_until(year, date(2027, 9, 1)) == date(2029, 8, 31)


@given(DAYS, MONTHS, MONTHS)
def test_an_equivalence_with_months_of_its_own_is_good_for_those(done, months, own):
    assert valid_until(from_completion(months), done, months=own) == months_after(done, own)


@given(DAYS, st.integers(1, 36), MONTHS)
def test_an_equivalence_may_end_a_window_earlier_and_never_later(done, months, own):
    rule = by_window(months, date(2020, 9, 1))

    assert valid_until(rule, done, months=own) == min(valid_until(rule, done), months_after(done, own))


def test_notice_begins_so_many_days_before_the_last():
    assert expiring_from(Rule(expiring_days=60), date(2026, 12, 31)) == date(2026, 11, 1)
