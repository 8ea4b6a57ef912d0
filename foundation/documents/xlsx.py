"""Spreadsheets in constant memory, each cell typed by its column, never a formula."""

import math
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.translation import gettext

from foundation.documents.characters import for_xml
from foundation.documents.layout import LONDON, DocumentContext

MOST_ROWS = 1_048_575  # what a sheet holds, less the header
LONGEST_TEXT = 32_767
FIRST_DATE = date(1900, 3, 1)  # Excel believes in 29 February 1900: dates before it would come out wrong
LARGEST_EXACT_NUMBER = 10**15
DAY = "d mmmm yyyy"
PRINTED_WIDTH = 190  # characters that can still be read across a page


class Kind(Enum):
    """How a column's cells are written."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATE_AND_TIME = "date and time"


@dataclass(frozen=True)
class Column:
    """One column: its header, what its cells are, and its width in characters."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 24


Fact = tuple[str, str | int | date]


@dataclass(frozen=True)
class Sheet:
    """Rows under their columns. ``name`` is the sheet's, and the first ``frozen`` columns stay in sight.

    ``facts`` are told on the second sheet, beside what the document says of itself. They are asked for once all rows
    are written, so they may be counted while the rows go by.
    """

    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    name: str = ""
    frozen: int = 0
    facts: Callable[[], Iterable[Fact]] = tuple


class TooManyRows(Exception):
    """A sheet cannot hold this many rows. The text can be shown."""


def write(
    target: BinaryIO,
    *,
    document: DocumentContext,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    filters: str = "",
) -> None:
    """Write rows and what they are into ``target``: see ``write_sheet``."""
    write_sheet(target, document=document, sheet=Sheet(columns, rows), filters=filters)


def write_sheet(target: BinaryIO, *, document: DocumentContext, sheet: Sheet, filters: str = "") -> None:
    """Write a workbook of two sheets into ``target``: the rows, and what they are (marking, as at, report id).

    A value that does not fit its column's kind is written as text, never guessed at. Times are shown as in London.
    Memory does not grow with the number of rows. Raises TooManyRows.
    """
    # The library keeps rows in files until it packs them. The folder is ours alone, and gone when this returns.
    with tempfile.TemporaryDirectory(prefix="portal-xlsx-") as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "nan_inf_to_errors": False,
        }
        with xlsxwriter.Workbook(target, options) as workbook:
            workbook.set_properties(
                {
                    "title": for_xml(document.title),
                    "company": for_xml(document.organisation),
                    "keywords": for_xml(document.report_id),
                    "created": document.generated_at.astimezone(LONDON).replace(tzinfo=None),
                }
            )
            count = _write_rows(workbook, document, sheet)
            _write_about(workbook, document, count, filters, sheet.facts())


def _write_rows(workbook: Any, document: DocumentContext, wanted: Sheet) -> int:
    sheet = workbook.add_worksheet(wanted.name or gettext("Rows"))
    heading = workbook.add_format(
        {"bold": True, "bg_color": "#0b4f6c", "font_color": "#ffffff", "text_wrap": True, "valign": "top"}
    )
    _set_up(sheet, document)
    writers = []
    for position, column in enumerate(wanted.columns):
        sheet.set_column(position, position, column.width)
        sheet.write_string(0, position, for_xml(column.title), heading)
        writers.append(_writer(workbook, sheet, position, column.kind))
    count = 0
    for count, row in enumerate(wanted.rows, start=1):
        if count > MOST_ROWS:
            raise TooManyRows(gettext("A spreadsheet cannot hold this many rows. Use CSV, or filter the list."))
        for write_cell, value in zip(writers, row, strict=True):
            write_cell(count, value)
    sheet.freeze_panes(1, wanted.frozen)
    if wanted.frozen:  # too wide to be read on one sheet of paper: on several, each with what is frozen
        sheet.fit_to_pages(math.ceil(sum(column.width for column in wanted.columns) / PRINTED_WIDTH), 0)
        sheet.repeat_columns(0, wanted.frozen - 1)
    sheet.autofilter(0, 0, count, len(wanted.columns) - 1)
    return count


def _set_up(sheet: Any, document: DocumentContext) -> None:
    marking = for_xml(document.marking).replace("&", "&&")[:200]
    sheet.set_header(f"&C{marking}")
    sheet.set_footer(f"&L{for_xml(document.report_id).replace('&', '&&')[:200]}&R&P / &N")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_about(workbook: Any, document: DocumentContext, count: int, filters: str, told: Iterable[Fact]) -> None:
    sheet = workbook.add_worksheet(gettext("About this file"))
    bold = workbook.add_format({"bold": True, "valign": "top"})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top", "align": "left"})
    day = workbook.add_format({"num_format": DAY, "valign": "top", "align": "left"})
    _set_up(sheet, document)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 70)
    facts: list[Fact] = [
        (gettext("Title"), document.title),
        (gettext("Organisation"), document.organisation),
        (gettext("Marking"), document.marking),
        *([(gettext("Period"), document.period)] if document.period else []),
        (gettext("As at"), f"{document.as_at_in_london:%Y-%m-%d %H:%M}"),
        (gettext("Made"), f"{document.generated_at_in_london:%Y-%m-%d %H:%M}"),
        (gettext("Report ID"), document.report_id),
        (gettext("Version"), document.version),
        *told,
        (gettext("Rows"), str(count)),
        (gettext("Filters"), filters or gettext("None: every row")),
    ]
    for position, (name, value) in enumerate(facts):
        sheet.write_string(position, 0, _text(name), bold)
        if isinstance(value, date) and not isinstance(value, datetime):
            sheet.write_datetime(position, 1, value, day)
        elif isinstance(value, int):
            sheet.write_number(position, 1, value, wrapped)
        else:
            sheet.write_string(position, 1, _text(value), wrapped)


def _text(value: Any) -> str:
    text = for_xml(str(value)).replace("\r\n", "\n").replace("\r", "\n")  # the one line end a cell knows
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _writer(workbook: Any, sheet: Any, position: int, kind: Kind) -> Callable[[int, Any], None]:
    top = workbook.add_format({"valign": "top", "text_wrap": kind is Kind.TEXT})
    day = workbook.add_format({"num_format": DAY, "valign": "top", "align": "left"})
    moment = workbook.add_format({"num_format": "d mmmm yyyy hh:mm", "valign": "top", "align": "left"})

    def text(row: int, value: Any) -> None:
        if value is not None and value != "":
            sheet.write_string(row, position, _text(value), top)

    def number(row: int, value: Any) -> None:
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and _exact(value):
            sheet.write_number(row, position, value, top)
        else:
            text(row, value)

    def on_a_day(row: int, value: Any) -> None:
        if isinstance(value, date) and not isinstance(value, datetime) and value >= FIRST_DATE:
            sheet.write_datetime(row, position, value, day)
        else:
            text(row, value)

    def at_a_moment(row: int, value: Any) -> None:
        if isinstance(value, datetime) and value.date() > FIRST_DATE:
            local = value.astimezone(LONDON) if value.tzinfo else value
            sheet.write_datetime(row, position, local.replace(tzinfo=None), moment)
        else:
            text(row, value)

    return {Kind.TEXT: text, Kind.NUMBER: number, Kind.DATE: on_a_day, Kind.DATE_AND_TIME: at_a_moment}[kind]


def _exact(value: int | float | Decimal) -> bool:
    """Whether a spreadsheet shows this number as it is: it keeps fifteen figures and knows no infinity."""
    return math.isfinite(value) and -LARGEST_EXACT_NUMBER < value < LARGEST_EXACT_NUMBER
