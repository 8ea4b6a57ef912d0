"""Puts the portal's own courses into the database: idempotent, all or nothing, and says what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from foundation.ledger import acting_system, record
from training import course_files, upkeep
from training.content import Content
from training.course_files import CourseFile
from training.models import Course, CourseVersion, Level

LIBRARY = Path(__file__).with_name("library") / "courses"
PURPOSE = "courses"


@dataclass(frozen=True)
class Changed:
    """A course with a new version: slugs of pages and codes of questions that came, were altered or went.

    ``number`` is the new version. ``about``: what stands around its pages is another, such as title or pass mark.
    """

    code: str
    number: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    about: bool
    expires_earlier: bool


@dataclass(frozen=True)
class Loaded:
    """What a load changed, by the codes of courses. ``returned``: withdrawn before, and offered again."""

    new: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    withdrawn: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.withdrawn or self.returned)


def load(*, now: datetime, folder: Path = LIBRARY, dry_run: bool = False) -> Loaded:
    """Bring the portal's courses to what the files say. A changed course gets a new version, beside those there are;
    one that is gone from the files is withdrawn and comes back with them. Nothing is ever deleted. Whoever is asked
    anew by a new version is worked out within a minute.

    Reads the files only where they are others than last time. Raises course_files.CourseFilesError naming file, line
    and reason; then nothing was changed.
    """
    hashes = course_files.hashes(folder)
    with acting_system(PURPOSE):
        rows = Course.objects.filter(organisation=None, provider="").select_for_update(no_key=True)
        standing = {row.code: row for row in rows}
        offered = {code: row.files_hash for code, row in standing.items() if row.withdrawn_at is None}
        if hashes and offered == hashes:
            return Loaded()
        files = course_files.read_courses(folder)
        latest = _latest_versions()
        loaded = _compare(files, standing, latest)
        if dry_run:
            return loaded
        numbers = {change.code: change.number for change in loaded.changed} | dict.fromkeys(loaded.new, 1)
        for file in files:
            row = _put(standing.get(file.code), file, hashes[file.code])
            if file.code in numbers:
                _publish(row, file, numbers[file.code], now)
        Course.objects.filter(organisation=None, code__in=loaded.withdrawn).update(withdrawn_at=now)
        if loaded:
            record(
                "courses.loaded",
                actor=None,
                at=now,
                system_purpose=PURPOSE,
                new=len(loaded.new),
                changed=len(loaded.changed),
                withdrawn=len(loaded.withdrawn),
                returned=len(loaded.returned),
            )
    if anew := {change.code for change in loaded.changed if change.expires_earlier}:
        upkeep.note_asked_anew(anew)
    return loaded


def _latest_versions() -> dict[str, CourseVersion]:
    rows = CourseVersion.objects.filter(organisation=None).select_related("course")
    return {row.course.code: row for row in rows.order_by("course_id", "-number").distinct("course_id")}


def _compare(
    files: tuple[CourseFile, ...], standing: Mapping[str, Course], latest: Mapping[str, CourseVersion]
) -> Loaded:
    codes = {file.code for file in files}
    return Loaded(
        new=tuple(file.code for file in files if file.code not in standing),
        changed=tuple(
            _changed(file, latest[file.code])
            for file in files
            if file.code in standing and latest[file.code].content_hash != file.content.content_hash
        ),
        withdrawn=tuple(sorted(code for code, row in standing.items() if code not in codes and not row.withdrawn_at)),
        returned=tuple(sorted(code for code, row in standing.items() if code in codes and row.withdrawn_at)),
    )


def _changed(file: CourseFile, before: CourseVersion) -> Changed:
    old, new = Content.from_plain(before.content), file.content
    had, has = dict(_parts(old)), dict(_parts(new))
    return Changed(
        code=file.code,
        number=before.number + 1,
        added=tuple(name for name in has if name not in had),
        changed=tuple(name for name in has if name in had and has[name] != had[name]),
        gone=tuple(name for name in had if name not in has),
        about=_about(old) != _about(new),
        expires_earlier=file.expires_earlier,
    )


def _parts(content: Content) -> Iterator[tuple[str, Any]]:
    """Pages and questions by name; a question may be called like a page."""
    for page in content.pages:
        yield page.slug, page
    for module in content.modules:
        for question in module.questions:
            yield f"question {question.code}", question


def _about(content: Content) -> tuple[Any, ...]:
    order = tuple((module.title, tuple(page.slug for page in module.pages)) for module in content.modules)
    return (replace(content, modules=()), order)


def _put(row: Course | None, file: CourseFile, files_hash: str) -> Course:
    content = file.content
    values = {
        "title": content.title,
        "summary": content.summary,
        "level": content.level,
        "minutes": content.minutes,
        "position": Level.values.index(content.level),
        "files_hash": files_hash,
        "withdrawn_at": None,
    }
    if row is None:
        return Course.objects.create(code=file.code, **values)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    return row


def _publish(course: Course, file: CourseFile, number: int, now: datetime) -> None:
    CourseVersion.objects.create(
        course=course,
        number=number,
        content=file.content.as_plain(),
        content_hash=file.content.content_hash,
        published_at=now,
        expires_earlier=file.expires_earlier,
    )
