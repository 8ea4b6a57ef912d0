"""The matrix: what it holds, which band a score has, and what is no matrix."""

from hypothesis import given
from hypothesis import strategies as st

from risk import queries, reference
from risk.models import Entry
from risk.scoring import Band, Matrix, problems_of

SIZES = st.integers(3, 6)


@st.composite
def matrices(draw):
    rows, columns = draw(SIZES), draw(SIZES)
    limits = [*sorted(draw(st.sets(st.integers(1, rows * columns - 1), max_size=3))), rows * columns]
    return Matrix(
        tuple(f"L{n}" for n in range(rows)),
        tuple(f"I{n}" for n in range(columns)),
        tuple(Band(limit, f"Up to {limit}", "green") for limit in limits),
    )


@given(matrix=matrices())
def test_a_matrix_survives_being_kept(matrix):
    assert Matrix.from_plain(matrix.as_plain()) == matrix
    assert problems_of(matrix) == []


@given(matrix=matrices(), likelihood=st.integers(1, 6), impact=st.integers(1, 6))
def test_every_cell_has_the_lowest_band_that_reaches_its_score(matrix, likelihood, impact):
    if not matrix.holds(likelihood, impact):
        assert likelihood > len(matrix.likelihood) or impact > len(matrix.impact)
        return
    score = likelihood * impact

    band = matrix.band(score)

    assert band.up_to == min(each.up_to for each in matrix.bands if each.up_to >= score)


@given(matrix=matrices(), likelihood=st.integers(1, 6), impact=st.integers(1, 6))
def test_what_is_brought_to_the_edge_is_held_and_never_raised(matrix, likelihood, impact):
    entry = Entry(residual_likelihood=likelihood, residual_impact=impact)

    moved = queries.beyond(entry, matrix)

    assert bool(moved) == (not matrix.holds(likelihood, impact))
    for kind, before, after in moved:
        assert (kind, before) == ("residual", (likelihood, impact))
        assert matrix.holds(*after)
        assert after[0] <= before[0]
        assert after[1] <= before[1]


def test_the_default_matrix_is_one():
    assert problems_of(reference.default_matrix()) == []
    assert reference.default_matrix().highest == 25
