"""What the duty library holds, as plain frozen values.

Nothing here knows files, the database or the web: `reader` fills these records and the loader copies them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from foundation.core.marks import Mark


class LibraryError(Exception):
    """The library cannot be used; `.problems` lists every reason as `file:line: reason`."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Nation(StrEnum):
    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"


class Force(StrEnum):
    MUST = "must"
    SHOULD = "should"
    GOOD = "good"


class InstrumentKind(StrEnum):
    ACT = "act"
    STATUTORY_GUIDANCE = "statutory_guidance"
    STATUTORY_FRAMEWORK = "statutory_framework"
    NON_STATUTORY = "non_statutory"
    REGULATOR = "regulator"
    CONTRACT = "contract"
    DATA_COLLECTION = "data_collection"
    INSPECTION = "inspection"
    OFFICIAL_STATEMENT = "official_statement"
    SECONDARY_SOURCE = "secondary_source"


class FrameworkKind(StrEnum):
    REQUIREMENTS = "requirements"
    BENCHMARKS = "benchmarks"


class AnsweredAt(StrEnum):
    """Who answers: each organisation for itself, or the multi-agency group with a part from each member."""

    ORGANISATION = "organisation"
    GROUP = "group"


class CountsAs(StrEnum):
    """What a step of any scale means when answers on different scales are read together."""

    NOTHING = "nothing"
    NOT_MET = "not_met"
    PARTLY_MET = "partly_met"
    MET = "met"
    EXCEEDED = "exceeded"


@dataclass(frozen=True, kw_only=True)
class Theme:
    code: str
    title: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Sector:
    code: str
    title: str
    covers: str
    usually_specified_authority: bool
    not_covered: str
    mark: Mark


@dataclass(frozen=True, kw_only=True)
class ScaleStep:
    code: str
    label: str
    meaning: str
    counts_as: CountsAs


@dataclass(frozen=True, kw_only=True)
class Scale:
    """An ordered ladder of answers, lowest first; a number may be kept beside it where the range is set."""

    code: str
    title: str
    note: str
    mark: Mark
    steps: tuple[ScaleStep, ...]
    lowest_score: int | None
    highest_score: int | None


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """A document that a requirement rests on, or in which it was seen."""

    code: str
    title: str
    kind: InstrumentKind
    edition: str
    publisher: str
    nations: tuple[Nation, ...]
    in_force_from: date | None
    in_force_to: date | None
    address: str
    mark: Mark
    note: str
    replaces: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Link:
    """A judgement that one row stands for another, with how sure we are of it."""

    code: str
    mark: Mark
    note: str


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One checkable statement. `verified` is true only where its wording was seen in the original."""

    code: str
    framework: str
    theme: str
    title: str
    text: str
    help: str
    force: Force
    force_note: str
    applies_when: str
    instrument: str
    section: str
    paragraph: str
    source: str
    cites: tuple[str, ...]
    mark: Mark
    mark_note: str
    verified: bool
    evidence: tuple[str, ...]
    further_signs: tuple[str, ...]
    evidence_max_age_months: int | None
    review_interval_months: int
    interval_source: str
    in_force_from: date
    in_force_to: date | None
    asked_of_partners: bool
    answered_at: AnsweredAt
    member_contribution: str
    same_question_as: tuple[Link, ...]
    supersedes: tuple[Link, ...]
    related: tuple[str, ...]
    position: int
    file: str = field(compare=False)
    line: int = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class OutlineHeading:
    number: int
    title: str
    rows: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The rows of a framework put under the headings of another published tool, so that nobody answers twice."""

    code: str
    title: str
    instrument: str
    mark: Mark
    note: str
    headings: tuple[OutlineHeading, ...]


@dataclass(frozen=True, kw_only=True)
class Framework:
    """A dated set of requirements. `every_sector` means that it applies whatever the sector."""

    code: str
    title: str
    summary: str
    kind: FrameworkKind
    instrument: str
    edition: str
    nations: tuple[Nation, ...]
    every_sector: bool
    sectors: tuple[str, ...]
    in_force_from: date
    in_force_to: date | None
    dates_note: str
    scale: str
    assurer: str
    assurer_scale: str | None
    applies_to_partners: bool
    note: str
    requirements: tuple[Requirement, ...]
    outlines: tuple[Outline, ...]
    file: str = field(compare=False)
    line: int = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Library:
    """The whole duty library, checked: every code that is named exists and no mapping runs in a circle."""

    themes: tuple[Theme, ...]
    sectors: tuple[Sector, ...]
    scales: tuple[Scale, ...]
    instruments: tuple[Instrument, ...]
    frameworks: tuple[Framework, ...]

    @cached_property
    def requirements(self) -> MappingProxyType[str, Requirement]:
        """Every row of every framework by its code, in the order of the files."""
        return MappingProxyType({row.code: row for framework in self.frameworks for row in framework.requirements})

    @cached_property
    def answered_by(self) -> MappingProxyType[str, tuple[str, ...]]:
        """For a row that others stand for, the codes of those others, nearest first and without repeats.

        Follows chains: if A stands for B and B for C, then C is answered by B and by A.
        """
        direct: dict[str, list[str]] = {}
        for row in self.requirements.values():
            for link in row.same_question_as:
                direct.setdefault(link.code, []).append(row.code)
        return MappingProxyType({code: _nearest_first(code, direct) for code in direct})


def _nearest_first(code: str, direct: dict[str, list[str]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    waiting = list(direct.get(code, ()))
    while waiting:
        nearest = waiting.pop(0)
        if nearest not in found:
            found[nearest] = None
            waiting += direct.get(nearest, ())
    return tuple(found)
