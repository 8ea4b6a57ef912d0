"""The numbers behind every percentage, as pages and reports read them."""

import pytest
from django.template import engines

from training.figures import Figure

SOME = Figure({"in_date": 3, "expiring": 2, "overdue": 4, "waived": 1, "absent": 1})


def test_in_date_are_those_too_for_whom_it_ends_soon_in_a_template_as_well():
    text = (
        "{{ f.in_date }} of {{ f.counted }}, {{ f.percent }}%, {{ f.overdue }} late, {{ f.apart }} apart, {{ f.asked }}"
    )

    shown = engines["django"].from_string(text).render({"f": SOME})

    assert shown == "5 of 9, 55%, 4 late, 2 apart, 11"
    assert (SOME.at("in_date"), SOME.at("grace")) == (3, 0)


@pytest.mark.parametrize(("target", "reaches"), [(None, None), (55, True), (56, False)])
def test_a_target_is_reached_by_whole_per_cents_rounded_down(target, reaches):
    assert SOME.reaches(target) is reaches


def test_where_nobody_is_counted_there_is_no_percentage_and_no_target_is_missed():
    nobody = Figure({"waived": 2})

    assert (nobody.percent, nobody.reaches(85), nobody.asked, nobody.counted) == (None, None, 2, 0)
