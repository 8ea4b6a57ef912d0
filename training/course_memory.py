"""What versions of courses say, kept in memory: a version never changes, and each holds a whole course."""

from functools import lru_cache

from training.content import Content
from training.models import Attempt, CourseVersion

KEPT = 64


def content_of(version_id: int) -> Content:
    """The whole course of a version that the caller may see. One query, the first time in this process."""
    return _read(version_id)


def read_by(attempt: Attempt) -> Content:
    """The course as the learner of this attempt reads it."""
    return _for_sector(attempt.version_id, attempt.sector)


@lru_cache(maxsize=KEPT)
def _read(version_id: int) -> Content:
    return Content.from_plain(CourseVersion.objects.values_list("content", flat=True).get(pk=version_id))


@lru_cache(maxsize=KEPT)
def _for_sector(version_id: int, sector: str) -> Content:
    return content_of(version_id).for_sector(sector)
