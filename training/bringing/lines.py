"""One row's cells as values we can keep, or what is wrong with them and in which column."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from foundation.organisations.people_files.cells import Unfit, check_email, day_of, text_of
from foundation.organisations.people_files.reading import Cell
from training.bringing.columns import Field

PROBLEMS = {
    "no_key": _("Staff number and e-mail address are both missing, so nobody can be found."),
    "email": _("The e-mail address is not one."),
    "no_course": _("The course is missing."),
    "no_day": _("The day it was done is missing."),
    "day": _("This is not a date like 2026-03-27 or 27/03/2026."),
    "too_long": _("The cell is too long: 200 characters at most, 100 for a certificate number, 50 for a staff number."),
    "formula": _("The cell begins like a formula (= + - @). Replace it with the value itself."),
    "future": _("The day is in the future."),
    "too_old": _("The day is before 1990. Check the year."),
    "before_course": _("The course did not exist yet on that day."),
    "nobody": _("Nobody here has this staff number or e-mail address."),
    "several": _("Several people have this e-mail address. Add the staff number."),
    "other_number": _("Somebody with another staff number has this e-mail address."),
    "course_unknown": _("No course of this name is known. Say which one it is."),
}
LENGTHS = {Field.STAFF_NUMBER: 50, Field.EMAIL: 254, Field.NUMBER: 100}
LENGTH = 200
# As a spreadsheet counts days: 1 January 1990 and 31 December 2099. A file saved as text may hold such numbers.
FIRST_NUMBER, LAST_NUMBER, COUNTED_FROM = 32_874, 73_050, date(1899, 12, 30)
SHORT_YEAR = re.compile(r"(\d{1,2}[./ -](?:\d{1,2}|[A-Za-z]{3,9})[./ -])(\d{2})")


@dataclass(slots=True)
class Line:
    """A row as it would be kept. ``problem`` is empty or a key of PROBLEMS, ``field`` the column it is about."""

    number: int
    staff_number: str = ""
    email: str = ""
    course_name: str = ""
    course_key: str = ""
    completed_on: date | None = None
    provider: str = ""
    certificate_number: str = ""
    problem: str = ""
    field: str = ""


def read(number: int, cells: list[Cell], columns: Mapping[str, int], *, today: date) -> Line:
    """Read one row by the chosen columns. Never raises: what is wrong is in ``problem``, and the rest is kept."""
    line = Line(number)
    at = Field.STAFF_NUMBER

    def cell(field: Field) -> Cell:
        nonlocal at
        at = field
        position = columns.get(field)
        return cells[position] if position is not None and position < len(cells) else None

    def text(field: Field) -> str:
        return text_of(cell(field), LENGTHS.get(field, LENGTH))

    try:
        line.staff_number = text(Field.STAFF_NUMBER)  # first: refusals show who it is
        line.email = text(Field.EMAIL)
        if line.email:
            check_email(line.email)
        if not (line.staff_number or line.email):
            at = Field.STAFF_NUMBER if Field.STAFF_NUMBER in columns else Field.EMAIL
            raise Unfit("no_key")
        if Field.COURSE in columns:
            line.course_name = text(Field.COURSE)
            line.course_key = key_of(line.course_name)
            if not line.course_key:
                raise Unfit("no_course")
        line.completed_on = _day(cell(Field.COMPLETED_ON), today)
        line.provider = text(Field.PROVIDER)
        line.certificate_number = text(Field.NUMBER)
    except Unfit as unfit:
        line.problem, line.field = unfit.code, at.value
    return line


@lru_cache(maxsize=4_000)
def key_of(name: str) -> str:
    """A course's name without capitals, signs and double spaces, in any script: WRAP 3 - Prevent is wrap 3 prevent."""
    return " ".join(re.sub(r"[\W_]+", " ", name.casefold()).split())[:LENGTH]


def _day(cell: Cell, today: date) -> date:
    found = day_of(_written(cell), "day")
    if found is None:
        raise Unfit("no_day")
    if found > today:
        raise Unfit("future")
    if found.year < 1990:
        raise Unfit("too_old")
    return found


def _written(cell: Cell) -> Cell:
    """A day as ``day_of`` reads it: numbers as a spreadsheet counts, and years of two digits, all of this century."""
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, float) and FIRST_NUMBER <= cell < LAST_NUMBER + 1:
        cell = int(cell)
    if isinstance(cell, str) and cell.strip().isdecimal() and len(cell.strip()) == 5:
        cell = int(cell)
    if isinstance(cell, int) and FIRST_NUMBER <= cell <= LAST_NUMBER:
        return COUNTED_FROM + timedelta(days=cell)
    if isinstance(cell, str) and (found := SHORT_YEAR.fullmatch(" ".join(cell.split()))):
        return f"{found[1]}20{found[2]}"
    return cell
