"""What versions of courses say, kept in memory: a version never changes, and each holds a whole course."""

from collections.abc import Collection, Sequence
from functools import lru_cache

from training.content import Content
from training.models import Attempt, CourseVersion

KEPT = 64
_versions: dict[int, Content] = {}


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


def forget() -> None:
    """For tests: where tables are emptied, another version comes to have the same number."""
    _versions.clear()
    _for_sector.cache_clear()


def _contents(version_ids: Collection[int]) -> dict[int, Content]:
    found = {number: content for number in version_ids if (content := _versions.get(number)) is not None}
    if missing := set(version_ids) - found.keys():
        for number, plain in CourseVersion.objects.filter(pk__in=missing).values_list("pk", "content"):
            found[number] = _keep(number, Content.from_plain(plain))
    return found


def _keep(version_id: int, content: Content) -> Content:
    """The oldest goes when there are too many."""
    for oldest in list(_versions)[: max(0, len(_versions) - KEPT + 1)]:
        _versions.pop(oldest, None)
    _versions[version_id] = content
    return content


def _as_read(content: Content, version_id: int, sector: str) -> Content:
    return _for_sector(_Numbered(version_id, content), sector)


class _Numbered:
    """A course that is known by the number of its version: comparing whole courses would take longer than reading."""

    def __init__(self, version_id: int, content: Content) -> None:
        self.version_id, self.content = version_id, content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Numbered) and self.version_id == other.version_id

    def __hash__(self) -> int:
        return hash(self.version_id)


@lru_cache(maxsize=KEPT)
def _for_sector(numbered: _Numbered, sector: str) -> Content:
    return numbered.content.for_sector(sector)
