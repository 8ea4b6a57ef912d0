"""Puts courses that are not done in the portal, and what counts for what, into the database: idempotent, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from foundation.ledger import acting_system, record
from training import outside_files
from training.models import Course, Equivalence
from training.outside_files import Counts, OutsideCourse

FILE = Path(__file__).with_name("library") / "outside_courses.yaml"
PURPOSE = "courses"
BEHIND = 100  # in lists, after the portal's own courses


@dataclass(frozen=True)
class LoadedOutside:
    """What a load changed: codes of courses, and pairs of codes, "done for counts_for", that came or went."""

    new: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    counting: tuple[str, ...] = ()
    no_longer: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.withdrawn or self.counting or self.no_longer)


def load(*, now: datetime, file: Path = FILE, dry_run: bool = False) -> LoadedOutside:
    """Bring the portal's table in line with the file. What is gone from it is withdrawn or ended, never deleted.

    Comes after the portal's own courses, which the file names. Raises course_files.CourseFilesError naming line and
    reason; then nothing was changed.
    """
    file_hash = outside_files.hash_of(file)
    with acting_system(PURPOSE):
        rows = {row.code: row for row in Course.objects.filter(organisation=None).select_for_update(no_key=True)}
        outside = {code: row for code, row in rows.items() if row.provider}
        if outside and all(row.files_hash == file_hash for row in outside.values() if row.withdrawn_at is None):
            return LoadedOutside()
        found = outside_files.read(file, [code for code, row in rows.items() if not row.provider])
        standing = {
            _name(row.done.code, row.counts_for.code): row
            for row in Equivalence.objects.filter(organisation=None, ended_on=None).select_related("done", "counts_for")
        }
        wanted = {_name(each.done, each.counts_for): each for each in found.counts}
        codes = {course.code for course in found.courses}
        loaded = LoadedOutside(
            new=tuple(code for code in codes if code not in outside or outside[code].withdrawn_at),
            withdrawn=tuple(code for code, row in outside.items() if code not in codes and not row.withdrawn_at),
            counting=tuple(name for name, each in wanted.items() if not _says(standing.get(name), each)),
            no_longer=tuple(name for name in standing if name not in wanted),
        )
        if dry_run:
            return loaded
        for place, course in enumerate(found.courses):
            rows[course.code] = _put(outside.get(course.code), course, BEHIND + place, file_hash)
        Course.objects.filter(organisation=None, code__in=loaded.withdrawn).update(withdrawn_at=now)
        _put_counts(loaded, standing, wanted, rows, now)
        if loaded:
            record(
                "courses.outside_loaded", actor=None, at=now, system_purpose=PURPOSE,
                new=len(loaded.new), withdrawn=len(loaded.withdrawn),
                counting=len(loaded.counting), no_longer=len(loaded.no_longer),
            )  # fmt: skip
    return loaded


def _put(row: Course | None, course: OutsideCourse, position: int, file_hash: str) -> Course:
    values = {
        "title": course.title,
        "provider": course.provider,
        "summary": course.summary,
        "level": course.level,
        "minutes": course.minutes,
        "position": position,
        "files_hash": file_hash,
        "withdrawn_at": None,
    }
    if row is None:
        return Course.objects.create(code=course.code, **values)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    return row


def _put_counts(
    loaded: LoadedOutside,
    standing: Mapping[str, Equivalence],
    wanted: Mapping[str, Counts],
    rows: Mapping[str, Course],
    now: datetime,
) -> None:
    """What says something else now is ended, and said anew beside it."""
    over = [standing[name].pk for name in (*loaded.no_longer, *loaded.counting) if name in standing]
    Equivalence.objects.filter(pk__in=over).update(ended_on=timezone.localdate(now))
    Equivalence.objects.bulk_create(
        Equivalence(
            done=rows[each.done],
            counts_for=rows[each.counts_for],
            months=each.months,
            only_after=each.only_after,
            reason=each.why,
            recorded_at=now,
        )
        for name, each in wanted.items()
        if name in loaded.counting
    )


def _says(row: Equivalence | None, wanted: Counts) -> bool:
    return row is not None and (row.months, row.only_after, row.reason) == (
        wanted.months,
        wanted.only_after,
        wanted.why,
    )


def _name(done: str, counts_for: str) -> str:
    return f"{done} for {counts_for}"
