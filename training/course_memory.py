"""What versions of courses say, kept in memory: a version never changes, and each holds a whole course."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models.fields.json import KeyTextTransform

from training.content import Content
from training.models import Attempt, CourseVersion

KEPT = 128
WHOLE = None
_for_whom: dict[int, str] = {}  # a sentence each
_read: dict[tuple[int, str | None], Content] = {}  # by version and sector; WHOLE is the course of all sectors


def content_of(version_id: int) -> Content:
    """The whole course of a version that the caller may see. One query, the first time in this process."""
    return _contents([version_id])[version_id]


def read_by(attempt: Attempt) -> Content:
    """The course as the learner of this attempt reads it."""
    return read_by_all([attempt])[0]


def read_by_all(attempts: Sequence[Attempt]) -> list[Content]:
    """The courses of several attempts. One query for all that this process has not read yet."""
    contents = _contents({attempt.version_id for attempt in attempts})
    return [_as_read(contents[attempt.version_id], attempt.version_id, attempt.sector) for attempt in attempts]


def as_read(version_id: int, sector: str) -> Content:
    """A version as people of a sector read it."""
    return _as_read(content_of(version_id), version_id, sector)


def for_whom(version_ids: Iterable[int]) -> dict[int, str]:
    """Whom versions say they are for. One query for those that this process has not asked about yet."""
    wanted = set(version_ids)
    if missing := wanted - _for_whom.keys():
        said = CourseVersion.objects.filter(pk__in=missing)
        _for_whom.update(said.values_list("pk", KeyTextTransform("for_whom", "content")))
    return {number: _for_whom.get(number, "") for number in wanted}


def forget() -> None:
    """For tests: where tables are emptied, another version comes to have the same number."""
    _read.clear()
    _for_whom.clear()


def _contents(version_ids: Collection[int]) -> dict[int, Content]:
    found = {number: content for number in version_ids if (content := _read.get((number, WHOLE))) is not None}
    if missing := set(version_ids) - found.keys():
        for number, plain in CourseVersion.objects.filter(pk__in=missing).values_list("pk", "content"):
            found[number] = _keep(number, WHOLE, Content.from_plain(plain))
    return found


def _as_read(content: Content, version_id: int, sector: str) -> Content:
    return _read.get((version_id, sector)) or _keep(version_id, sector, content.for_sector(sector))


def _keep(version_id: int, sector: str | None, content: Content) -> Content:
    """The oldest goes when there are too many."""
    for oldest in list(_read)[: max(0, len(_read) - KEPT + 1)]:
        _read.pop(oldest, None)
    _read[version_id, sector] = content
    return content
