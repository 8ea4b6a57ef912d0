"""Reads the file of courses that are not done in the portal, and of what counts for what. Writes nothing.

See training/library/README.md for the format.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_noop

from foundation.core.yaml_files import Entry, Problems, compose
from training.course_files import CourseFilesError
from training.models import Course, Equivalence, Level

FORMAT = b"1"  # raise it when the same file is to be read differently
UNCONFIRMED = gettext_noop("Not confirmed:")


@dataclass(frozen=True)
class OutsideCourse:
    """A course that somebody else gives. ``minutes`` is 0 where nobody knows how long it takes."""

    code: str
    title: str
    provider: str
    level: str
    minutes: int
    summary: str


@dataclass(frozen=True)
class Counts:
    """That one course counts for another, by their codes. See ``training.models.Equivalence``."""

    done: str
    counts_for: str
    months: int | None
    only_after: bool
    why: str


@dataclass(frozen=True)
class OutsideFile:
    courses: tuple[OutsideCourse, ...]
    counts: tuple[Counts, ...]


def hash_of(path: Path) -> str:
    """What tells a loader that there is nothing to read."""
    return hashlib.sha256(FORMAT + path.read_bytes()).hexdigest()


def read(path: Path, own: Collection[str]) -> OutsideFile:
    """Read and check the file. ``own`` are the codes of the portal's courses, which the table may name too.

    Raises CourseFilesError with all problems; then nothing of it can be used.
    """
    problems = Problems()
    node = compose(path, path.name, problems)
    courses: list[OutsideCourse] = []
    counts: list[Counts] = []
    if node is not None:
        file = Entry(node, path.name, problems, "courses counts")
        for entry in file.entries("courses", "code title provider level minutes summary", "unconfirmed"):
            courses.append(_course(entry, {*own, *(course.code for course in courses)}))
        codes = {*own, *(course.code for course in courses)}
        for entry in file.entries("counts", "done counts_for why", "months only_after unconfirmed"):
            counts.append(_counts(entry, codes, {(each.done, each.counts_for) for each in counts}))
    if lines := problems.lines():
        raise CourseFilesError(lines)
    return OutsideFile(tuple(courses), tuple(counts))


def _course(entry: Entry, taken: Collection[str]) -> OutsideCourse:
    code = entry.code()
    if code in taken:
        entry.report(f"the code {code!r} is taken", "code")
    minutes = entry.whole("minutes", lowest=0, highest=6_000)
    return OutsideCourse(
        code=code,
        title=_short(entry, "title", Course._meta.get_field("title").max_length),
        provider=_short(entry, "provider", Course._meta.get_field("provider").max_length),
        level=entry.choice("level", Level, "level"),
        minutes=minutes or 0,
        summary=_with_doubt(entry, "summary"),
    )


def _counts(entry: Entry, codes: Collection[str], known: Collection[tuple[str, str]]) -> Counts:
    done = entry.known("done", codes, "course")
    counts_for = entry.known("counts_for", codes, "course")
    if done and done == counts_for:
        entry.report("a course counts for itself anyway", "counts_for")
    if (done, counts_for) in known:
        entry.report("this stands here twice", "done")
    why = _with_doubt(entry, "why")
    longest = Equivalence._meta.get_field("reason").max_length or 0
    if len(why) > longest:
        entry.report(f"'why' and 'unconfirmed' together are longer than {longest} characters", "why")
    months = entry.whole("months", highest=120)
    return Counts(done, counts_for, months, entry.flag("only_after"), why)


def _short(entry: Entry, key: str, longest: int | None) -> str:
    value = entry.text(key)
    if longest and len(value) > longest:
        entry.report(f"{key!r} is longer than {longest} characters", key)
    return value


def _with_doubt(entry: Entry, key: str) -> str:
    doubt = entry.optional_text("unconfirmed")
    return f"{entry.text(key)} {UNCONFIRMED} {doubt}" if doubt else entry.text(key)
