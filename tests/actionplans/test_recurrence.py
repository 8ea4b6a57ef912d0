"""When a recurring action is due again: whatever the days, over year ends, leap years and changes of the clock."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplans.recurrence import Recurrence, Repeats, later, problems_of

DAYS = st.dates(date(2020, 1, 1), date(2090, 12, 31))
MONTHS = st.integers(1, 60)
ON_DAY = st.integers(1, 31)
LATE = st.integers(-800, 800).map(timedelta)


def months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


@given(DAYS, DAYS, MONTHS)
def test_from_last_done_it_is_so_many_months_after_the_day_it_was_done(due, done, months):
    found = Recurrence(Repeats.AFTER_DONE, months).next_due(due_on=due, done_on=done)

    assert months_between(done, found) == months
    assert found.day == min(done.day, monthrange(found.year, found.month)[1])


@given(DAYS, LATE, MONTHS, ON_DAY)
def test_a_calendar_keeps_its_day_and_its_months_and_never_looks_back(due, late, months, on_day):
    done = due + late

    found = Recurrence(Repeats.CALENDAR, months, on_day).next_due(due_on=due, done_on=done)

    assert found.day == min(on_day, monthrange(found.year, found.month)[1])
    assert months_between(due, found) % months == 0
    assert found > max(due, done)


@given(DAYS, LATE, MONTHS, ON_DAY)
def test_a_calendar_leaves_out_no_date_that_is_still_ahead(due, late, months, on_day):
    done = due + late

    found = Recurrence(Repeats.CALENDAR, months, on_day).next_due(due_on=due, done_on=done)

    before = later(found, -months, on_day=on_day)
    assert before <= max(due, done) or months_between(due, before) == 0  # that month had its round


@given(DAYS, MONTHS, ON_DAY)
def test_a_calendar_done_on_time_again_and_again_never_drifts_to_another_day(due, months, on_day):
    rule = Recurrence(Repeats.CALENDAR, months, on_day)
    days = [due]
    for _ in range(12):
        days.append(rule.next_due(due_on=days[-1], done_on=days[-1]))

    assert {each.day for each in days[1:]} <= {min(on_day, length) for length in (28, 29, 30, 31)}
    assert months_between(days[0], days[-1]) == 12 * months


@pytest.mark.parametrize(
    ("rule", "due", "done", "expected"),
    [
        (Recurrence(Repeats.AFTER_DONE, 12), date(2028, 2, 29), date(2028, 2, 29), date(2029, 2, 28)),
        (Recurrence(Repeats.AFTER_DONE, 48), date(2028, 2, 29), date(2028, 2, 29), date(2032, 2, 29)),
        (Recurrence(Repeats.AFTER_DONE, 3), date(2026, 11, 30), date(2026, 11, 30), date(2027, 2, 28)),
        (Recurrence(Repeats.CALENDAR, 1, 31), date(2026, 12, 31), date(2026, 12, 20), date(2027, 1, 31)),
        (Recurrence(Repeats.CALENDAR, 1, 31), date(2027, 1, 31), date(2027, 1, 31), date(2027, 2, 28)),
        (Recurrence(Repeats.CALENDAR, 1, 31), date(2027, 2, 28), date(2027, 2, 28), date(2027, 3, 31)),
        (Recurrence(Repeats.CALENDAR, 3, 15), date(2026, 1, 15), date(2026, 8, 1), date(2026, 10, 15)),
        (Recurrence(Repeats.CALENDAR, 12, 29), date(2027, 3, 29), date(2027, 3, 28), date(2028, 3, 29)),
        (Recurrence(Repeats.CALENDAR, 12, 25), date(2026, 10, 25), date(2026, 10, 25), date(2027, 10, 25)),
    ],
    ids=[
        "a year after 29 February", "four years after it", "into a short month", "over the year end",
        "the last day of January", "and of February", "late: what passed is left out", "the clocks go forward",
        "the clocks go back",
    ],
)  # fmt: skip
def test_days_that_trip_others_up(rule, due, done, expected):
    assert rule.next_due(due_on=due, done_on=done) == expected


def test_what_does_not_repeat_is_never_due_again():
    assert Recurrence(Repeats.NEVER).next_due(due_on=date(2026, 1, 1), done_on=date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("repeats", "months", "day", "wrong"),
    [
        ("never", None, None, []),
        ("never", 3, 1, ["every_months", "on_day"]),
        ("after_done", 3, None, []),
        ("after_done", None, None, ["every_months"]),
        ("after_done", 61, 5, ["every_months", "on_day"]),
        ("calendar", 12, 31, []),
        ("calendar", 0, None, ["every_months", "on_day"]),
        ("calendar", 12, 32, ["on_day"]),
    ],
)
def test_a_rule_says_what_is_wrong_with_it(repeats, months, day, wrong):
    assert problems_of(repeats, months, day) == wrong
