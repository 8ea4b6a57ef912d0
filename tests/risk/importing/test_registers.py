"""What is understood of real registers, saved by LibreOffice, row by row. See tests/risk/registers/README.md."""

from pathlib import Path

import pytest

from foundation.files.examination import SPREADSHEETS, FileRefused, examine
from foundation.organisations.people_files.reading import CannotRead
from risk.importing import tables
from risk.importing.fields import guess, impact_first
from risk.importing.lines import Lines, lines
from risk.importing.understanding import Ground, Understood, understand
from risk.reference import FOLDER, _read, default_matrix
from tests.risk.importing.cells_understood import CELLS
from tests.risk.importing.tables_understood import TABLES

UNDERSTOOD = CELLS | TABLES
REGISTERS = Path(__file__).parents[1] / "registers"
KNOWN = _read(FOLDER / "categories.yaml")
THEMES, IDEOLOGIES = ({row["code"]: row["label"] for row in KNOWN[group]} for group in ("themes", "ideologies"))


def read(name: str) -> tuple[tables.Table, dict[int, str]]:
    is_spreadsheet = name.endswith(".xlsx")
    with (REGISTERS / name).open("rb") as content:
        first = tables.layouts(content, is_spreadsheet=is_spreadsheet)[0]
        table = tables.read(content, is_spreadsheet=is_spreadsheet, sheet=first.sheet, heading_row=first.heading_row)
    return table, guess(table.headings)


def risks(name: str) -> list[Understood]:
    table, columns = read(name)
    turned = frozenset(field for at, field in columns.items() if impact_first(table.headings[at]))
    ground = Ground(default_matrix(), True, THEMES, IDEOLOGIES, "people", "professional", turned)
    return [understand(line, ground) for line in lines(table, columns).risks]


def left_out(name: str) -> Lines:
    return lines(*read(name))


def said(name: str) -> dict[tuple[str, str], str]:
    return {(field, read): taken for each in risks(name) for field, read, taken in each.read_as}


def refused(name: str) -> str:
    with (REGISTERS / name).open("rb") as content, pytest.raises(FileRefused) as caught:
        examine(content, name, SPREADSHEETS)
    return caught.value.code


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_each_row_is_understood_exactly(name):
    found = [
        (each.number, each.values, [(str(remark.field), remark.code) for remark in each.remarks])
        for each in risks(name)
    ]

    assert found == UNDERSTOOD[name]


def test_every_register_has_an_expectation_or_is_refused():
    kept = {path.name for path in REGISTERS.iterdir() if path.suffix != ".md" and not path.name.startswith("refused")}

    assert kept == UNDERSTOOD.keys()
    assert len(kept) >= 10


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_each_comes_through_the_files_room(name):
    with (REGISTERS / name).open("rb") as content:
        assert examine(content, name, SPREADSHEETS).size > 0


def test_words_for_scores_are_said_as_what_they_were_taken_for():
    found = said("words-for-scores.xlsx")

    assert {pair: taken for pair, taken in found.items() if pair[0].startswith(("inherent", "residual"))} == {
        ("inherent_likelihood", "High"): "4",
        ("inherent_likelihood", "Almost Certain"): "5",
        ("inherent_likelihood", "Medium"): "3",
        ("inherent_likelihood", "VERY LIKELY"): "4",
        ("inherent_impact", "Very high"): "5",
        ("inherent_impact", "low"): "2",
        ("inherent_impact", "Medium (3)"): "3",
        ("inherent_impact", "4/5"): "4",
        ("residual_likelihood", "3 - Possible"): "3",
        ("residual_likelihood", "Likely"): "3",
        ("residual_likelihood", "Rare"): "1",
        ("residual_likelihood", "Low"): "2",
        ("residual_impact", "Major"): "4",
        ("residual_impact", "2. Minor"): "2",
        ("residual_impact", "Possible"): "3",
        ("residual_impact", "Serious"): "3",
    }


def test_scores_in_one_cell_are_said_as_pairs():
    assert said("gross-and-residual.xlsx") == {
        ("inherent_score", "4x4"): "4×4",
        ("residual_score", "3 x 3 = 9"): "3×3",
        ("inherent_score", "5 X 3"): "5×3",
        ("residual_score", "L2 I3"): "2×3",
        ("inherent_score", "12 (3x4)"): "3×4",
        ("inherent_score", "25"): "5×5",
        ("residual_score", "16"): "4×4",
    }


def test_days_as_text_are_said_and_real_days_are_not():
    assert said("days-in-all-ways.xlsx") == {
        ("last_reviewed_on", "1.3.26"): "2026-03-01",
        ("next_review_on", "1 Dec 2026"): "2026-12-01",
        ("target_on", "31/03/2027"): "2027-03-31",
        ("last_reviewed_on", "46082"): "2026-03-01",
        ("target_on", "46477"): "2027-03-31",
        ("last_reviewed_on", "Feb-26"): "2026-02-28",
        ("next_review_on", "end of December 2026"): "2026-12-31",
        ("target_on", "March 2027"): "2027-03-31",
    }


def test_headings_again_totals_and_notes_are_left_out_and_named():
    assert [(each.number, each.why, each.text) for each in left_out("headings-again-and-totals.xlsx").left_out] == [
        (9, "heading", "Risk ID Risk Likelihood Impact Score Owner"),
        (12, "total", "Total 33"),
        (13, "total", "Average 11"),
        (15, "note", "Agreed by the board on 4 March 2026"),
    ]


def test_merged_cells_are_filled_down_and_rows_of_one_merged_risk_become_one():
    found = left_out("merged-cells.xlsx")

    assert [(line.number, [number for number, _cells in line.more]) for line in found.risks] == [
        (3, [4, 5]), (6, []), (9, []), (10, []),
    ]  # fmt: skip
    assert [(each.number, each.why) for each in found.left_out] == [(2, "section"), (8, "section")]
    assert found.filled_down == 2


def test_the_sheet_with_the_register_comes_first_and_hidden_ones_last():
    with (REGISTERS / "several-sheets.xlsx").open("rb") as content:
        found = tables.layouts(content, is_spreadsheet=True)

    assert [(each.sheet, each.is_hidden, each.heading_row) for each in found] == [
        ("Risks 2026", False, 1),
        ("Action log", False, 1),
        ("Cover", False, 0),
        ("Lists", True, 0),
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("refused-a-password.xlsx", "encrypted"),
        ("refused-macros.xlsm", "macros"),
        ("refused-an-external-link.xlsx", "external_content"),
        ("refused-an-xls-renamed.xlsx", "old_office"),
        ("refused-an-ods-renamed.xlsx", "not_what_it_says"),
        ("refused-a-pdf-renamed.xlsx", "not_what_it_says"),
        ("refused-a-workbook-named.csv", "not_what_it_says"),
    ],
)
def test_what_is_not_a_plain_table_does_not_come_in(name, code):
    assert refused(name) == code


def test_a_workbook_with_nothing_in_it_says_what_a_table_needs():
    with (REGISTERS / "refused-nothing-in-it.xlsx").open("rb") as content, pytest.raises(CannotRead) as caught:
        tables.layouts(content, is_spreadsheet=True)

    assert str(caught.value) == ("The file has no table: it needs a row of headings and at least one row below it.")
