"""Reads the library folder into records. Reads nothing else and writes nothing."""

from __future__ import annotations

from pathlib import Path

from compliance.library_files.records import (
    CountsAs,
    Framework,
    FrameworkKind,
    Instrument,
    InstrumentKind,
    Library,
    LibraryError,
    Nation,
    Outline,
    OutlineHeading,
    Scale,
    ScaleStep,
    Sector,
    Theme,
)
from compliance.library_files.references import References
from compliance.library_files.rows import NOT_READ, Defaults, read_row, read_title
from foundation.core.marks import Mark
from foundation.core.yaml_files import Entry, Problems, compose

_INSTRUMENT_KEYS = "code title kind edition publisher nations in_force_from in_force_to address mark note"
_FRAMEWORK_KEYS = (
    "code title summary kind instrument edition nations sectors in_force_from in_force_to scale assurer"
    " applies_to_partners defaults requirements"
)
_FRAMEWORK_OPTIONAL_KEYS = "dates_note assurer_scale note outlines"


def read_library(folder: Path) -> Library:
    """Read and check every file of the library.

    Returns only a library in which every code named exists. Otherwise raises LibraryError, whose `.problems`
    lists all problems of all files as `file:line: reason`.
    """
    problems = Problems()
    references = References()
    themes = tuple(_theme(entry) for entry in _list(folder, "themes", "code title description", problems))
    sectors = tuple(
        _sector(entry)
        for entry in _list(
            folder, "sectors", "code title covers not_covered usually_specified_authority mark", problems
        )
    )
    scales = tuple(
        _scale(entry) for entry in _list(folder, "scales", "code title steps score_range mark note", problems)
    )
    instruments = tuple(
        _instrument(entry, references)
        for entry in _list(folder, "instruments", _INSTRUMENT_KEYS, problems, optional="replaces")
    )
    references.themes = {theme.code for theme in themes}
    references.sectors = {sector.code for sector in sectors}
    references.scales = {scale.code for scale in scales}
    references.instruments = {instrument.code for instrument in instruments}
    library = Library(
        themes=themes,
        sectors=sectors,
        scales=scales,
        instruments=instruments,
        frameworks=_in_order(_frameworks(folder, references, problems), sectors),
    )
    references.check(set(library.requirements), problems)
    if found := problems.lines():
        raise LibraryError(found)
    return library


def _list(folder: Path, name: str, required: str, problems: Problems, *, optional: str = "") -> list[Entry]:
    """The entries of a file that holds one list under its own name; codes are unique in it."""
    file = f"{name}.yaml"
    node = compose(folder / file, file, problems)
    if node is None:
        return []
    whole = Entry(node, file, problems, name)
    entries = list(whole.entries(name, required, optional))
    if not entries:
        whole.report(f"there are no {name}")
    seen: set[str] = set()
    for entry in entries:
        _once(entry, seen)
    return entries


def _once(entry: Entry, seen: set[str]) -> None:
    code = entry.optional_text("code")
    if code in seen:
        entry.report(f"the code {code!r} is used twice", "code")
    if code:
        seen.add(code)


def _theme(entry: Entry) -> Theme:
    return Theme(code=entry.code(), title=read_title(entry), description=entry.text("description"))


def _sector(entry: Entry) -> Sector:
    return Sector(
        code=entry.code(),
        title=read_title(entry),
        covers=entry.text("covers"),
        not_covered=entry.optional_text("not_covered"),
        usually_specified_authority=entry.flag("usually_specified_authority"),
        mark=entry.choice("mark", Mark, "mark"),
    )


def _scale(entry: Entry) -> Scale:
    steps = tuple(
        ScaleStep(
            code=step.code(),
            label=step.text("label"),
            meaning=step.text("meaning"),
            counts_as=step.choice("counts_as", CountsAs, "meaning of a step"),
        )
        for step in entry.entries("steps", "code label meaning counts_as")
    )
    if not steps or steps[0].counts_as is not CountsAs.NOTHING:
        entry.report("the first step of a scale counts as nothing, for what is not assessed yet", "steps")
    if len({step.code for step in steps}) < len(steps):
        entry.report("a scale has each step once", "steps")
    score_range = entry.entry("score_range", "lowest highest")
    lowest = score_range.whole("lowest", lowest=0) if score_range else None
    highest = score_range.whole("highest") if score_range else None
    if lowest is not None and highest is not None and lowest >= highest:
        entry.report("the lowest score must be below the highest", "score_range")
    return Scale(
        code=entry.code(),
        title=read_title(entry),
        note=entry.optional_text("note"),
        mark=entry.choice("mark", Mark, "mark"),
        steps=steps,
        lowest_score=lowest,
        highest_score=highest,
    )


