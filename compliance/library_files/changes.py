"""What a new library changes: pure comparison, so that an upgrade can be shown to a person before it is loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date

from compliance.library_files.records import Framework, Instrument, Library, Outline, Requirement, Scale, Sector, Theme

Record = Theme | Sector | Scale | Instrument | Framework | Outline | Requirement

# Where a row stands in its files says nothing about the duty, so moving it is not a change;
# a framework's rows are records of their own.
_LEFT_OUT = frozenset({"file", "line", "position", "requirements"})


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    field: str
    before: object
    after: object


@dataclass(frozen=True, kw_only=True)
class Changed:
    code: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Codes of requirement rows, in order of code: the new, the altered with their fields, and those gone."""

    added: tuple[str, ...]
    changed: tuple[Changed, ...]
    withdrawn: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.withdrawn)


def as_plain(record: Record) -> dict[str, object]:
    """The record's content in types that JSON knows, so that it can be stored and compared later.

    Empty fields are left out: a field added to the format later does not make every row look changed.
    """
    return {
        item.name: plain
        for item in fields(record)
        if item.name not in _LEFT_OUT and (plain := _plain(getattr(record, item.name))) not in (None, "", [])
    }


def content_hash(record: Record) -> str:
    """A stable SHA-256 of the record's content; the same words give the same hash on every machine and version."""
    text = json.dumps(as_plain(record), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def diff(old: Mapping[str, Mapping[str, object]], new: Library) -> Changes:
    """Compare rows loaded before (`as_plain` by code) with a new library. Writes nothing."""
    rows = {code: as_plain(row) for code, row in new.requirements.items()}
    changed = []
    for code in sorted(rows.keys() & old.keys()):
        before, after = old[code], rows[code]
        names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        if names:
            altered = (FieldChange(field=name, before=before.get(name), after=after.get(name)) for name in names)
            changed.append(Changed(code=code, fields=tuple(altered)))
    return Changes(
        added=tuple(sorted(rows.keys() - old.keys())),
        changed=tuple(changed),
        withdrawn=tuple(sorted(old.keys() - rows.keys())),
    )


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, str):
        return str(value)  # a StrEnum member becomes its plain code
    return value
