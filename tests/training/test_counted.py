"""A template shows the figures, and not the standing that has a figure's name."""

from django.template import engines

from training.counted import Counted
from training.figures import Figure


def test_in_date_are_those_too_for_whom_it_ends_soon():
    figure = Counted(Figure({"in_date": 3, "expiring": 2, "overdue": 4, "waived": 1, "absent": 1}))
    text = (
        "{{ f.in_date }} of {{ f.counted }}, {{ f.percent }}%, {{ f.overdue }} late, {{ f.apart }} apart, {{ f.asked }}"
    )

    shown = engines["django"].from_string(text).render({"f": figure})

    assert shown == "5 of 9, 55%, 4 late, 2 apart, 11"
