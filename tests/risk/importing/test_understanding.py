"""Whatever stands in a row, a risk comes out of it that fits the register, or remarks that say why not."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk.importing.fields import KINDS, Field, guess, impact_first
from risk.importing.lines import Line
from risk.importing.remarks import SAYS
from risk.importing.tables import headings_of
from risk.importing.understanding import Ground, understand
from risk.importing.workbooks import Broken
from risk.models import Entry
from risk.reference import default_matrix

THEMES = {"online": "Online harm and own IT", "people": "People and settings"}
GROUND = Ground(default_matrix(), True, THEMES, {"islamist": "Islamist extremism"}, "people", "professional")
CELLS = st.one_of(
    st.none(), st.text(max_size=600), st.integers(-5, 60_000), st.floats(allow_nan=True), st.booleans(), st.dates(),
    st.datetimes(),
    st.sampled_from([Broken("error_value", "#REF!"), "3 - Possible", "4x3", "High", "31/03/2027", "\u202eabc"]),
)  # fmt: skip
ROWS = st.dictionaries(st.sampled_from(Field.values), CELLS, max_size=len(Field))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, st.lists(st.tuples(st.integers(3, 9), ROWS), max_size=2))
def test_any_cells_give_values_that_fit_the_register_or_remarks(cells, more):
    found = understand(Line(2, cells, more), GROUND)

    assert {remark.code for remark in found.remarks} <= SAYS.keys()
    assert found.values.get("title") or any(remark.refuses for remark in found.remarks)
    for name in ("title", "places", "source_note"):
        assert len(found.values.get(name, "")) <= Entry._meta.get_field(name).max_length
    for kind in KINDS:
        assert kind not in found.values or GROUND.matrix.holds(*found.values[kind])
    assert all(0 < len(text) <= 500 for text in found.values.get("controls", []))
    assert len(found.values.get("code", "")) <= 20
    assert found.values.get("theme", "online") in THEMES
    for name in ("target_on", "last_reviewed_on", "next_review_on"):
        assert 1990 <= date.fromisoformat(found.values.get(name, "2000-01-01")).year <= 2100
    assert "\u202e" not in str(found.values)


def test_likelihood_and_impact_count_over_a_score_that_differs_and_it_is_said():
    found = understand(
        Line(2, {"title": "A", "residual_likelihood": 3, "residual_impact": 3, "residual_score": 10}), GROUND
    )

    assert found.values["residual"] == [3, 3]
    assert [remark.code for remark in found.remarks] == ["score_differs"]


def test_a_score_with_one_side_gives_the_other():
    found = understand(Line(2, {"title": "A", "residual_likelihood": 3, "residual_score": 12}), GROUND)

    assert (found.values["residual"], found.remarks) == ([3, 4], [])


def test_a_colour_beside_likelihood_and_impact_says_nothing_new():
    cells = {"title": "A", "residual_likelihood": 3, "residual_impact": 3, "residual_score": "Amber"}

    assert understand(Line(2, cells), GROUND).remarks == []


def test_rows_of_one_merged_risk_that_say_two_things_are_refused():
    found = understand(Line(2, {"title": "A", "residual_likelihood": 3}, [(3, {"residual_likelihood": 4})]), GROUND)

    assert ("residual_likelihood", "4", "merged_rows_differ") in [tuple(each.as_plain()) for each in found.remarks]


FORMATS = {
    "training provider": (
        ["No.", "Risk title", "Summary", "Gross score", "Existing controls", "Residual score", "Further action needed",
         "RAG"],
        ["code", "title", "description", "inherent_score", "controls", "residual_score", "further_action", None],
    ),
    "school": (
        ["Risk area", "Hazard", "Severity A", "Likelihood B", "Rating A x B", "Existing measures", "Proposed actions",
         "Risk owner", "Completion date"],
        ["theme", "title", "residual_impact", "residual_likelihood", "residual_score", "controls", "further_action",
         "owner", "target_on"],
    ),
    "school of today": (
        ["Title", "Summary", "Existing controls", "Actions required", "Owner", "RAG"],
        ["title", "description", "controls", "further_action", "owner", None],
    ),
    "council": (
        ["Outcome", "Risk or vulnerability", "Action to address", "Owner", "Evidence of progress", "RAG"],
        [None, "title", "further_action", "owner", None, None],
    ),
    "national template": (
        ["Category", "Risk", "Hazard", "Risk management", "Further action needed", "Lead officer",
         "Date for completion"],
        ["theme", "title", "cause", "controls", "further_action", "owner", "target_on"],
    ),
    "three scores": (
        ["Inherent risk: L", "Inherent risk: I", "Gross risk", "Current controls", "Net likelihood", "Net severity",
         "Residual risk rating", "Target score", "Risk description"],
        ["inherent_likelihood", "inherent_impact", "inherent_score", "controls", "residual_likelihood",
         "residual_impact", "residual_score", "target_score", "title"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_headings_of_registers_in_the_field_are_known(name):
    headings, expected = FORMATS[name]

    found = guess(headings)

    assert [found.get(at) for at in range(len(headings))] == expected


@given(st.lists(st.text(max_size=40), max_size=30))
def test_no_field_is_guessed_for_two_columns(headings):
    found = list(guess(headings).values())

    assert len(found) == len(set(found))


def test_a_heading_that_says_nothing_alone_is_joined_with_the_one_above_its_group():
    above = ["", "", "Gross risk", "", "", "Net risk"]

    assert headings_of(["No", "Risk", "L", "I", "Score", "L", "I", "Owner"], above) == [
        "No", "Risk", "Gross risk: L", "Gross risk: I", "Gross risk: Score", "Net risk: L", "Net risk: I", "Owner",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "expected"), [("Severity x Likelihood", True), ("Score (S x L)", True), ("LxI", False), ("IxL", True)]
)
def test_a_heading_says_which_side_of_a_score_comes_first(heading, expected):
    assert impact_first(heading) is expected
