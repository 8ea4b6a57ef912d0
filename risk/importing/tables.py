"""A file of either kind as a table: its sheets and first rows to choose from, then all of it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from foundation.organisations.people_files import reading
from foundation.organisations.people_files.reading import CannotRead
from risk.importing.fields import guess
from risk.importing.workbooks import MOST_COLUMNS, TOO_WIDE, Cell, Merged, Workbook

MOST_ROWS = 2_000
FIRST_ROWS = 25
SHOWN_COLUMNS, SHOWN_TEXT = MOST_COLUMNS, 80
# A heading that says nothing without the one above it: "Likelihood" under "Inherent risk".
NEEDS_MORE = frozenset(
    {"l", "i", "s", "p", "c", "likelihood", "impact", "severity", "probability", "score", "rating", "risk score",
     "risk rating", "consequence", "total", "lxi", "lxs", "r"}
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """A sheet to choose: its first rows that are not empty, and the row that looks like headings (or 0)."""

    sheet: str
    is_hidden: bool
    heading_row: int
    rows: list[tuple[int, list[str]]]

    def as_plain(self) -> dict[str, Any]:
        return {"sheet": self.sheet, "is_hidden": self.is_hidden, "heading_row": self.heading_row, "rows": self.rows}


@dataclass
class Table:
    """All rows below the headings, with what is merged. Only as many as a register may have."""

    headings: list[str]
    rows: list[tuple[int, list[Cell]]]
    merged: list[Merged] = field(default_factory=list)


def layouts(content: BinaryIO, *, is_spreadsheet: bool) -> list[Layout]:
    """The sheets of a file, the likeliest first. Raises CannotRead where none has two rows."""
    if is_spreadsheet:
        with closing(Workbook(content, with_formulas=False)) as book:
            found = [_layout(each.name, book.rows(each.name), is_hidden=each.is_hidden) for each in book.sheets]
    else:
        found = [_layout("", _text_rows(content), is_hidden=False)]
    found = [each for each in found if len(each.rows) > 1]
    if not found:
        raise CannotRead(_("The file has no table: it needs a row of headings and at least one row below it."))
    return sorted(found, key=lambda each: (each.is_hidden, -_likeliness(each)))


def read(content: BinaryIO, *, is_spreadsheet: bool, sheet: str, heading_row: int) -> Table:
    """All of a sheet below its headings. Raises CannotRead, also for a file with too many rows."""
    if not is_spreadsheet:
        return _table(_text_rows(content), heading_row)
    with closing(Workbook(content, with_formulas=True)) as book:
        table = _table(book.rows(sheet), heading_row)
        table.merged = book.merged(sheet)
    return table


def _table(source: Iterable[tuple[int, list[Cell]]], heading_row: int) -> Table:
    above: list[Cell] = []
    headings: list[str] = []
    found: list[tuple[int, list[Cell]]] = []
    for number, cells in source:
        if number < heading_row:
            above = cells if number == heading_row - 1 else []
        elif number == heading_row:
            headings = headings_of(_texts(cells), _texts(above))
        elif not is_blank(cells):
            found.append((number, cells))
            if len(found) > MOST_ROWS:
                raise CannotRead(
                    _("The file has more than 2,000 rows. A risk register is shorter: take out what does not belong.")
                )
    if not headings:
        raise CannotRead(_("The row of headings is empty. Choose another."))
    return Table(headings, found)


def headings_of(row: Sequence[str], above: Sequence[str]) -> list[str]:
    """The headings of all columns. One that says nothing alone is joined with the one that stands over its group."""
    plain = [" ".join(text.split()) for text in row]
    while plain and not plain[-1]:
        plain.pop()
    counted = [heading.casefold() for heading in plain]
    found, group = [], ""
    for at, heading in enumerate(plain):
        group = (above[at] if at < len(above) and above[at] else "") or group
        alone = counted.count(heading.casefold()) > 1 or heading.casefold().strip(" .:()") in NEEDS_MORE
        found.append(f"{' '.join(group.split())}: {heading}" if heading and alone and group else heading)
    return found


def is_blank(cells: Sequence[Cell]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def looks_like_headings(row: Sequence[str], above: Sequence[str]) -> int:
    """How many columns of a row are known by their headings; 0 for one that is no row of headings."""
    headings = headings_of(row, above)
    known = guess(headings)
    return len(known) if len(known) >= 2 and len([each for each in headings if each]) >= 2 else 0


def _text_rows(content: BinaryIO) -> Iterator[tuple[int, list[Cell]]]:
    for number, cells in reading.text_rows(content):
        row: list[Cell] = [cell if cell != "" else None for cell in cells]
        if any(cell is not None for cell in row[MOST_COLUMNS:]):
            raise CannotRead(str(TOO_WIDE))
        yield number, row[:MOST_COLUMNS]


def _layout(name: str, rows: Iterator[tuple[int, list[Cell]]], *, is_hidden: bool) -> Layout:
    filled = ((number, _texts(cells)) for number, cells in rows if not is_blank(cells))
    first = list(islice(filled, FIRST_ROWS))
    best, heading_row, above = 0, 0, (0, [""])
    for number, texts in first:
        known = looks_like_headings(texts, above[1] if above[0] == number - 1 else [])
        if known > best:
            best, heading_row = known, number
        above = (number, texts)
    return Layout(
        name, is_hidden, heading_row, [(number, [text[:SHOWN_TEXT] for text in texts]) for number, texts in first]
    )


def _likeliness(layout: Layout) -> int:
    texts = dict(layout.rows)
    row = texts.get(layout.heading_row)
    return looks_like_headings(row, texts.get(layout.heading_row - 1, [])) if row else 0


def _texts(cells: Sequence[Cell]) -> list[str]:
    texts = [" ".join(str(cell).split()) if cell is not None else "" for cell in cells[:SHOWN_COLUMNS]]
    while texts and not texts[-1]:
        texts.pop()
    return texts