def _instrument(entry: Entry, references: References) -> Instrument:
    start, end = entry.period()
    references.replaced += [(entry.file, line, code) for code, line in entry.texts_with_lines("replaces")]
    return Instrument(
        code=entry.code(),
        title=entry.text("title"),
        kind=entry.choice("kind", InstrumentKind, "kind of instrument"),
        edition=entry.optional_text("edition"),
        publisher=entry.text("publisher"),
        nations=entry.choices("nations", Nation, "nation"),
        in_force_from=start,
        in_force_to=end,
        address=entry.optional_text("address"),
        mark=entry.choice("mark", Mark, "mark"),
        note=entry.optional_text("note"),
        replaces=entry.texts("replaces"),
    )


def _frameworks(folder: Path, references: References, problems: Problems) -> list[Framework]:
    frameworks = []
    codes: set[str] = set()
    row_codes: set[str] = set()
    paths = sorted(path for path in (folder / "frameworks").glob("*") if path.is_file())
    if not paths:
        problems.add("frameworks", 1, "there are no framework files in this folder")
    for path in paths:
        file = f"frameworks/{path.name}"
        if path.suffix != ".yaml":
            problems.add(file, 1, "not a framework file: its name must end in .yaml")
            continue
        node = compose(path, file, problems)
        entry = Entry(node, file, problems, _FRAMEWORK_KEYS, _FRAMEWORK_OPTIONAL_KEYS) if node else None
        if entry is None or not entry.is_mapping:
            references.every_row_known = False
            continue
        _once(entry, codes)
        frameworks.append(_framework(entry, references, row_codes))
    return frameworks


def _in_order(frameworks: list[Framework], sectors: tuple[Sector, ...]) -> tuple[Framework, ...]:
    """What every sector is asked comes first, then the sectors in the order of their file, newest edition first."""
    order = {sector.code: position for position, sector in enumerate(sectors, start=1)}
    newest_first = sorted(frameworks, key=lambda framework: framework.in_force_from, reverse=True)
    return tuple(
        sorted(
            newest_first,
            key=lambda framework: (
                framework.kind is FrameworkKind.BENCHMARKS,
                min((order.get(code, 0) for code in framework.sectors), default=0),
            ),
        )
    )


def _framework(entry: Entry, references: References, row_codes: set[str]) -> Framework:
    start, end = entry.period()
    if not entry.has("in_force_from"):
        entry.report("a framework says from when it is in force", "in_force_from")
    every_sector = entry.is_word("sectors", "every")
    code = entry.code()
    kind = entry.choice("kind", FrameworkKind, "kind of framework")
    partners = entry.flag("applies_to_partners")
    defaults = Defaults.read(entry, references, framework=code, kind=kind, partners=partners, period=(start, end))
    rows = []
    for position, row in enumerate(entry.entries("requirements", *defaults.row_keys), start=1):
        _once(row, row_codes)
        rows.append(read_row(row, position, defaults, references))
    if not rows:
        entry.report("a framework needs at least one requirement", "requirements")
    if partners and not any(row.asked_of_partners for row in rows):
        entry.report("it applies to partners, but no row is asked of them", "applies_to_partners")
    return Framework(
        code=code,
        title=read_title(entry),
        summary=entry.text("summary"),
        kind=kind,
        instrument=entry.known("instrument", references.instruments, "instrument"),
        edition=entry.text("edition"),
        nations=entry.choices("nations", Nation, "nation"),
        every_sector=every_sector,
        sectors=() if every_sector else entry.all_known("sectors", references.sectors, "sector", at_least=1),
        in_force_from=start or NOT_READ,
        in_force_to=end,
        dates_note=entry.optional_text("dates_note"),
        scale=entry.known("scale", references.scales, "scale"),
        assurer=entry.text("assurer"),
        assurer_scale=entry.known("assurer_scale", references.scales, "scale") if entry.has("assurer_scale") else None,
        applies_to_partners=partners,
        note=entry.optional_text("note"),
        requirements=tuple(rows),
        outlines=tuple(
            _outline(outline, references)
            for outline in entry.entries("outlines", "code title instrument mark headings", "note")
        ),
        file=entry.file,
        line=entry.line,
    )


def _outline(entry: Entry, references: References) -> Outline:
    headings = []
    for heading in entry.entries("headings", "number title rows"):
        for code, line in heading.texts_with_lines("rows"):
            references.named.append((heading.file, line, code))
        headings.append(
            OutlineHeading(
                number=heading.whole("number") or 0,
                title=heading.text("title"),
                rows=heading.texts("rows", at_least=1),
            )
        )
    return Outline(
        code=entry.code(),
        title=read_title(entry),
        instrument=entry.known("instrument", references.instruments, "instrument"),
        mark=entry.choice("mark", Mark, "mark"),
        note=entry.optional_text("note"),
        headings=tuple(headings),
    )
