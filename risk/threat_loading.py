"""Puts the data file of threat levels into the database: idempotent, all or nothing, and says what changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from foundation.core.acting import person_context
from foundation.ledger import acting_system, record
from risk import threat, threat_files
from risk.actions import tasks
from risk.models import Risk, ThreatLevel, ThreatWording
from risk.models.threat import Mark

PATH = Path(__file__).with_name("library") / threat_files.FILE
PURPOSE = "threat levels"
GONE = "It no longer stands in the data file."
NAMES = ("level", "announced_on", "note", "source", "source_address", "mark", "mark_note", "verified")

Key = tuple[str, date]


@dataclass(frozen=True)
class Loaded:
    """What a load changed, by scope and day; ``tasks`` is how many risks are to be assessed again because of it."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    withdrawn: tuple[str, ...]
    wordings_changed: bool
    tasks: int = 0


@transaction.atomic
def load(*, now: datetime, path: Path = PATH, dry_run: bool = False) -> Loaded:
    """Bring the database to what the file says. Where the level in force today is another than before, every
    organisation is asked to assess its risks again, unless it had entered that level itself.

    Raises threat_files.ThreatFileError naming file, line and reason; then nothing was changed.
    """
    file = threat_files.read(path)
    with acting_system(PURPOSE):
        rows = {_key(row): row for row in ThreatLevel.objects.filter(organisation__isnull=True)}
        entries = {(entry.scope, entry.effective_from): entry for entry in file.levels}
        before = {row: _facts(rows[row]) for row in rows if rows[row].withdrawn_at is None}
        wanted = {key: tuple(getattr(entry, name) for name in NAMES) for key, entry in entries.items()}
        found = Loaded(
            added=_names(wanted.keys() - before.keys()),
            changed=_names(key for key in wanted.keys() & before.keys() if wanted[key] != before[key]),
            withdrawn=_names(before.keys() - wanted.keys()),
            wordings_changed=_wordings_now() != set(file.wordings),
        )
        if dry_run or not (found.added or found.changed or found.withdrawn or found.wordings_changed):
            return found
        organisations = list(
            Risk.objects.filter(closed_at__isnull=True).order_by().values_list("organisation_id", flat=True).distinct()
        )
    levels_before = {each: _level_of(each, now) for each in organisations}
    with acting_system(PURPOSE):
        _write(rows, entries, now)
        if found.wordings_changed:
            ThreatWording.objects.all().delete()
            ThreatWording.objects.bulk_create(ThreatWording(**vars(entry)) for entry in file.wordings)
        record(
            "threat_levels.loaded",
            actor=None,
            at=now,
            system_purpose=PURPOSE,
            added=len(found.added),
            changed=len(found.changed),
            withdrawn=len(found.withdrawn),
        )
    raised = sum(_ask(each, levels_before[each], now) for each in organisations)
    return Loaded(found.added, found.changed, found.withdrawn, found.wordings_changed, raised)


def _key(row: ThreatLevel) -> Key:
    return (row.scope, row.effective_from)


def _facts(row: ThreatLevel) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in NAMES)


def _names(keys: Iterable[Key]) -> tuple[str, ...]:
    return tuple(sorted(f"{scope} {day:%Y-%m-%d}" for scope, day in keys))


def _wordings_now() -> set[threat_files.WordingEntry]:
    names = threat_files.WordingEntry.__dataclass_fields__
    return {threat_files.WordingEntry(**row) for row in ThreatWording.objects.values(*names)}


def _write(
    rows: dict[Key, ThreatLevel],
    entries: dict[Key, threat_files.LevelEntry],
    now: datetime,
) -> None:
    for key, entry in entries.items():
        row = rows.get(key) or ThreatLevel(
            organisation=None, scope=entry.scope, effective_from=entry.effective_from, entered_at=now
        )
        for name in NAMES:
            setattr(row, name, getattr(entry, name))
        row.mark = Mark(row.mark)
        row.withdrawn_at, row.withdrawn_reason = None, ""
        if row.pk is None:
            row.save(force_insert=True)
        else:
            row.save(update_fields=[*NAMES, "withdrawn_at", "withdrawn_reason"])
    for key, row in rows.items():
        if key not in entries and row.withdrawn_at is None:
            row.withdrawn_at, row.withdrawn_reason = now, GONE
            row.save(update_fields=["withdrawn_at", "withdrawn_reason"])


def _level_of(organisation_id: int, now: datetime) -> str:
    with person_context(user_id=None, organisation_id=organisation_id):
        found = threat.standing_level(organisation_id, timezone.localdate(now))
    return found.level if found else ""


def _ask(organisation_id: int, before: str, now: datetime) -> int:
    with person_context(user_id=None, organisation_id=organisation_id):
        found = threat.standing_level(organisation_id, timezone.localdate(now))
        if found is None or found.level == before:
            return 0
        return len(tasks.raise_for_threat_level(level=found, organisation_id=organisation_id, by=None, now=now))
