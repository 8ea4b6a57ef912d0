"""Puts the library's data files into the database: idempotent, all or nothing, and says what changed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from compliance import library_files
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
    SectorEntry,
    Theme,
)
from foundation.ledger import acting_system, record

LIBRARY = Path(__file__).with_name("library")


@dataclass(frozen=True)
class Loaded:
    """What a load changed: codes of requirements, and whether anything was written."""

    changes: library_files.Changes
    written: bool


def load(*, now: datetime, folder: Path = LIBRARY, dry_run: bool = False) -> Loaded:
    """Bring the database to what the files say. Requirements that are gone are ended, never deleted.

    Raises library_files.LibraryError naming file, line and reason; then nothing was changed.
    """
    library = library_files.read_library(folder)
    with acting_system("library"):
        before = {
            row.code: row.content for row in Requirement.objects.filter(organisation__isnull=True, in_force_to=None)
        }
        before |= {
            row.code: row.content
            for row in Requirement.objects.filter(organisation__isnull=True, in_force_to__isnull=False)
            if row.code in library.requirements
        }
        changes = library_files.diff(before, library)
        if dry_run:
            return Loaded(changes, written=False)
        _load_frame(library)
        rows = _load_requirements(library, changes, now)
        _load_mappings(library, rows)
        last = LibraryLoad.objects.order_by("-pk").values_list("content_hash", flat=True).first()
        if changes or last != _hash_of(library):  # a new load is also what tells every process to read again
            LibraryLoad.objects.create(
                loaded_at=now,
                content_hash=_hash_of(library),
                changes={
                    "added": list(changes.added),
                    "changed": {change.code: [each.field for each in change.fields] for change in changes.changed},
                    "withdrawn": list(changes.withdrawn),
                },
            )
            record(
                "library.loaded",
                actor=None,
                at=now,
                system_purpose="library",
                added=len(changes.added),
                changed=len(changes.changed),
                withdrawn=len(changes.withdrawn),
            )
    return Loaded(changes, written=bool(changes))


def _load_frame(library: library_files.Library) -> None:
    for position, theme in enumerate(library.themes):
        _put(Theme, theme.code, title=theme.title, description=theme.description, position=position)
    for position, sector in enumerate(library.sectors):
        _put(
            SectorEntry,
            sector.code,
            title=sector.title,
            covers=sector.covers,
            not_covered=sector.not_covered,
            usually_specified_authority=sector.usually_specified_authority,
            mark=sector.mark.value,
            position=position,
        )
    for scale in library.scales:
        _put(
            Scale,
            scale.code,
            title=scale.title,
            note=scale.note,
            mark=scale.mark.value,
            steps=[
                {"code": s.code, "label": s.label, "meaning": s.meaning, "counts_as": s.counts_as.value}
                for s in scale.steps
            ],
            lowest_score=scale.lowest_score,
            highest_score=scale.highest_score,
        )
    for instrument in library.instruments:
        _put(
            Instrument,
            instrument.code,
            title=instrument.title,
            kind=instrument.kind.value,
            edition=instrument.edition,
            publisher=instrument.publisher,
            nations=[nation.value for nation in instrument.nations],
            in_force_from=instrument.in_force_from,
            in_force_to=instrument.in_force_to,
            address=instrument.address,
            mark=instrument.mark.value,
            note=instrument.note,
            replaces=list(instrument.replaces),
        )
    for position, framework in enumerate(library.frameworks):
        _put(
            Framework,
            framework.code,
            title=framework.title,
            summary=framework.summary,
            kind=framework.kind.value,
            instrument_id=framework.instrument,
            edition=framework.edition,
            nations=[nation.value for nation in framework.nations],
            every_sector=framework.every_sector,
            sectors=list(framework.sectors),
            in_force_from=framework.in_force_from,
            in_force_to=framework.in_force_to,
            dates_note=framework.dates_note,
            scale_id=framework.scale,
            assurer=framework.assurer,
            assurer_scale_id=framework.assurer_scale,
            applies_to_partners=framework.applies_to_partners,
            note=framework.note,
            position=position,
        )
    _load_outlines(library)


def _load_outlines(library: library_files.Library) -> None:
    """Put other tools' headings over the rows; an outline that left the files leaves the database."""
    outlines = {
        outline.code: (framework, outline) for framework in library.frameworks for outline in framework.outlines
    }
    Outline.objects.exclude(code__in=outlines).delete()
    for framework, outline in outlines.values():
        _put(
            Outline,
            outline.code,
            framework_id=framework.code,
            title=outline.title,
            instrument_id=outline.instrument,
            mark=outline.mark.value,
            note=outline.note,
            headings=[
                {"number": heading.number, "title": heading.title, "rows": list(heading.rows)}
                for heading in outline.headings
            ],
        )


def _put(model: Any, code: str, **values: Any) -> None:
    model.objects.update_or_create(code=code, defaults=values)


def _load_requirements(
    library: library_files.Library, changes: library_files.Changes, now: datetime
) -> dict[str, Requirement]:
    rows = {row.code: row for row in Requirement.objects.filter(organisation__isnull=True)}
    altered = {change.code for change in changes.changed}
    order = {framework.code: number for number, framework in enumerate(library.frameworks)}
    for code, source in library.requirements.items():
        row = rows.get(code) or Requirement(code=code, organisation=None)
        content = library_files.as_plain(source)
        row.framework_id, row.theme_id, row.title = source.framework, source.theme, source.title
        row.force, row.mark, row.verified = source.force.value, source.mark.value, source.verified
        row.in_force_from, row.in_force_to = source.in_force_from, source.in_force_to
        row.answered_at, row.asked_of_partners = source.answered_at.value, source.asked_of_partners
        row.review_interval_months = source.review_interval_months
        row.evidence_max_age_months = source.evidence_max_age_months
        row.position = order[source.framework] * 1_000 + source.position
        row.content, row.content_hash = content, library_files.content_hash(source)
        row.save()
        if code in changes.added or code in altered:
            RequirementRevision.objects.create(
                requirement=row,
                number=row.revisions.count() + 1,
                content=content,
                content_hash=row.content_hash,
                effective_at=now,
            )
        rows[code] = row
    for code in changes.withdrawn:
        rows[code].in_force_to = max(timezone.localdate(now), rows[code].in_force_from)
        rows[code].save(update_fields=["in_force_to"])
    return rows


def _load_mappings(library: library_files.Library, rows: dict[str, Requirement]) -> None:
    SameQuestion.objects.all().delete()
    SameQuestion.objects.bulk_create(
        SameQuestion(specific=rows[row.code], general=rows[link.code], mark=link.mark.value, note=link.note)
        for row in library.requirements.values()
        for link in row.same_question_as
    )
    Relation.objects.all().delete()
    Relation.objects.bulk_create(
        Relation(
            kind=Relation.Kind.SUPERSEDES,
            origin=rows[row.code],
            target=rows[link.code],
            mark=link.mark.value,
            note=link.note,
        )
        for row in library.requirements.values()
        for link in row.supersedes
    )
    Relation.objects.bulk_create(
        Relation(kind=Relation.Kind.RELATED, origin=rows[row.code], target=rows[code])
        for row in library.requirements.values()
        for code in dict.fromkeys(row.related)
    )


def _hash_of(library: library_files.Library) -> str:
    frame = repr((library.themes, library.scales, library.instruments, library.frameworks))
    rows = (library_files.content_hash(row) for row in library.requirements.values())
    return hashlib.sha256("".join((frame, *rows)).encode()).hexdigest()
