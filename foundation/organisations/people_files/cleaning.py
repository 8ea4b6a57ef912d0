"""One row's cells as values we can keep, or a code for what is wrong with them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from foundation.organisations.models import Employment
from foundation.organisations.people_files.columns import Field
from foundation.organisations.people_files.reading import Cell

PROBLEMS = {
    "no_name": _("The name is missing."),
    "no_key": _("Staff number and e-mail address are both missing, so the person cannot be found again."),
    "email": _("The e-mail address is not one."),
    "starts_on": _("The first day is not a date like 2026-03-27 or 27/03/2026."),
    "ends_on": _("The last day is not a date like 2026-03-27 or 27/03/2026."),
    "ends_before_start": _("The last day is before the first day."),
    "too_long": _("A cell is longer than it may be: 200 characters, 100 for a staff group, 50 for a staff number."),
    "employment": _(
        "The employment is not one we know. Use permanent, fixed term, bank, agency, contractor, volunteer, elected"
        " member or governor."
    ),
    "manager_unknown": _(
        "Nobody has the line manager's staff number or e-mail address, here or in a row of this file that is not"
        " refused."
    ),
    "manager_ambiguous": _(
        "Several people have the line manager's e-mail address. Give the line manager's staff number."
    ),
    "manager_self": _("This person is named as their own line manager."),
    "manager_pair": _("This person and the line manager would report to each other."),
    "formula": _("A cell begins like a formula (= + - @). Replace it with the value itself."),
    "staff_number_twice": _("Another row has the same staff number and says something else."),
    "email_twice": _("Another row without a staff number has the same e-mail address."),
    "external_id_twice": _("Another row has the same ID at the identity provider."),
    "person_twice": _("Another row is about the same person."),
    "email_ambiguous": _("Several people have this e-mail address. Add the staff number."),
    "email_of_other": _("Somebody with another staff number has this e-mail address."),
    "external_id_taken": _("Somebody else has this ID at the identity provider."),
    "has_left": _("This person has left. Take the last day back on their page first, or give one here."),
    "administrator": _("This person is an administrator. End that role on their page first."),
}
LENGTHS = {
    Field.STAFF_NUMBER: 50,
    Field.EMAIL: 254,
    Field.EXTERNAL_ID: 255,
    Field.STAFF_GROUP: 100,
    Field.LINE_MANAGER: 254,
}
LENGTH = 200
EMPTY_SIGNS = frozenset({"-", "–", "—", "n/a", "N/A", "#N/A", "null", "NULL"})
# Marks that only turn the direction of text make a name read as another; joiners belong to scripts that need them.
MISLEADING = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
# As personnel systems write what somebody is to their employer, in small letters without spaces or signs. Somebody with
# an honorary contract works here and is employed elsewhere.
EMPLOYMENTS = {
    written: kind.value
    for kind, words in {
        Employment.PERMANENT: "permanent perm permanentcontract substantive openended indefinite parhaol",
        Employment.FIXED_TERM: "fixedterm fixedtermtemp fixedtermtemporary fixedtermcontract ftc fixed temporary temp"
        " secondment apprentice apprenticeship trainee",
        Employment.CASUAL: "casual casualorbank bank bankstaff bankworker bankcontract zerohours zerohourscontract"
        " sessional supply relief asandwhen",
        Employment.AGENCY: "agency agencyworker agencystaff agencytemp locum",
        Employment.CONTRACTOR: "contractor contract contractforservices consultant consultancy selfemployed freelance"
        " external honorary honorarycontract honoraryappointment",
        Employment.VOLUNTEER: "volunteer voluntary volunteerworker unpaid",
        Employment.ELECTED: "elected electedmember councillor member cllr",
        Employment.GOVERNOR: "governor governorortrustee trustee schoolgovernor boardmember nonexecutive"
        " nonexecutivedirector nonexecdirector nonexecdirectorchair ned",
    }.items()
    for written in words.split()
}
NO_LETTER = re.compile("[^a-z]")
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?")
BRITISH = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})(?: \d{2}:\d{2}(?::\d{2})?)?")
# What nearly all addresses look like; any other goes to Django's own, slower check, which takes these too.
PLAIN_EMAIL = re.compile(r"[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,30}){0,3}@(?:[a-z0-9]{1,60}\.){1,4}[a-z]{2,20}")
IN_WORDS = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})")


class Unfit(Exception):
    """A cell cannot be kept. ``code`` is a key of PROBLEMS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class CleanRow:
    """A row as it would be kept. ``problem`` is empty or a key of PROBLEMS."""

    number: int
    name: str = ""
    staff_number: str = ""
    email: str = ""
    team: str = ""
    job_title: str = ""
    staff_group: str = ""
    employment: str = ""
    line_manager: str = ""
    external_id: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    problem: str = ""


