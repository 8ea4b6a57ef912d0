"""XLSX workbooks as rows. Formulas are never worked out: the value that the spreadsheet kept beside them is read."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat, zip_longest
from typing import Any, BinaryIO
from xml.parsers import expat

import openpyxl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from foundation.organisations.people_files.reading import CannotRead
from risk.importing.words import Value

MOST_SHEETS = 40
MOST_COLUMNS = 60
MOST_MERGED = 20_000
TOO_WIDE = gettext_lazy("The file has more than 60 columns. Keep those of the register and remove the others.")
DAMAGED = gettext_lazy("The workbook is damaged. Open it in a spreadsheet program and save it again.")
ERRORS = re.compile(r"#(REF|DIV/0|VALUE|NAME|NULL|NUM|N/A)[!?]?|Err:\d{3}", re.IGNORECASE)


@dataclass(frozen=True)
class Broken:
    """A cell without a value that could be read: ``code`` is a key of risk.importing.remarks.SAYS."""

    code: str
    text: str = ""

    def __str__(self) -> str:
        return self.text


Cell = Value | Broken


@dataclass(frozen=True)
class Merged:
    """A block of cells that stand as one. Rows as the spreadsheet numbers them, columns from 0, both ends included."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True)
class SheetName:
    """A sheet of a workbook."""

    name: str
    is_hidden: bool


class Workbook:
    """An opened workbook. ``with_formulas`` tells a cell without a value from one whose formula has none."""

    def __init__(self, content: BinaryIO, *, with_formulas: bool) -> None:
        self._content = content
        self._values = _open(content, values=True)
        self._formulas = _open(content, values=False) if with_formulas else None

    @property
    def sheets(self) -> list[SheetName]:
        """Its sheets, those that are hidden last."""
        found = [SheetName(each.title, each.sheet_state != "visible") for each in self._values.worksheets[:MOST_SHEETS]]
        return sorted(found, key=lambda sheet: sheet.is_hidden)

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Cell]]]:
        """Every row of a sheet with its number, also empty ones. Raises CannotRead."""
        values = _cells(self._values, sheet)
        formulas: Iterable[tuple[Any, ...]] = _cells(self._formulas, sheet) if self._formulas else repeat(())
        try:
            for number, (cells, written) in enumerate(zip(values, formulas, strict=False), start=1):
                row = [_cell(value, formula) for value, formula in zip_longest(cells, written)]
                if any(cell is not None for cell in row[MOST_COLUMNS:]):
                    raise CannotRead(str(TOO_WIDE))
                yield number, row[:MOST_COLUMNS]
        except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
            raise CannotRead(str(DAMAGED)) from error

    def merged(self, sheet: str) -> list[Merged]:
        """The merged cells of a sheet, which the library knows only of workbooks that it holds in memory."""
        found: list[Merged] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if name.rpartition(" ")[2] == "mergeCell" and len(found) < MOST_MERGED:
                left, top, right, bottom = (int(each or 0) for each in range_boundaries(attributes["ref"]))
                found.append(Merged(top, bottom, left - 1, right - 1))

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = start
        try:
            self._content.seek(0)
            with zipfile.ZipFile(self._content) as package, package.open(self._values[sheet]._worksheet_path) as part:
                parser.ParseFile(part)
        except (zipfile.BadZipFile, expat.ExpatError, KeyError, ValueError, TypeError) as error:
            raise CannotRead(str(DAMAGED)) from error
        return found

    def close(self) -> None:
        self._values.close()
        if self._formulas:
            self._formulas.close()


def _open(content: BinaryIO, *, values: bool) -> Any:
    content.seek(0)
    try:
        return openpyxl.load_workbook(content, read_only=True, data_only=values, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise CannotRead(_("This is not an Excel workbook that can be read. Save it as XLSX again.")) from error


def _cells(book: Any, sheet: str) -> Iterator[tuple[Any, ...]]:
    if sheet not in book.sheetnames:
        raise CannotRead(_("The workbook has no such sheet. Choose another."))
    found = book[sheet]
    found.reset_dimensions()  # some programs write a wrong size; the rows themselves do not lie
    yield from found.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)


def _cell(value: Any, formula: Any) -> Cell:
    if value is None:
        has_formula = formula is not None and not isinstance(formula, int | float | bool)
        return Broken("formula_without_value", str(formula)[:120]) if has_formula and formula != "" else None
    if isinstance(value, str):
        text = value.strip()
        if ERRORS.fullmatch(text):
            return Broken("error_value", text)
        return text or None
    if isinstance(value, bool | int | float):
        return value
    if hasattr(value, "year"):
        return value  # a day, with or without a time
    return str(value)
