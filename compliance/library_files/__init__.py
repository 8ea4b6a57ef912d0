"""The duty library's data files, read and checked. See compliance/library/README.md for the format."""

from compliance.library_files.changes import Changed, Changes, FieldChange, as_plain, content_hash, diff
from compliance.library_files.reader import read_library
from compliance.library_files.records import (
    AnsweredAt,
    CountsAs,
    Force,
    Framework,
    FrameworkKind,
    Instrument,
    InstrumentKind,
    Library,
    LibraryError,
    Link,
    Nation,
    Outline,
    OutlineHeading,
    Requirement,
    Scale,
    ScaleStep,
    Sector,
    Theme,
)
from foundation.core.marks import Mark

__all__ = [
    "AnsweredAt",
    "Changed",
    "Changes",
    "CountsAs",
    "FieldChange",
    "Force",
    "Framework",
    "FrameworkKind",
    "Instrument",
    "InstrumentKind",
    "Library",
    "LibraryError",
    "Link",
    "Mark",
    "Nation",
    "Outline",
    "OutlineHeading",
    "Requirement",
    "Scale",
    "ScaleStep",
    "Sector",
    "Theme",
    "as_plain",
    "content_hash",
    "diff",
    "read_library",
]