def clean(number: int, cells: list[Cell], columns: Mapping[str, int]) -> CleanRow:
    """Read one row by the chosen columns. Never raises: what is wrong is in ``problem``, and the rest is kept."""
    row = CleanRow(number)

    def cell(field: Field) -> Cell:
        at = columns.get(field)
        return cells[at] if at is not None and at < len(cells) else None

    try:
        row.staff_number = _text(cell(Field.STAFF_NUMBER), LENGTHS[Field.STAFF_NUMBER])  # first: refusals show it
        first, last = _text(cell(Field.FIRST_NAME), LENGTH), _text(cell(Field.LAST_NAME), LENGTH)
        row.name = _text(cell(Field.NAME), LENGTH) or f"{first} {last}".strip()
        row.email = _text(cell(Field.EMAIL), LENGTHS[Field.EMAIL])
        row.team = _text(cell(Field.TEAM), LENGTH)
        row.job_title = _text(cell(Field.JOB_TITLE), LENGTH)
        row.staff_group = _text(cell(Field.STAFF_GROUP), LENGTHS[Field.STAFF_GROUP])
        row.employment = _employment(cell(Field.EMPLOYMENT))
        row.line_manager = _text(cell(Field.LINE_MANAGER), LENGTHS[Field.LINE_MANAGER])
        row.external_id = _text(cell(Field.EXTERNAL_ID), LENGTHS[Field.EXTERNAL_ID])
        row.starts_on = _day(cell(Field.STARTS_ON), "starts_on")
        row.ends_on = _day(cell(Field.ENDS_ON), "ends_on")
        if not row.name:
            raise Unfit("no_name")
        if len(row.name) > LENGTH:
            raise Unfit("too_long")
        if not (row.staff_number or row.email):
            raise Unfit("no_key")
        if row.email:
            _check_email(row.email)
        if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
            raise Unfit("ends_before_start")
    except Unfit as unfit:
        row.problem = unfit.code
    return row


def _text(cell: Cell, longest: int) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)  # a spreadsheet keeps staff number 12345 as 12345.0
        if isinstance(cell, datetime):
            cell = cell.date()
    text = str(cell)
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", MISLEADING.sub("", text))
    text = " ".join(text.split())
    if text in EMPTY_SIGNS:
        return ""
    if text[:1] in "=+-@" and text:
        raise Unfit("formula")
    if len(text) > longest:
        raise Unfit("too_long")
    return text


def _employment(cell: Cell) -> str:
    written = _text(cell, LENGTH)
    return _kind_of_employment(written) if written else ""


@lru_cache(maxsize=1_000)
def _kind_of_employment(written: str) -> str:
    kind = EMPLOYMENTS.get(NO_LETTER.sub("", written.lower()))
    if kind is None:
        raise Unfit("employment")
    return kind


def _check_email(text: str) -> None:
    if PLAIN_EMAIL.fullmatch(text):
        return
    try:
        validate_email(text)
    except ValidationError:
        raise Unfit("email") from None


def _day(cell: Cell, code: str) -> date | None:
    """A date from a spreadsheet's date, or from text as it is written in Britain or by ISO 8601. Never month first."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime):
        return _plausible(cell.date(), code)
    if isinstance(cell, date):
        return _plausible(cell, code)
    if not isinstance(cell, str):
        raise Unfit(code)
    return _written_day(cell, code)


@lru_cache(maxsize=4_000)
def _written_day(written: str, code: str) -> date | None:
    text = " ".join(written.split())
    if not text or text in EMPTY_SIGNS:
        return None
    try:
        if found := ISO.fullmatch(text):
            return _plausible(date(int(found[1]), int(found[2]), int(found[3])), code)
        if found := BRITISH.fullmatch(text):
            return _plausible(date(int(found[3]), int(found[2]), int(found[1])), code)
        if (found := IN_WORDS.fullmatch(text)) and found[2].lower() in MONTHS:
            return _plausible(date(int(found[3]), MONTHS[found[2].lower()], int(found[1])), code)
    except ValueError:
        pass
    raise Unfit(code)


def _plausible(day: date, code: str) -> date:
    if not 1900 <= day.year <= 2200:
        raise Unfit(code)
    return day
