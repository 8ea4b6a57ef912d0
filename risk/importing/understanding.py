"""What a row of a register means: each cell as a value, what was taken otherwise than it stands, and what is wrong."""

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from risk.importing import days, vocabulary, words
from risk.importing.fields import DAYS, KINDS, Field
from risk.importing.lines import Line
from risk.importing.remarks import Remark
from risk.importing.words import Unfit, Value, plain
from risk.importing.workbooks import Broken, Cell
from risk.models.risks import Response, Source
from risk.scoring import Matrix

LONGEST_TEXT, LONGEST_TITLE, LONGEST_CODE, LONGEST_PLACES, LONGEST_CONTROL = 5_000, 200, 20, 300, 500
TEXTS = (Field.DESCRIPTION, Field.CAUSE, Field.AT_RISK, Field.FURTHER_ACTION)
JOINED = frozenset({*TEXTS, Field.CONTROLS})
BULLET = re.compile(r"^\s*(?:[•●▪◦‣·*–—-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+", re.IGNORECASE)
MISLEADING = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Ground:
    """What the assessment and the person say: against this a file is understood."""

    matrix: Matrix
    is_scored: bool
    themes: Mapping[str, str]
    ideologies: Mapping[str, str]
    theme: str
    source: str
    impact_first: frozenset[str] = frozenset()


