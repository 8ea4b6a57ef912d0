"""A long document cut into parts: nothing lost, nothing twice. tests/risk/test_long_reports.py makes one."""

import pytest

from foundation.documents import chapters
from foundation.documents.chapters import Chapter, in_parts_of

TABLE = "risk/pdf/closed.html"


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(chapters, "ROWS_IN_A_PART", 10)


def cut(*wanted: Chapter) -> list[list[tuple[str, list]]]:
    """Each part as what it holds: titles with their rows."""
    return [
        [(piece.title, list(piece.rows)) for piece in part.context["pieces"]] for part in in_parts_of("t", {}, wanted)
    ]


def test_short_chapters_share_a_part():
    assert cut(Chapter("A", TABLE, [1, 2]), Chapter("B", TABLE, []), Chapter("C", TABLE, [3])) == [
        [("A", [1, 2]), ("B", []), ("C", [3])]
    ]


def test_a_long_chapter_is_cut_and_says_of_which_rows():
    assert cut(Chapter("A", TABLE, [1]), Chapter("B", TABLE, list(range(23)))) == [
        [("A", [1])],
        [("B: 1 to 10 of 23", list(range(10)))],
        [("B: 11 to 20 of 23", list(range(10, 20)))],
        [("B: 21 to 23 of 23", [20, 21, 22])],
    ]


def test_rows_that_cost_more_fill_a_part_sooner_and_one_that_is_too_much_has_a_part_of_its_own():
    rows = [4, 4, 4, 50, 1]

    assert cut(Chapter("A", TABLE, rows, weigh=lambda row: row)) == [
        [("A: 1 to 2 of 5", [4, 4])],
        [("A: 3 to 3 of 5", [4])],
        [("A: 4 to 4 of 5", [50])],
        [("A: 5 to 5 of 5", [1])],
    ]


def test_what_stands_before_the_rows_stands_there_once():
    parts = list(in_parts_of("t", {"also": 1}, [Chapter("A", TABLE, list(range(11)), "Read this first.")]))

    assert [part.context["pieces"][0].introduction for part in parts] == ["Read this first.", ""]
    assert [part.context["also"] for part in parts] == [1, 1]


def test_large_numbers_are_written_as_people_write_them(monkeypatch):
    monkeypatch.setattr(chapters, "ROWS_IN_A_PART", 1_500)

    assert [title for [(title, _rows)] in cut(Chapter("A", TABLE, [0] * 2_000))] == [
        "A: 1 to 1,500 of 2,000",
        "A: 1,501 to 2,000 of 2,000",
    ]
