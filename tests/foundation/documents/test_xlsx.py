import io
import tempfile
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.documents import xlsx
from foundation.documents.characters import for_xml
from foundation.documents.xlsx import Column, Kind
from tests.foundation.documents import sample

STARTS = st.sampled_from(["=", "+", "-", "@", "{=", "\t", "\r", "\n", "\0", "http://x", "mailto:", "#REF!", "1e5", ""])
TEXT = st.builds(lambda start, rest: start + rest, STARTS, st.text(max_size=20))
COLUMNS = [
    Column("Text"),
    Column("Number", Kind.NUMBER, 10),
    Column("Day", Kind.DATE),
    Column("Then", Kind.DATE_AND_TIME),
]


def workbook(columns, rows, **options):
    target = io.BytesIO()
    xlsx.write(target, document=sample.DOCUMENT, columns=columns, rows=rows, **options)
    target.seek(0)
    return openpyxl.load_workbook(target), target


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=8))
def test_text_is_never_a_formula_a_number_or_a_link(texts):
    book, target = workbook([Column("A")], [[text] for text in texts])

    with zipfile.ZipFile(target) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    for row, text in enumerate(texts, start=2):
        cell = book["Rows"].cell(row, 1)
        if text == "":
            assert cell.value is None
        else:
            assert cell.data_type in ("s", "inlineStr")
            assert cell.value == for_xml(text).replace("\r\n", "\n").replace("\r", "\n")


def test_each_cell_has_the_type_of_its_column():
    moment = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)

    book, _ = workbook(COLUMNS, [["007", Decimal("2.5"), date(2026, 3, 4), moment]])

    values = [book["Rows"].cell(2, column).value for column in (1, 2, 3, 4)]
    assert values == ["007", 2.5, datetime(2026, 3, 4), datetime(2026, 7, 1, 10, 30)]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("column", "value", "read"),
    [
        (2, "=1+1", "=1+1"),
        (2, float("inf"), "inf"),
        (2, float("nan"), "nan"),
        (2, 12345678901234567, "12345678901234567"),
        (2, True, "True"),
        (3, "soon", "soon"),
        (3, date(1815, 6, 18), "1815-06-18"),
        (4, None, None),
    ],
)
def test_a_value_that_does_not_fit_its_column_becomes_text(column, value, read):
    row = ["x", 1, None, None]
    row[column - 1] = value

    book, _ = workbook(COLUMNS, [row])

    cell = book["Rows"].cell(2, column)
    assert cell.value == read
    assert cell.data_type != "f"


def test_text_longer_than_a_cell_is_cut_where_it_can_be_seen():
    book, _ = workbook([Column("A")], [["x" * 40_000]])

    assert book["Rows"]["A2"].value == "x" * 32_766 + "…"


def test_the_header_stays_in_view_and_every_column_can_be_filtered():
    book, _ = workbook(COLUMNS, [["a", 1, None, None], ["b", 2, None, None]])

    sheet = book["Rows"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:D3"
    assert sheet.column_dimensions["B"].width == pytest.approx(10, abs=1)
    assert [cell.value for cell in sheet[1]] == ["Text", "Number", "Day", "Then"]


def test_a_second_sheet_says_what_the_file_is():
    book, _ = workbook([Column("A")], [["x"], ["y"]], filters="Status: not met")

    facts = {row[0].value: row[1].value for row in book["About this file"].iter_rows()}
    assert facts == {
        "Title": "Prevent duty compliance report",
        "Organisation": "Severnshire County Council",
        "Marking": "OFFICIAL – SENSITIVE",
        "As at": "2026-11-20 17:00",
        "Made": "2026-11-23 09:30",
        "Report ID": "PR-2026-7K3QX",
        "Version": "1.0",
        "Rows": "2",
        "Filters": "Status: not met",
    }


def test_a_sheet_has_its_name_keeps_its_first_columns_in_sight_and_tells_what_was_counted_meanwhile():
    counted, target = [], io.BytesIO()

    def rows():
        for number in (1, 2):
            counted.append(number)
            yield [number, "=x"]

    def facts():
        return [("Counted", len(counted)), ("Since", date(2026, 3, 4)), ("By", "=1+1")]

    columns = [Column("No.", Kind.NUMBER), Column("Text", width=250)]
    sheet = xlsx.Sheet(columns, rows(), name="Things", frozen=1, facts=facts)
    xlsx.write_sheet(target, document=sample.DOCUMENT, sheet=sheet)

    book = openpyxl.load_workbook(target)
    about = {row[0].value: row[1] for row in book["About this file"].iter_rows()}
    assert (book.sheetnames, book["Things"].freeze_panes) == (["Things", "About this file"], "B2")
    assert (book["Things"].page_setup.fitToWidth, book["Things"].print_title_cols) == (2, "$A:$A")
    assert (about["Counted"].value, about["Since"].value.date()) == (2, date(2026, 3, 4))
    assert (about["By"].value, about["By"].data_type) == ("=1+1", "s")


def test_the_marking_is_printed_on_every_page():
    book, _ = workbook([Column("A")], [["x"]])

    assert [sheet.oddHeader.center.text for sheet in book.worksheets] == ["OFFICIAL – SENSITIVE"] * 2


def test_nothing_stays_in_the_folder_for_temporary_files(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    workbook([Column("A")], [["x"]])

    assert list(Path(tmp_path).iterdir()) == []


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)

    with pytest.raises(xlsx.TooManyRows):
        workbook([Column("A")], [["x"]] * 3)
