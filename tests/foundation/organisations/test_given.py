"""Figures of what members give are kept under what they were counted of."""

from datetime import timedelta

import pytest

from foundation.organisations import given
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def test_another_day_is_counted_anew():
    days = [
        given.figures(1, TODAY + timedelta(days=number), "x", [(1, 1)], lambda number=number: [number])
        for number in (0, 1, 0)
    ]

    assert days == [[0], [1], [0]]


def test_another_partnership_another_figure_and_another_change_are_counted_anew():
    asked = [(1, "x", [(1, 1)]), (2, "x", [(1, 1)]), (1, "y", [(1, 1)]), (1, "x", [(1, 2)]), (1, "x", [(2, 1)])]

    found = [
        given.figures(board, TODAY, name, changes, lambda number=number: number)
        for number, (board, name, changes) in enumerate(asked)
    ]

    assert found == [0, 1, 2, 3, 4]


def test_where_nothing_was_ever_given_nothing_is_kept():
    found = [given.figures(1, TODAY, "x", [], lambda number=number: number) for number in (1, 2)]

    assert found == [1, 2]


def test_what_was_kept_under_a_key_that_is_gone_is_counted_anew(monkeypatch):
    monkeypatch.setattr(given, "encrypt", lambda plain, place: b"\x01 something else")

    found = [given.figures(1, TODAY, "x", [(1, 1)], lambda number=number: number) for number in (1, 2)]

    assert found == [1, 2]


def test_what_is_kept_is_as_it_was_when_it_was_counted():
    found = [given.figures(1, TODAY, "x", [(1, 1)], lambda: {"rows": [(1, None, "Ä")]}) for _ in range(2)]

    assert found == [{"rows": [[1, None, "Ä"]]}] * 2
