"""Words and figures as steps and cells of a matrix, whatever size it has."""

import time
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.importing import days, vocabulary, words
from risk.importing.words import STEP_OF, Scored, Unfit
from risk.models.risks import Response, Source
from risk.reference import default_matrix
from risk.scoring import Band, Matrix

MATRIX = default_matrix()
STEPS = ("Rare", "Unlikely", "Possible", "Likely", "Almost certain", "Certain")
IDEOLOGIES = {
    "islamist": "Islamist extremism",
    "mixed_unclear": "Mixed, unstable or unclear",
    "conflicted": "Conflicted",
}


def matrix(likelihood, impact):
    return Matrix(STEPS[:likelihood], STEPS[:impact], (Band(likelihood * impact, "All", "green"),))


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(3, [1, 1, 2, 3, 3]), (4, [1, 2, 3, 3, 4]), (5, [1, 2, 3, 4, 5]), (6, [1, 2, 4, 5, 6])],
)
def test_common_words_are_brought_to_the_size_of_the_matrix(steps, expected):
    assert [words.scaled(step, steps) for step in range(1, 6)] == expected


@given(st.sampled_from(sorted(STEP_OF)), st.integers(3, 6))
def test_every_common_word_names_a_step_of_every_matrix(word, size):
    assert 1 <= words.step(f"  {word.upper()} ", [f"step {n}" for n in range(size)]) <= size


def test_a_label_of_the_matrix_counts_before_a_common_word():
    assert words.step("Likely", MATRIX.likelihood) == 3
    assert words.step("likely", STEPS[:5]) == 4


@pytest.mark.parametrize(
    "written",
    [4, 4.0, "4", " 4 ", "4.0", "(4)", "4 - High", "4: High", "4. High", "High (4)", "High - 4", "4/5", "4 of 5"],
)
def test_a_figure_counts_with_or_without_a_word(written):
    assert words.step(written, MATRIX.likelihood) == 4


@pytest.mark.parametrize("written", [None, "", " ", "-", "–", "n/a", "TBC", "?"])
def test_signs_for_nothing_say_nothing(written):
    assert words.step(written, MATRIX.likelihood) is None
    assert words.score(written, MATRIX) is None
    assert days.day(written) is None


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (0, "outside_the_matrix"),
        (6, "outside_the_matrix"),
        (-1, "outside_the_matrix"),
        (3.5, "outside_the_matrix"),
        ("9 - Ghastly", "outside_the_matrix"),
        ("Ghastly", "unknown_step"),
        (date(2026, 5, 4), "day_for_a_score"),
        (datetime(2026, 5, 4), "day_for_a_score"),  # noqa: DTZ001 -- a spreadsheet knows no time zone
    ],
)
def test_what_is_no_step_is_refused(written, code):
    with pytest.raises(Unfit) as unfit:
        words.step(written, MATRIX.likelihood)

    assert unfit.value.code == code


@pytest.mark.parametrize(
    "written", ["4x3", "4 X 3", "4*3", "4 × 3 = 12", "12 (4x3)", "L4 I3", "L: 4, S: 3", "I3 x L4", "(L4) x (I3)"]
)
def test_a_score_in_one_cell_is_likelihood_and_impact(written):
    assert words.score(written, MATRIX) == Scored(cell=(4, 3))


def test_a_heading_that_names_the_impact_first_turns_the_pair_round_unless_letters_say_otherwise():
    assert words.score("4x3", MATRIX, impact_first=True) == Scored(cell=(3, 4))
    assert words.score("L4 x I3", MATRIX, impact_first=True) == Scored(cell=(4, 3))


@pytest.mark.parametrize(
    ("written", "code"), [("Red", "score_in_words"), ("6x1", "outside_the_matrix"), (23, "outside_the_matrix")]
)
def test_what_is_no_score_of_the_matrix_is_refused(written, code):
    with pytest.raises(Unfit) as unfit:
        words.score(written, MATRIX)

    assert unfit.value.code == code


@given(st.integers(3, 6), st.integers(3, 6), st.data())
def test_a_product_gives_exactly_the_cells_that_have_it(likelihood, impact, data):
    one, other = data.draw(st.integers(1, likelihood)), data.draw(st.integers(1, impact))

    found = words.cells_of(one * other, matrix(likelihood, impact))

    assert (one, other) in found
    assert {a * b for a, b in found} == {one * other}
    assert all(matrix(likelihood, impact).holds(*cell) for cell in found)


# ---- Days
@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_a_day_is_understood_however_it_is_written(wanted):
    written = [
        wanted,
        f"{wanted:%d/%m/%Y}",
        f"{wanted.day}.{wanted.month}.{wanted.year}",
        f"{wanted:%Y-%m-%d}",
        f"{wanted.day} {wanted:%B} {wanted.year}",
        f"{wanted:%A} {wanted.day}th of {wanted:%b} {wanted.year}",
        f"{wanted:%d-%b-%Y}",
    ]

    assert {days.day(each) for each in written} == {wanted}


@pytest.mark.parametrize(
    ("written", "expected"),
    [("February 2028", date(2028, 2, 29)), ("end of June 2027", date(2027, 6, 30)), (46477, date(2027, 3, 31))],
)
def test_a_month_is_its_last_day_and_a_number_is_counted_as_a_spreadsheet_does(written, expected):
    assert days.day(written) == expected


@pytest.mark.parametrize("written", ["03/31/2027", "30/02/2027", "1/1/1066", "31 June 2027", 12, "2027"])
def test_what_looks_like_a_day_and_is_none_is_refused(written):
    with pytest.raises(Unfit, match="not_a_day"):
        days.day(written)


@pytest.mark.parametrize("written", ["ongoing", "Spring term", "Easter 2027", "when staff return"])
def test_words_in_the_place_of_a_day_name_none(written):
    assert days.day(written) is None
    assert days.says_no_day(written)


# ---- Codes
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Islamist", ["islamist"]),
        ("islamist extremism", ["islamist"]),
        ("Mixed, unstable or unclear", ["mixed_unclear"]),
        ("Conflicted; AQ", ["islamist", "conflicted"]),
        ("ISIS/Daesh and mixed", ["islamist", "mixed_unclear"]),
        ("All", list(IDEOLOGIES)),
        ("none", []),
    ],
)
def test_ideologies_are_found_alone_and_in_lists(written, expected):
    assert vocabulary.ideologies(written, IDEOLOGIES) == expected


@pytest.mark.parametrize("code", Source.values)
def test_every_source_is_found_by_code_and_label(code):
    assert {vocabulary.source(code), vocabulary.source(str(Source(code).label).upper())} == {code}


@pytest.mark.parametrize("code", Response.values)
def test_every_response_is_found_by_code_label_and_first_word(code):
    label = str(Response(code).label)

    assert {vocabulary.response(each) for each in (code, label, label.partition(":")[0])} == {code}


@pytest.mark.parametrize("text", ["a" + "-" * 10_000, "1" * 10_000, " and " * 2_000, "4x" * 5_000, "1 2027" * 1_600])
def test_ten_thousand_signs_in_a_cell_cost_next_to_nothing(text):
    began = time.perf_counter()

    for deed in (
        lambda: words.step(text, MATRIX.likelihood),
        lambda: words.score(text, MATRIX),
        lambda: days.day(text),
        lambda: vocabulary.ideologies(text, IDEOLOGIES),
        lambda: vocabulary.response(text),
    ):
        try:
            deed()
        except Unfit:
            continue

    assert time.perf_counter() - began < 0.5
