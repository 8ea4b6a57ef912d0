import pytest

from risk.comparison import Change, Side, compare, counts


def side(number, residual=(3, 3), *, text="Same", is_closed=False):
    return Side(number, f"REF-{number}", f"R{number}", f"Risk {number}", residual, (("cause", text),), is_closed)


PAIRS = {
    "as before": (side(1), side(1), Change.SAME),
    "raised": (side(1), side(1, (4, 3)), Change.RAISED),
    "lowered": (side(1), side(1, (1, 3)), Change.LOWERED),
    "moved with the same score": (side(1, (2, 3)), side(1, (3, 2)), Change.CHANGED),
    "reworded": (side(1), side(1, text="Other"), Change.CHANGED),
    "new": (None, side(1), Change.ADDED),
    "left out": (side(1), None, Change.CLOSED),
    "closed": (side(1), side(1, is_closed=True), Change.CLOSED),
    "opened again": (side(1, is_closed=True), side(1), Change.ADDED),
    "closed in both": (side(1, is_closed=True), side(1, is_closed=True), Change.CLOSED),
}


@pytest.mark.parametrize(("before", "after", "change"), PAIRS.values(), ids=PAIRS)
def test_what_became_of_a_risk(before, after, change):
    [pair] = compare([before] if before else [], [after] if after else [])

    assert pair.change == change


def test_every_risk_of_either_side_is_there_once_in_the_order_of_the_register():
    pairs = compare([side(3), side(1)], [side(2), side(1, (5, 5))])

    assert [pair.named.code for pair in pairs] == ["R1", "R2", "R3"]
    found = counts(pairs)
    assert (found[Change.RAISED], found[Change.ADDED], found[Change.CLOSED], found[Change.SAME]) == (1, 1, 1, 0)


def test_the_fields_that_differ_stand_with_both_texts():
    [pair] = compare([side(1, text="Before")], [side(1, text="After")])

    assert pair.changed_fields == [("cause", "Before", "After")]
