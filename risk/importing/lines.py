"""The rows of a table as risks: merged cells are filled down, and what is no risk is left out and named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from risk.importing.fields import Field, letters
from risk.importing.tables import Table
from risk.importing.workbooks import Broken, Cell, Merged

TOTALS = ("total", "totals", "grandtotal", "subtotal", "average", "count")


@dataclass
class Line:
    """One risk as it stands in the file. ``more`` are further rows of the same merged risk."""

    number: int
    cells: dict[str, Cell]
    more: list[tuple[int, dict[str, Cell]]] = field(default_factory=list)


@dataclass(frozen=True)
class LeftOut:
    """A row that is no risk: why (heading, total, note, section) and what stands in it."""

    number: int
    why: str
    text: str


@dataclass
class Lines:
    """The risks of a table and what was left out."""

    risks: list[Line] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    filled_down: int = 0


def lines(table: Table, columns: Mapping[int, str]) -> Lines:
    """Go through a table by the fields of its columns."""
    found = Lines()
    starts = _tops(table)
    covered = _covered(table.merged)
    spans = {(each.top, each.left): each.right - each.left for each in table.merged}
    names = [at for at, name in columns.items() if name in (Field.CODE, Field.TITLE)]
    for number, cells in table.rows:
        if found.risks and any((number, at) in covered for at in names):
            own: dict[str, Cell] = {name: cell for at, name in columns.items() if (cell := _own(cells, at)) is not None}
            found.risks[-1].more.append((number, own))
            continue
        if why := _no_risk(number, cells, table, columns, spans):
            found.left_out.append(LeftOut(number, why, _words(cells)))
            continue
        taken = _taken(number, cells, columns, covered, starts)
        found.filled_down += sum(1 for at in columns if (number, at) in covered and starts.get(covered[number, at]))
        found.risks.append(Line(number, taken))
    return found


def _taken(
    number: int,
    cells: Sequence[Cell],
    columns: Mapping[int, str],
    covered: Mapping[tuple[int, int], tuple[int, int]],
    starts: Mapping[tuple[int, int], Cell],
) -> dict[str, Cell]:
    taken: dict[str, Cell] = {}
    for at, name in columns.items():
        cell = starts.get(covered[number, at]) if (number, at) in covered else _own(cells, at)
        if cell is not None:
            taken[name] = cell
    return taken


def _own(cells: Sequence[Cell], at: int) -> Cell:
    return cells[at] if at < len(cells) else None


def _tops(table: Table) -> dict[tuple[int, int], Cell]:
    """The value of each merged block, which stands in its first cell."""
    wanted = {(each.top, each.left) for each in table.merged}
    return {
        (number, at): cells[at]
        for number, cells in table.rows
        for at in range(len(cells))
        if (number, at) in wanted and cells[at] is not None
    }


def _covered(merged: Sequence[Merged]) -> dict[tuple[int, int], tuple[int, int]]:
    """Each cell below the first of a merged block in its first column → that first cell."""
    return {
        (row, each.left): (each.top, each.left)
        for each in merged
        for row in range(each.top + 1, min(each.bottom, each.top + 500) + 1)
    }


def _no_risk(
    number: int,
    cells: Sequence[Cell],
    table: Table,
    columns: Mapping[int, str],
    spans: Mapping[tuple[int, int], int],
) -> str:
    """Why a row is no risk, or nothing."""
    filled = [(at, cell) for at, cell in enumerate(cells) if cell is not None and str(cell).strip()]
    if not filled:
        return ""
    same = [at for at, cell in filled if at < len(table.headings) and _same_heading(cell, table.headings[at])]
    if len(filled) > 1 and len(same) >= 0.6 * len(filled):
        return "heading"
    first_at, first = filled[0]
    said = letters(str(first))
    if said in TOTALS or (said.startswith("total") and columns.get(first_at) != Field.TITLE):
        return "total"
    if len(filled) == 1:
        if spans.get((number, first_at), 0) > 0:
            return "section"
        if columns.get(first_at) != Field.TITLE and not isinstance(first, Broken):
            return "note"
    return ""


def _same_heading(cell: Cell, heading: str) -> bool:
    said = letters(str(cell))
    return bool(said) and (said == letters(heading) or said == letters(heading.rpartition(": ")[2]))


def _words(cells: Sequence[Cell]) -> str:
    return " ".join(" ".join(str(cell).split()) for cell in cells if cell is not None)[:120]