@dataclass
class Understood:
    """One risk of the file. ``values`` are plain enough to be kept as JSON; a field that is absent says nothing.

    ``read_as`` lists what was taken otherwise than it stands: field, what was read, what it was taken for.
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    read_as: list[tuple[str, str, str]] = field(default_factory=list)

    def remark(self, name: str, read: Cell, code: str) -> None:
        self.remarks.append(Remark(name, plain(read) if not isinstance(read, Broken) else read.text, code))


def understand(line: Line, ground: Ground) -> Understood:
    """Never raises: what is wrong is among the remarks, and the rest is kept."""
    found = Understood(line.number)
    cells = _whole_cells(line, found)
    _name(found, cells)
    _texts(found, cells)
    _codes(found, cells, ground)
    _controls(found, cells)
    _days(found, cells)
    if owner := plain(cells.get(Field.OWNER)):
        found.values["owner"] = "" if words.is_empty(owner) else owner
    if ground.is_scored:
        for kind in KINDS:
            _score(found, cells, kind, ground)
    elif any(f"{kind}_{side}" in cells for kind in KINDS for side in ("likelihood", "impact", "score")):
        found.remark(Field.RESIDUAL_SCORE, "", "scores_not_asked")
    found.values = {name: value for name, value in found.values.items() if value not in ("", None, [])}
    return found


# ---- Rows of one merged risk, and cells that have no value
def _whole_cells(line: Line, found: Understood) -> dict[str, Value]:
    cells = dict(line.cells)
    for _number, more in line.more:
        for name, cell in more.items():
            before = cells.get(name)
            if before is None:
                cells[name] = cell
            elif name in JOINED and not isinstance(before, Broken) and not isinstance(cell, Broken):
                if str(cell).strip() not in str(before):
                    cells[name] = f"{before}\n{cell}"
            elif _same(before, cell):
                continue
            else:
                found.remark(name, cell, "merged_rows_differ")
    whole: dict[str, Value] = {}
    for name, cell in cells.items():
        if isinstance(cell, Broken):
            found.remark(name, cell, cell.code)
        else:
            whole[name] = MISLEADING.sub("", cell) if isinstance(cell, str) else cell
    return whole


def _same(one: Cell, other: Cell) -> bool:
    return str(one).strip().casefold() == str(other).strip().casefold()


# ---- Names and texts
def _name(found: Understood, cells: Mapping[str, Value]) -> None:
    code, title = plain(cells.get(Field.CODE)), plain(cells.get(Field.TITLE))
    if not words.is_empty(code):
        if len(code) > LONGEST_CODE:
            found.remark(Field.CODE, code, "code_too_long")
        found.values["code"] = code[:LONGEST_CODE]
    if not title:
        if not any(remark.field == Field.TITLE for remark in found.remarks):
            found.remark(Field.TITLE, "", "no_title")
    elif len(title) > LONGEST_TITLE:
        found.remark(Field.TITLE, title, "title_shortened")
        found.values["description"] = _text(found, Field.TITLE, cells.get(Field.TITLE))
        title = textwrap.shorten(title, LONGEST_TITLE, placeholder="…")
    found.values["title"] = title


def _texts(found: Understood, cells: Mapping[str, Value]) -> None:
    for name in TEXTS:
        if text := _text(found, name, cells.get(name)):
            before = found.values.get(str(name))
            found.values[str(name)] = f"{before}\n{text}" if before and before != text else text
    places, note = plain(cells.get(Field.PLACES)), plain(cells.get(Field.SOURCE_NOTE))
    if len(places) > LONGEST_PLACES:
        found.remark(Field.PLACES, places, "places_shortened")
        found.values["description"] = "\n".join(filter(None, (found.values.get("description"), places)))
        places = textwrap.shorten(places, LONGEST_PLACES, placeholder="…")
    found.values["places"] = places
    found.values["source_note"] = textwrap.shorten(note, LONGEST_PLACES, placeholder="…")


def _text(found: Understood, name: str, value: Value) -> str:
    """A longer text with its lines."""
    if value is None or words.is_empty(value):
        return ""
    if not isinstance(value, str):
        return plain(value)
    text = "\n".join(" ".join(line.split()) for line in value.splitlines()).strip()
    if len(text) > LONGEST_TEXT:
        found.remark(name, text, "too_long")
    return text[:LONGEST_TEXT]


def _controls(found: Understood, cells: Mapping[str, Value]) -> None:
    text = _text(found, Field.CONTROLS, cells.get(Field.CONTROLS))
    parts = text.split("\n") if "\n" in text else text.split(";")
    controls = []
    for part in parts:
        control = BULLET.sub("", part).strip(" ;")
        if len(control) > LONGEST_CONTROL:
            found.remark(Field.CONTROLS, control, "control_divided")
        controls += textwrap.wrap(control, LONGEST_CONTROL)
    found.values["controls"] = list(dict.fromkeys(controls))


# ---- Codes
def _codes(found: Understood, cells: Mapping[str, Value], ground: Ground) -> None:
    if (text := plain(cells.get(Field.THEME))) and not words.is_empty(text):
        code = vocabulary.theme(text, ground.themes)
        if code is None:
            found.remark(Field.THEME, text, "unknown_theme")
        else:
            found.values["theme"] = code
            _say(found, Field.THEME, text, ground.themes[code])
    _code(found, cells, Field.SOURCE, vocabulary.source, dict(Source.choices))
    _code(found, cells, Field.RESPONSE, vocabulary.response, dict(Response.choices))
    written = cells.get(Field.IDEOLOGIES)
    if not words.is_empty(written):
        text = str(written)
        try:
            codes = vocabulary.ideologies(text, ground.ideologies)
        except Unfit as unfit:
            found.remark(Field.IDEOLOGIES, text, unfit.code)
        else:
            found.values["ideologies"] = codes
            if codes:
                _say(found, Field.IDEOLOGIES, text, ", ".join(ground.ideologies[code] for code in codes))


def _code(
    found: Understood, cells: Mapping[str, Value], name: str, meaning: Callable[[str], str], labels: Mapping[str, Any]
) -> None:
    text = plain(cells.get(name))
    if words.is_empty(text):
        return
    try:
        found.values[str(name)] = str(meaning(text))
    except Unfit as unfit:
        found.remark(name, text, unfit.code)
    else:
        _say(found, name, text, str(labels[found.values[str(name)]]))


# ---- Days
def _days(found: Understood, cells: Mapping[str, Value]) -> None:
    for name in sorted(DAYS):
        value = cells.get(name)
        try:
            day = days.day(value)
        except Unfit as unfit:
            found.remark(name, value, unfit.code)
            continue
        if day is None:
            if days.says_no_day(value):
                found.remark(name, value, "no_day")
            continue
        found.values[str(name)] = day.isoformat()
        if not isinstance(value, date):
            _say(found, name, plain(value), day.isoformat())


# ---- Scores
def _score(found: Understood, cells: Mapping[str, Value], kind: str, ground: Ground) -> None:
    likelihood = _step(found, cells, f"{kind}_likelihood", ground.matrix.likelihood)
    impact = _step(found, cells, f"{kind}_impact", ground.matrix.impact)
    name = f"{kind}_score"
    whole = _whole_score(found, cells, name, ground)
    if any(remark.refuses and remark.field.startswith(f"{kind}_") for remark in found.remarks):
        return
    cell = (likelihood, impact) if likelihood and impact else whole.cell if whole else None
    product = whole.product if whole else None
    if cell is None and product is not None:
        fitting = [
            each for each in words.cells_of(product, ground.matrix)
            if likelihood in (None, each[0]) and impact in (None, each[1])
        ]  # fmt: skip
        if len(fitting) == 1:
            cell = fitting[0]
            _say(found, name, plain(cells.get(name)), _in_figures(cell))
        elif likelihood is None and impact is None:
            found.remark(name, cells.get(name), "score_not_plain")
            return
    if cell is None:
        if likelihood or impact:
            missing = f"{kind}_impact" if likelihood else f"{kind}_likelihood"
            found.remark(missing, cells.get(missing), "half_a_score")
        return
    if (product is not None and product != cell[0] * cell[1]) or (whole and whole.cell and whole.cell != cell):
        found.remark(name, cells.get(name), "score_differs")
    found.values[kind] = list(cell)


def _step(found: Understood, cells: Mapping[str, Value], name: str, labels: tuple[str, ...]) -> int | None:
    value = cells.get(name)
    try:
        step = words.step(value, labels)
    except Unfit as unfit:
        found.remark(name, value, unfit.code)
        return None
    if step is not None and plain(value) != str(step):
        _say(found, name, plain(value), str(step))
    return step


def _whole_score(found: Understood, cells: Mapping[str, Value], name: str, ground: Ground) -> words.Scored | None:
    value = cells.get(name)
    try:
        whole = words.score(value, ground.matrix, impact_first=name in ground.impact_first)
    except Unfit as unfit:
        known = f"{name.partition('_')[0]}_likelihood" in cells
        if not (known and unfit.code == "score_in_words"):  # a colour or a band beside both: nothing is lost
            found.remark(name, value, unfit.code)
        return None
    if whole and whole.cell:
        _say(found, name, plain(value), _in_figures(whole.cell))
    return whole


def _in_figures(cell: tuple[int, int]) -> str:
    return f"{cell[0]}×{cell[1]}"


def _say(found: Understood, name: str, read: str, taken: str) -> None:
    """Keep that a cell was taken for something else than what stands in it."""
    if " ".join(read.split()).casefold() != taken.casefold():
        found.read_as.append((str(name), read, taken))
