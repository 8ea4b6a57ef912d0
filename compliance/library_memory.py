"""The duty library in memory: reference data that every organisation reads and that only a load changes.

Each process reads it once and again after the next load, so that a page costs the answers of one organisation and not
the library too. Nothing an organisation wrote itself is in it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from django.db.models import Exists, Q

from compliance.models import (
    Framework,
    Instrument,
    LibraryLoad,
    Outline,
    Relation,
    Requirement,
    RequirementRevision,
    SameQuestion,
    Scale,
)
from compliance.models.library import DEFAULT_SCALE
from foundation.core.acting import Acting
from foundation.core.prepared import Prepared
from foundation.organisations.models import Organisation


@dataclass(frozen=True)
class Wording:
    """What a requirement said from a moment on, and which general requirements it answers too."""

    revision_id: int
    effective_at: datetime
    title: str
    text: str
    force: str
    same_question_as: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """That a requirement hangs together with ``other``: ``kind`` is a field of ``relations.Relations``."""

    kind: str
    other: Requirement
    mark: str
    note: str


@dataclass(frozen=True)
class Library:
    """What the last load brought, in the library's order. ``wordings`` of a requirement begin with the latest."""

    requirements: tuple[Requirement, ...]
    frameworks: Mapping[str, Framework]
    wordings: Mapping[int, tuple[Wording, ...]]
    own_scale: Scale | None
    instruments: Mapping[str, Instrument]
    links: Mapping[int, tuple[Link, ...]]
    outlines: tuple[Outline, ...]

    @cached_property
    def by_code(self) -> dict[str, Requirement]:
        return {requirement.code: requirement for requirement in self.requirements}

    @cached_property
    def by_number(self) -> dict[int, Requirement]:
        return {requirement.pk: requirement for requirement in self.requirements}

    def outlines_of(self, frameworks: Collection[str | None]) -> tuple[Outline, ...]:
        """The headings of other tools under which rows of these frameworks may stand."""
        return tuple(outline for outline in self.outlines if outline.framework_id in frameworks)

    def asked_of(self, organisation: Organisation, on: date) -> list[Requirement]:
        """What the library asks of an organisation on a day."""
        fitting = {code for code, framework in self.frameworks.items() if framework.fits(organisation, on)}
        return [
            requirement
            for requirement in self.requirements
            if requirement.framework_id in fitting and requirement.is_asked_of(organisation, on)
        ]


def library() -> Library:
    """The library as it stands. One short query, and the rest from memory unless a load came between."""
    return _read(*_LAST_LOAD.rows())


def library_beside(organisation_id: int) -> tuple[Library, bool]:
    """The library, and whether the organisation may have requirements of its own: both for the same short query."""
    rows = _LAST_LOAD_BESIDE.rows(organisation_id)
    return _read(*(row[:-1] for row in rows)), rows[0][-1] if rows else True


_LOADS = LibraryLoad.objects.order_by("-pk")
_LAST_LOAD = Prepared(lambda: _LOADS.values_list("pk", "loaded_at", "content_hash")[:1])
_LAST_LOAD_BESIDE = Prepared(
    lambda organisation_id: _LOADS.values_list(
        "pk",
        "loaded_at",
        "content_hash",
        Exists(Requirement.objects.filter(organisation_id=organisation_id).order_by()),
    )[:1],
    int,
)


def own_requirement(acting: Acting, **named: int | str) -> Requirement | None:
    """A requirement that the organisation added for itself, by its ``pk`` or its ``code``."""
    rows = Requirement.objects.visible_to(acting).filter(organisation_id=acting.organisation_id, **named)
    row = rows.select_related("theme").first()
    if row is not None:
        row.last_wording_id = row.revisions.latest("number").pk
    return row


def wordings_of(requirements: Q) -> dict[int, tuple[Wording, ...]]:
    """The wordings of some requirements, latest first."""
    found: dict[int, list[Wording]] = defaultdict(list)
    rows = RequirementRevision.objects.filter(requirements).order_by("-effective_at")
    for number, revision_id, effective_at, title, text, force, same in rows.values_list(
        "requirement_id",
        "pk",
        "effective_at",
        "content__title",
        "content__text",
        "content__force",
        "content__same_question_as",
    ):
        found[number].append(Wording(revision_id, effective_at, title, text, force, _codes(same)))
    return {number: tuple(wordings) for number, wordings in found.items()}


@lru_cache(maxsize=2)
def _read(*last_load: object) -> Library:
    """``last_load`` says which load was the last, if any; it is only what the memory goes by."""
    frameworks = {each.code: each for each in Framework.objects.select_related("scale", "assurer_scale", "instrument")}
    rows = Requirement.objects.filter(organisation=None).select_related("theme")
    requirements = tuple(rows.order_by("position", "pk"))
    wordings = wordings_of(Q(requirement__organisation=None))
    for requirement in requirements:
        requirement.framework = frameworks[requirement.framework_id or ""]
        requirement.last_wording_id = wordings[requirement.pk][0].revision_id
    return Library(
        requirements=requirements,
        frameworks=frameworks,
        wordings=wordings,
        own_scale=Scale.objects.filter(pk=DEFAULT_SCALE).first(),
        instruments={each.code: each for each in Instrument.objects.all()},
        links=_links({requirement.pk: requirement for requirement in requirements}),
        outlines=tuple(Outline.objects.all()),
    )


def _links(rows: Mapping[int, Requirement]) -> dict[int, tuple[Link, ...]]:
    found: dict[int, list[Link]] = defaultdict(list)
    for kind, origin, target, mark, note in Relation.objects.values_list("kind", "origin", "target", "mark", "note"):
        there, back = ("replaces", "replaced_by") if kind == Relation.Kind.SUPERSEDES else ("see_also", "see_also")
        found[origin].append(Link(there, rows[target], mark, note))
        found[target].append(Link(back, rows[origin], mark, note))
    for specific, general, mark, note in SameQuestion.objects.values_list("specific", "general", "mark", "note"):
        found[specific].append(Link("answers", rows[general], mark, note))
        found[general].append(Link("answered_by", rows[specific], mark, note))
    return {number: tuple(links) for number, links in found.items()}


def _codes(links: Iterable[dict[str, str]] | None) -> tuple[str, ...]:
    return tuple(link["code"] for link in links or ())
