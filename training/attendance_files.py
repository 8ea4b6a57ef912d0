"""A file of who came to a session: its rows matched to people, or every row that is wrong and why.

The form has examined it as every upload: size, type by content, structure, no macros, in a process of its own. Files
that stay go through quarantine and the scanner as well, for the sake of whoever opens them. This one is read once by us
and forgotten: nobody can open it, so there is nobody to protect and nothing to wait for at the end of a session.
"""

import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.db.models import F
from django.db.models.functions import Coalesce, Lower
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.files.examination import Examined, FileType
from foundation.organisations.models import Membership
from foundation.organisations.people_files import reading
from foundation.organisations.people_files.cells import Unfit, text_of
from training.bringing import columns
from training.bringing.columns import Field
from training.models import TaughtSession
from training.models.sessions import MOST_PLACES

MOST_ROWS = 2 * MOST_PLACES
SCORES = ("score", "result", "mark", "percentage", "scorepercent", "sgor")
CAME = ("came", "attended", "attendance", "present", "presennol")
YES = frozenset(("yes", "y", "x", "1", "true", "came", "attended", "present", "✓", "✔", "ie", "oedd", "presennol"))
NO = frozenset(("", "no", "n", "0", "false", "absent", "did not attend", "did not come", "nac ydw", "nac oedd"))
PROBLEMS: dict[str, str | Promise] = {
    "no_key": gettext_lazy("Staff number and e-mail address are both missing, so nobody can be found."),
    "nobody": gettext_lazy("Nobody who is here on the day of the session has this staff number or e-mail address."),
    "several": gettext_lazy("Several people have this e-mail address. Add the staff number."),
    "other_number": gettext_lazy("Somebody with another staff number has this e-mail address."),
    "repeated": gettext_lazy("This person is in the file already, in a row above."),
    "no_place": gettext_lazy("This person has no place in the session. Say that people without a place came too."),
    "came": gettext_lazy("It does not say whether the person came. Write yes or no."),
    "score": gettext_lazy("The score is not a whole number between 0 and 100."),
    "too_many": gettext_lazy("This row and those below it are too many: a list of a session has at most 1,000."),
    "cell": gettext_lazy("A cell is too long, or begins like a formula (= + - @)."),
}


@dataclass(frozen=True)
class Refusal:
    """A row that cannot be used, numbered as a spreadsheet program does; ``who`` is what the row says."""

    number: int
    who: str
    problem: str | Promise


class RowsRefused(RuleBroken):
    """Nothing was recorded, because of these rows."""

    def __init__(self, rows: list[Refusal]) -> None:
        super().__init__(
            _("Nothing was recorded: one row of the file is wrong. Put it right and upload the file again.")
            if len(rows) == 1
            else _("Nothing was recorded: %(count)s rows of the file are wrong. Put them right and upload it again.")
            % {"count": len(rows)}
        )
        self.rows = rows


@dataclass
class _Row:
    number: int
    staff_number: str = ""
    email: str = ""
    came: bool = True
    score: int | None = None
    problem: str = ""


@dataclass
class _People:
    """The people who may be in the file, by the two keys."""

    by_number: dict[str, int] = field(default_factory=dict)
    by_email: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def find(self, row: _Row) -> tuple[int | None, str]:
        """Whom a row is about: by its staff number, else by the only fitting e-mail address; or a problem."""
        if row.staff_number in self.by_number:
            return self.by_number[row.staff_number], ""
        known = self.by_email.get(row.email.lower(), [])
        if not known:
            return None, "nobody"
        fitting = [pk for pk, number in known if not row.staff_number or not number]
        if not fitting:
            return None, "other_number"
        return (fitting[0], "") if len(fitting) == 1 else (None, "several")


