"""CSV and Excel files as rows, in constant memory. Every oddity of a file is a sentence, never a crash."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from foundation.core.exceptions import RuleBroken

MOST_ROWS = 200_000
MOST_COLUMNS = 100
LONGEST_CELL = 10_000
DELIMITERS = ",;\t|"

Cell = str | int | float | bool | date | datetime | None


class CannotRead(RuleBroken):
    """The file as a whole cannot be read. The sentence says what to do."""


@dataclass
class Table:
    """A file's headings and its other rows, each with the number a spreadsheet program shows for it."""

    headings: list[str]
    rows: Iterator[tuple[int, list[Cell]]]


def read(content: BinaryIO, *, is_spreadsheet: bool) -> Table:
    """Begin to read. The first row that is not empty holds the headings. Raises CannotRead, also from ``rows``."""
    numbered = _sheet_rows(content) if is_spreadsheet else text_rows(content)
    for _number, cells in numbered:
        headings = [str(cell or "").strip() for cell in cells]
        while headings and not headings[-1]:
            headings.pop()
        if len(headings) > MOST_COLUMNS:
            raise CannotRead(_("The file has more than 100 columns. Keep those about people and remove the others."))
        return Table(headings, _capped(numbered))
    raise CannotRead(_("The file has no rows."))


def _capped(numbered: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    for count, row in enumerate(numbered, start=1):
        if count > MOST_ROWS:
            raise CannotRead(_("The file has more than 200,000 rows. Divide it and import one part after the other."))
        yield row


def _is_empty(cells: list[Cell]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


# ---- CSV
def text_rows(content: BinaryIO) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of a CSV file that are not empty, in whatever encoding and with whatever sign between cells."""
    text = _decoded(content)
    delimiter = _delimiter(text)
    previous = csv.field_size_limit(LONGEST_CELL)
    try:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        for number, cells in enumerate(reader, start=1):
            row: list[Cell] = [*cells]
            if not _is_empty(row):
                yield number, row
    except csv.Error as error:
        raise CannotRead(
            _("Row %(row)s cannot be read: a quotation mark is not closed, or a cell is longer than 10,000 characters.")
            % {"row": reader.line_num}
        ) from error
    except UnicodeError as error:
        raise CannotRead(_("The file is not readable text. Save it as “CSV UTF-8” and upload it again.")) from error
    finally:
        csv.field_size_limit(previous)


def _decoded(content: BinaryIO) -> io.TextIOWrapper:
    """Text in the encoding the file says it has; otherwise UTF-8, or else what Windows spreadsheets write."""
    content.seek(0)
    mark = content.read(2)
    encodings = ["utf-16"] if mark in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        content.seek(0)
        text = io.TextIOWrapper(io.BufferedReader(_Unclosed(content)), encoding=encoding, newline="")
        try:
            while text.read(1 << 20):
                pass
        except UnicodeError:
            continue
        text.seek(0)
        return text
    raise CannotRead(_("The file is not readable text. Save it as “CSV UTF-8” and upload it again."))


class _Unclosed(io.RawIOBase):
    """The caller's file, which stays open when the text around it is forgotten."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._content.seek(offset, whence)

    def tell(self) -> int:
        return self._content.tell()

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        piece = self._content.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _delimiter(text: io.TextIOWrapper) -> str:
    """The sign between cells: the one that stands most often, outside quotation marks, in the first line with words."""
    line = ""
    for line in text:
        if line.strip(' ,;\t|\r\n"'):
            break
    text.seek(0)
    outside = "".join(part for position, part in enumerate(line.split('"')) if position % 2 == 0)
    return max(DELIMITERS, key=outside.count)


# ---- Excel
def _sheet_rows(content: BinaryIO) -> Iterator[tuple[int, list[Cell]]]:
    content.seek(0)
    try:
        book = openpyxl.load_workbook(content, read_only=True, data_only=False, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise CannotRead(_("This is not an Excel workbook that can be read. Save it as XLSX again.")) from error
    try:
        sheet = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
        if sheet is None:
            raise CannotRead(_("The workbook has no visible sheet."))
        sheet.reset_dimensions()  # some programs write a wrong size; the rows themselves do not lie
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True), start=1):
            row: list[Cell] = [_plain(cell) for cell in cells]
            if not _is_empty(row):
                yield number, row
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise CannotRead(_("The workbook is damaged. Open it in a spreadsheet program and save it again.")) from error
    finally:
        book.close()


def _plain(cell: object) -> Cell:
    if cell is None or isinstance(cell, str | bool | int | float | date):
        return cell
    return str(cell)
