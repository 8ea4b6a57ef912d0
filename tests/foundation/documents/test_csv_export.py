import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.documents import csv_export

STARTS = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "\0", " =", "\ufeff=", "＝", "|", "%", "", "a", "'"])
TEXT = st.builds(lambda start, rest: start + rest, STARTS, st.text(st.characters(exclude_categories=["Cs"])))


def read_back(produced: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(produced.decode("utf-8-sig"), newline="")))


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=5))
def test_no_text_cell_can_be_run_and_none_loses_its_words(rows):
    produced = b"".join(csv_export.stream(["A", "B", "C"], rows))

    header, *read = read_back(produced)
    assert header == ["A", "B", "C"]
    assert len(read) == len(rows)
    for row, written in zip(rows, read, strict=True):
        for cell, out in zip(row, written, strict=True):
            assert out[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n", "\0"}
            assert "\0" not in out
            assert out.removeprefix("'") == cell.replace("\0", "").removeprefix("'")


@pytest.mark.parametrize("text", ["Met", "Ŵyth", "3 Main Street", "a=b", "", "(none)", "£5"])
def test_ordinary_text_is_written_as_it_is(text):
    assert csv_export.harmless(text) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 20", "-", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "\u200b=1", "＝1", "|cmd", "%x"]
)
def test_text_that_could_start_a_formula_gets_an_apostrophe(text):
    assert csv_export.harmless(text) == f"'{text}"


def test_a_formula_behind_a_nul_is_found():
    assert csv_export.harmless("\0=1") == "'=1"


def test_headers_are_made_harmless_too():
    assert read_back(b"".join(csv_export.stream(["=A"], []))) == [["'=A"]]


def test_figures_and_dates_are_written_as_such():
    row = [-3, 2.5, Decimal("-1.20"), True, False, None, date(2026, 3, 4), datetime(2026, 3, 4, 9, 5, tzinfo=UTC)]

    produced = b"".join(csv_export.stream(list("ABCDEFGH"), [row]))

    assert read_back(produced)[1] == ["-3", "2.5", "-1.20", "Yes", "No", "", "2026-03-04", "2026-03-04 09:05:00+00:00"]


def test_the_file_begins_with_a_byte_order_mark_and_ends_lines_as_rfc_4180_says():
    assert b"".join(csv_export.stream(["A"], [["Ŵ"]])) == "\ufeffA\r\nŴ\r\n".encode()


def test_half_a_character_does_not_stop_the_export():
    assert b"".join(csv_export.stream(["A"], [["a\ud800"]])) == b"\xef\xbb\xbfA\r\na?\r\n"


def test_rows_are_read_only_as_the_file_is_taken():
    taken = []

    def endless():
        number = 0
        while True:
            taken.append(number)
            yield [number]
            number += 1

    pieces = list(islice(csv_export.stream(["A"], endless()), 3))

    assert len(pieces) == 3
    assert len(taken) < 3 * csv_export.ROWS_AT_A_TIME