def read(
    examined: Examined, *, session: TaughtSession, only: Collection[int] | None, by: Acting
) -> dict[int, int | None]:
    """Person → score or none, of whoever came. ``only``: who may be in it; none: everybody. Raises RowsRefused.

    Each row is somebody who came, unless a column such as “Came” says no. A file without a heading for staff numbers or
    e-mail addresses is refused as a whole. The file is not kept.
    """
    is_spreadsheet = examined.file_type == FileType.XLSX
    table = reading.read(io.BytesIO(examined.content), is_spreadsheet=is_spreadsheet)
    at = columns.guess(table.headings)
    if not {Field.STAFF_NUMBER, Field.EMAIL} & at.keys():
        raise RuleBroken(_("No column is headed “Staff number” or “E-mail”. People are found by one of them."))
    for name, words in (("score", SCORES), ("came", CAME)):
        places = [place for place, heading in enumerate(table.headings) if columns.letters(heading) in words]
        if places:
            at[name] = places[0]
    rows = list(_rows(table, at))
    if not rows:
        raise RuleBroken(_("The file has headings and no rows."))
    return _matched(rows, _people(rows, session, by), only)


def _rows(table: reading.Table, at: dict[str, int]) -> Iterator[_Row]:
    for count, (number, cells) in enumerate(table.rows, start=1):
        row = _Row(number)
        if count > MOST_ROWS:
            row.problem = "too_many"
            yield row
            return

        def cell(name: str, cells: list[reading.Cell] = cells) -> reading.Cell:
            return cells[at[name]] if name in at and at[name] < len(cells) else None

        try:
            row.staff_number = text_of(cell(Field.STAFF_NUMBER), 50)
            row.email = text_of(cell(Field.EMAIL), 254)
            row.came = "came" not in at or _came(cell("came"))
            row.score = _score(cell("score"))
        except Unfit as unfit:
            row.problem = unfit.code if unfit.code in PROBLEMS else "cell"
        if not row.problem and not (row.staff_number or row.email):
            row.problem = "no_key"
        yield row


def _came(cell: reading.Cell) -> bool:
    said = text_of(cell, 30).strip().lower()
    if said not in YES | NO:
        raise Unfit("came")
    return said in YES


def _score(cell: reading.Cell) -> int | None:
    text = text_of(cell, 10).removesuffix("%").strip()
    if not text:
        return None
    if not text.isdecimal() or int(text) > 100:
        raise Unfit("score")
    return int(text)


def _people(rows: list[_Row], session: TaughtSession, by: Acting) -> _People:
    """Everybody of the organisation on the session's day who has one of the keys in the file. One query a key.

    A key of an entry that was joined with another leads to the one that was kept, unless somebody else has it today.
    """
    here = Membership.objects.visible_to(by).current(session.day).order_by()
    there = Membership.objects.visible_to(by).annotate(
        person=Coalesce("joined_into_id", "pk"), own_number=Coalesce("joined_into__staff_number", "staff_number")
    )
    there = there.filter(person__in=here.values("pk")).order_by(F("joined_into").asc(nulls_last=True), "pk")
    numbers = {row.staff_number for row in rows if row.staff_number}
    addresses = {row.email.lower() for row in rows if row.email}
    found = _People(dict(there.filter(staff_number__in=numbers).values_list("staff_number", "person")))
    known = there.annotate(address=Lower("email")).filter(address__in=addresses)
    for person, address, number in known.values_list("person", "address", "own_number"):
        if (person, number) not in found.by_email.setdefault(address, []):
            found.by_email[address].append((person, number))
    return found


def _matched(rows: list[_Row], people: _People, only: Collection[int] | None) -> dict[int, int | None]:
    wrong: list[Refusal] = []
    found: dict[int, int | None] = {}
    for row in rows:
        person, problem = (None, row.problem) if row.problem else people.find(row)
        if person is not None and person in found:
            problem = "repeated"
        elif person is not None and only is not None and person not in only:
            problem = "no_place"
        if not (row.came or row.problem):
            continue
        if problem or person is None:
            wrong.append(Refusal(row.number, row.staff_number or row.email, PROBLEMS[problem]))
        else:
            found[person] = row.score
    if wrong:
        raise RowsRefused(wrong)
    return found
