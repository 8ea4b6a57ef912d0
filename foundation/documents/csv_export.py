"""CSV that streams, and that a spreadsheet opens as text and figures only."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from itertools import islice

Cell = str | int | float | Decimal | bool | date | datetime | None

ROWS_AT_A_TIME = 500
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel reads UTF-8 as something else, and ŵ and ŷ are lost
# What makes a spreadsheet run a cell. Spaces before it do not stop all of them.
DANGEROUS_FIRST = frozenset("=+-@\t\r\n\0|%＝＋－＠")


def harmless(text: str) -> str:
    """``text`` so that no spreadsheet runs it: an apostrophe before what could start a formula, no NUL anywhere."""
    text = text.replace("\0", "")
    start = text.lstrip(" \u00a0\u200b\ufeff")[:1]
    if text[:1] in DANGEROUS_FIRST or start in DANGEROUS_FIRST:
        return f"'{text}"
    return text


def stream(
    headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, heading: Sequence[tuple[str, Cell]] = ()
) -> Iterator[bytes]:
    """The file in pieces of a few hundred rows, with a byte order mark, CRLF and a header row.

    With a ``heading``, what the file is stands above: one line a fact, and an empty line.

    Numbers and dates are written as such (dates as ISO 8601); every text cell is harmless. Memory does not grow with
    the number of rows.
    """
    source = iter(rows)
    yield BYTE_ORDER_MARK + _lines([*heading, [], headers] if heading else [headers])
    while some := list(islice(source, ROWS_AT_A_TIME)):
        yield _lines(some)


def _lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    lines = StringIO()
    csv.writer(lines).writerows([_written(cell) for cell in row] for row in rows)
    return lines.getvalue().encode(errors="replace")


def _written(cell: Cell) -> str | int | float | Decimal:
    if isinstance(cell, str):
        # Most cells begin with a letter or figure: one look settles them.
        return cell if cell[:1].isalnum() and "\0" not in cell else harmless(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, int | float | Decimal):
        return cell
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(str(cell))  # translations that are still to be made, and other things that print as text
