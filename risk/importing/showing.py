"""What was understood of a file, as sentences and lines for the page and the file of remarks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from risk.importing.fields import DAYS, KINDS, Field
from risk.importing.outcomes import Outcome
from risk.importing.remarks import PROBLEMS, SAYS
from risk.models import RegisterImport, RegisterImportRow
from risk.models.risks import Response, Source
from risk.scoring import Matrix

MOST_LINES = MOST_CELLS = 12
COLOURS = {
    Outcome.CREATE: "green",
    Outcome.JOIN: "green",
    Outcome.UPDATE: "blue",
    Outcome.UNCHANGED: "grey",
    Outcome.SKIPPED: "grey",
    Outcome.REFUSED: "red",
}


@dataclass(frozen=True)
class Said:
    """A remark about a cell: where, what was read there, and the sentence."""

    number: int
    column: str
    read: str
    sentence: str
    refuses: bool


@dataclass(frozen=True)
class ReadAs:
    """A text that was taken for something else: under which heading, how often, and in which row first."""

    column: str
    read: str
    taken: str
    times: int
    first: int


def remarks(found: RegisterImport, rows: Iterable[RegisterImportRow], allowed: Mapping[str, str]) -> list[Said]:
    """Every remark on these rows, by row. Columns are called what the file calls them."""
    columns = columns_of(found)
    return [
        Said(
            row.number,
            columns.get(name, str(Field(name).label)),
            read,
            str(SAYS[code]) % {"allowed": allowed.get(name, "")},
            code in PROBLEMS,
        )
        for row in rows
        for name, read, code in row.remarks
    ]


def allowed(matrix: Matrix, ideologies: Mapping[str, str]) -> dict[str, str]:
    """What may stand in a field, for the sentences that name it."""
    steps = {"likelihood": _numbered(matrix.likelihood), "impact": _numbered(matrix.impact)}
    scores = {f"{kind}_{side}": words for kind in KINDS for side, words in steps.items()}
    pairs = _("likelihood up to %(likelihood)s and impact up to %(impact)s, such as 4x3") % {
        "likelihood": len(matrix.likelihood),
        "impact": len(matrix.impact),
    }
    return {
        **scores,
        **{f"{kind}_score": pairs for kind in KINDS},
        Field.IDEOLOGIES: ", ".join(ideologies.values()),
        Field.SOURCE: ", ".join(str(label) for label in Source.labels),
        Field.RESPONSE: ", ".join(str(label).partition(":")[0] for label in Response.labels),
    }


def read_as(found: RegisterImport, matrix: Matrix) -> list[ReadAs]:
    """What was taken for something else, by column. A step is shown with its label."""
    columns = columns_of(found)
    steps = {"likelihood": matrix.likelihood, "impact": matrix.impact}
    order = list(found.columns.values())
    said = sorted(found.understood, key=lambda each: (order.index(each[0]), -each[3], each[1]))
    return [
        ReadAs(columns.get(name, name), read, _in_words(name, taken, steps), times, first)
        for name, read, taken, times, first in said
    ]


def lines(rows: Iterable[RegisterImportRow]) -> list[dict[str, Any]]:
    """Rows as the page lists them."""
    return [
        {
            "number": row.number,
            "code": row.values.get("code", ""),
            "title": row.values.get("title", ""),
            "scores": {kind: _score(row.values.get(kind)) for kind in KINDS},
            "controls": len(row.values.get("controls", [])),
            "owner": row.values.get("owner", ""),
            "outcome": row.get_outcome_display(),
            "colour": COLOURS[Outcome(row.outcome)],
        }
        for row in rows
    ]


def left_out_of(found: RegisterImport) -> list[tuple[int, str, str]]:
    """Rows that are no risks, with why."""
    why = {
        "heading": _("the headings once more"),
        "total": _("a total"),
        "note": _("a note: one cell, and not in the column of the risk"),
        "section": _("a heading across the table"),
    }
    return [(number, why[code], text) for number, code, text in found.left_out]


def columns_of(found: RegisterImport) -> dict[str, str]:
    """Field → what its column is called in the file."""
    return {
        name: found.headings[int(at)] or str(Field(name).label)
        for at, name in found.columns.items()
        if int(at) < len(found.headings)
    }


def unused(found: RegisterImport) -> list[str]:
    """Headings of columns that are left out."""
    return [heading for at, heading in enumerate(found.headings) if heading and str(at) not in found.columns]


def previews(found: RegisterImport) -> list[tuple[str, list[tuple[int, list[str]]]]]:
    """The first rows of each sheet, every row with as many cells as the longest."""
    shown = []
    for layout in found.layouts:
        rows = [(number, cells[:MOST_CELLS]) for number, cells in layout["rows"][:MOST_LINES]]
        width = max(len(cells) for _number, cells in rows)
        shown.append((layout["sheet"], [(number, cells + [""] * (width - len(cells))) for number, cells in rows]))
    return shown


def examples(found: RegisterImport) -> list[str]:
    """For each column the first thing that stands below its heading."""
    layout = next((each for each in found.layouts if each["sheet"] == found.sheet), None)
    below = [cells for number, cells in layout["rows"] if number > found.heading_row] if layout else []
    return [
        next((cells[at] for cells in below if at < len(cells) and cells[at]), "") for at in range(len(found.headings))
    ]


def _numbered(labels: Iterable[str]) -> str:
    return ", ".join(f"{number} {label}" for number, label in enumerate(labels, start=1))


def _score(cell: list[int] | None) -> str:
    return f"{cell[0] * cell[1]} ({cell[0]}×{cell[1]})" if cell else "–"


def _in_words(name: str, taken: str, steps: Mapping[str, Sequence[str]]) -> str:
    if name in DAYS:
        return date_format(date.fromisoformat(taken), "j F Y")
    labels = steps.get(name.rpartition("_")[2], ())
    return f"{taken}: {labels[int(taken) - 1]}" if labels else taken
