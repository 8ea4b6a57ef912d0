"""What dates and progress say of an action, and that the lists in the database say the same."""

from datetime import date, timedelta
from itertools import product

import pytest

from actionplans.models import Action
from actionplans.standing import Facts, Sign, is_drifting, is_overdue, signs, time_gone
from foundation.core.acting import acting_as
from tests.factories.actionplans import action, plan

TODAY = date(2026, 11, 23)


def facts(status="in_progress", starts=-50, due=50, percent=None, noted=None):
    def day(number):
        return None if number is None else TODAY + timedelta(days=number)

    return Facts(status, day(starts), day(due), percent, day(noted))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (facts(), []),
        (facts(due=0), []),
        (facts(due=-1), [Sign.OVERDUE]),
        (facts("done", due=-1), []),
        (facts("cancelled", due=-1), []),
        (facts("on_hold", due=-1), [Sign.OVERDUE]),
        (facts("not_started", starts=0), []),
        (facts("not_started", starts=-1), [Sign.LATE_START]),
        (facts(percent=30), []),
        (facts(percent=29), [Sign.BEHIND]),
        (facts(starts=-100, due=100, noted=-60), []),
        (facts(starts=-100, due=100, noted=-61), [Sign.SILENT]),
        (facts(starts=-61, due=100), [Sign.SILENT]),
        (facts("on_hold", starts=-100, due=100), []),
        (facts("not_started", starts=-90, due=-1, percent=0), [Sign.OVERDUE, Sign.LATE_START, Sign.BEHIND]),
    ],
)
def test_dates_and_progress_say_how_an_action_stands(given, expected):
    assert signs(given, TODAY) == expected


@pytest.mark.parametrize(
    ("starts", "due", "gone"), [(-50, 50, 50), (0, 0, 100), (1, 1, 0), (-10, -5, 100), (5, 10, 0), (-1, 2, 33)]
)
def test_the_time_that_has_gone_is_from_0_to_100(starts, due, gone):
    assert time_gone(facts(starts=starts, due=due), TODAY) == gone


def test_an_overdue_action_is_not_counted_as_drifting_too():
    assert (is_overdue(facts(due=-1, percent=0), TODAY), is_drifting(facts(due=-1, percent=0), TODAY)) == (True, False)


def test_the_filters_of_the_list_say_the_same_as_the_standing(lead):
    of = plan(lead)
    row = action(lead, of)
    grid = product(
        ["not_started", "in_progress", "on_hold"], [-100, -61, -1, 0], [-1, 0, 1, 40], [None, 0, 29, 79, 80, 100],
        [None, -61, -60],
    )  # fmt: skip
    wrong = []

    with acting_as(lead):
        for status, starts, due, percent, noted in grid:
            given = facts(status, starts, due, percent, noted)
            if given.due_on < given.starts_on:
                continue
            Action.objects.filter(pk=row.pk).update(
                status=status, starts_on=given.starts_on, due_on=given.due_on, percent=percent, noted_on=given.noted_on
            )
            rows = Action.objects.visible_to(lead)
            found = (rows.overdue(TODAY).exists(), rows.drifting(TODAY).exists())
            if found != (is_overdue(given, TODAY), is_drifting(given, TODAY)):
                wrong.append((given, found))

    assert wrong == []
