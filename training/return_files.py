"""Reads what each return asks about training, from the files in ``library/returns``. One file is one definition.

A definition that says something else gets a new ``version``; reports keep the number they were made by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from foundation.core.marks import Mark
from foundation.core.yaml_files import Entry, Problems, compose

FOLDER = Path(__file__).parent / "library/returns"


class Every(StrEnum):
    """How long a period of a return is."""

    QUARTER = "quarter"
    ACADEMIC_YEAR = "academic_year"


class Of(StrEnum):
    """What an organisation chooses from."""

    REQUIREMENTS = "requirements"
    COURSES = "courses"


class FigureKind(StrEnum):
    """What a field counts. The first three are of requirements as at the last day, the others of records in it."""

    REQUIRED = "required"
    COMPLIANT = "compliant"
    PERCENT = "percent"
    PEOPLE = "people"
    BY_COURSE = "by_course"


@dataclass(frozen=True)
class Choice:
    """What the organisation is asked to choose: its requirements or courses for one part of the return."""

    code: str
    label: str
    of: Of


@dataclass(frozen=True)
class Field:
    """One figure of the return, with what it means and how far that was checked."""

    code: str
    label: str
    figure: FigureKind
    choice: Choice
    mark: Mark
    definition: str


@dataclass(frozen=True)
class Definition:
    """One return. ``read_on``: when it was last compared with what is published; ``verified``: with the template."""

    code: str
    version: int
    title: str
    every: Every
    read_on: date
    verified: bool
    note: str
    choices: tuple[Choice, ...]
    fields: tuple[Field, ...]


@cache
def definitions() -> Mapping[str, Definition]:
    """All definitions by their code. Raises ImproperlyConfigured, with every problem, where a file cannot be used."""
    found = read_returns(FOLDER)
    return {each.code: each for each in found}


def read_returns(folder: Path) -> tuple[Definition, ...]:
    """Read and check every file of a folder."""
    problems = Problems()
    read = [_read(path, problems) for path in sorted(folder.glob("*.yaml"))]
    if problems.lines():
        raise ImproperlyConfigured("\n".join(problems.lines()))
    return tuple(each for each in read if each is not None)


def _read(path: Path, problems: Problems) -> Definition | None:
    node = compose(path, path.name, problems)
    if node is None:
        return None
    head = Entry(node, path.name, problems, "code version title period read_on verified note choices fields")
    choices = {}
    for each in head.entries("choices", "code label of"):
        code = each.code()
        if code in choices:
            each.report(f"the choice {code!r} stands here twice", "code")
        choices[code] = Choice(code, each.text("label"), each.choice("of", Of, "list"))
    fields: dict[str, Field] = {}
    for each in head.entries("fields", "code label figure from mark definition"):
        code = each.code()
        if code in fields:
            each.report(f"the field {code!r} stands here twice", "code")
        source = choices.get(each.known("from", choices, "choice"))
        kind = each.choice("figure", FigureKind, "figure")
        if source is None:
            continue
        if (source.of == Of.COURSES) != (kind in {FigureKind.PEOPLE, FigureKind.BY_COURSE}):
            each.report(f"{kind.value!r} cannot be counted of {source.of.value}", "figure")
        fields[code] = Field(
            code, each.text("label"), kind, source, each.choice("mark", Mark, "mark"), each.text("definition")
        )
    read_on = head.day("read_on")
    head.must("read_on")
    return Definition(
        code=head.code(),
        version=head.whole("version") or 1,
        title=head.text("title"),
        every=head.choice("period", Every, "period"),
        read_on=read_on or date.min,
        verified=head.flag("verified"),
        note=head.text("note"),
        choices=tuple(choices.values()),
        fields=tuple(fields.values()),
    )
