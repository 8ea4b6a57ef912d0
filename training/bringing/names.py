"""Which course a name in a file means: by code or title, by what was said before, or by the names of former days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min
from django.utils import timezone

from foundation.core.acting import Acting
from training.bringing.lines import key_of
from training.models import CompletionImport, CompletionImportRow, Course, CourseName

# Names as old records and personnel systems carry them → the code of the course. They only propose: the person decides.
FORMER = {
    "wrap 3": "wrap",
    "workshop to raise awareness of prevent": "wrap",
    "basic prevent awareness": "nhs-basic-awareness",
    "bpat": "nhs-basic-awareness",
    "preventing radicalisation": "nhs-basic-awareness",
    "preventing radicalisation basic prevent awareness": "nhs-basic-awareness",
    "prevent l3": "nhs-awareness-level-3",
    "prevent level 3": "nhs-awareness-level-3",
    "preventing radicalisation awareness of prevent level 3": "nhs-awareness-level-3",
    "prevent e learning": "home-office-e-learning",
    "prevent awareness": "govuk-awareness",
    "prevent awareness e learning": "govuk-awareness",
    "prevent duty training": "govuk-awareness",
    "channel awareness": "home-office-channel-awareness",
    "channel general awareness": "home-office-channel-awareness",
    "prevent referrals": "govuk-referrals",
    "prevent referral": "govuk-referrals",
    "prevent refresher": "govuk-refresher-awareness",
    "prevent refresher awareness": "govuk-refresher-awareness",
}


@dataclass(frozen=True)
class Meant:
    """What a name stands for. Without ``course_id`` its rows are about something else. ``since``: the first day."""

    key: str
    course_id: int | None
    since: date | None


@dataclass(frozen=True)
class Unknown:
    """A name nobody explained yet: how many rows carry it, and the course that is proposed, if any."""

    key: str
    name: str
    rows: int
    proposed: int | None


def meant(acting: Acting, keys: Iterable[str]) -> list[Meant]:
    """The names among ``keys`` that are known. What somebody said of a name goes before code and title."""
    wanted = set(keys)
    courses = _courses(acting)
    found: dict[str, int | None] = {}
    for course in reversed(courses):  # the first of the same name stands
        for name in (f"{course.title} {course.provider}", f"{course.provider} {course.title}", course.title):
            found[key_of(name)] = course.pk
        found[key_of(course.code)] = course.pk
    found |= dict(CourseName.objects.visible_to(acting).values_list("key", "course_id"))
    since = since_when(courses)
    return [Meant(key, found[key], since.get(found[key] or 0)) for key in sorted(wanted & found.keys())]


def since_when(courses: Iterable[Course]) -> dict[int, date]:
    """The day on which each course taken in the portal was there first."""
    own = [course.pk for course in courses if not course.provider]
    rows = Course.objects.filter(pk__in=own).order_by().annotate(first=Min("versions__published_at"))
    return {pk: timezone.localdate(first) if first else date.max for pk, first in rows.values_list("pk", "first")}


def unknown(acting: Acting, row: CompletionImport) -> list[Unknown]:
    """The names in a checked file that nobody knows, those of most rows first."""
    rows = CompletionImportRow.objects.visible_to(acting).filter(completion_import=row, problem="course_unknown")
    counted = rows.order_by().values_list("course_key").annotate(Min("course_name"), Count("pk"))
    outside = [course for course in _courses(acting) if course.provider]
    found = [Unknown(key, name, count, _proposed(key, outside)) for key, name, count in counted]
    return sorted(found, key=lambda each: (-each.rows, each.key))


def _courses(acting: Acting) -> list[Course]:
    """The organisation's own courses first, then those given elsewhere, then the portal's."""
    rows = Course.objects.visible_to(acting)
    return sorted(rows, key=lambda course: (course.organisation_id is None, not course.provider, course.pk))


def _proposed(key: str, outside: list[Course]) -> int | None:
    if code := FORMER.get(key):
        return next((course.pk for course in outside if course.code == code), None)
    titles = ((course.pk, key_of(course.title)) for course in outside)
    return next((pk for pk, title in titles if key in title or title in key), None)
