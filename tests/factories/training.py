"""Small courses of the portal's own, as the loader of courses writes them."""

from datetime import date, datetime
from typing import Any

from foundation.ledger import acting_system
from foundation.organisations.models import Organisation
from tests.conftest import NOW
from training.content import Check, Content, Module, Option, Page, Question, Source
from training.models import Course, CourseVersion

PUBLISHED = datetime.fromisoformat("2026-01-05T10:00:00+00:00")


def question(code: str, **changes: Any) -> Question:
    """A question of three options; the first is right."""
    options = (
        Option("Ask the safeguarding lead", True, "They see more of the picture than one of us."),
        Option("Wait until there is proof", False, "Nobody needs proof to share a concern."),
        Option("Look into it alone", False, "Looking into it is not our part."),
    )
    return Question(**({"code": code, "text": f"What do you do first in case {code}?", "options": options} | changes))


def small_content(**changes: Any) -> Content:
    """Two modules: text, a page for schools only, a scenario and a check of two; then the final check of three.

    Pages: ``welcome``, ``in-your-school`` (SCH), ``a-worry`` (scenario), ``check`` (draws 2 of 4), ``final-check``
    (draws 3 of the course's 4). The first option of every question is right.
    """
    first = Module(
        title="What to do",
        pages=(
            Page("welcome", "Welcome", body="Read this first.\n\n## Why\n\n- because it helps\n- because you can"),
            Page("in-your-school", "In your school", body="Speak with the designated lead.", sectors=("SCH",)),
            Page("a-worry", "A worry", body="Sam stopped coming to lunch.", question=question("a-worry")),
            Page("check", "Check what you know", check=Check(draw=2)),
        ),
        questions=tuple(question(f"q-{number}") for number in range(1, 5)),
    )
    last = Module(title="Final check", pages=(Page("final-check", "Final check", check=Check(3, from_course=True)),))
    wanted: dict[str, Any] = {
        "title": "A small course",
        "summary": "What to do with a worry.",
        "for_whom": "Everybody.",
        "level": "awareness",
        "minutes": 20,
        "pass_mark": 80,
        "modules": (first, last),
        "sectors": ("LA", "SCH"),
        "sources": (Source("The Act", "S", "https://www.legislation.gov.uk/ukpga/2015/6"),),
        "reviewed_on": date(2026, 1, 1),
        "review_due_on": date(2027, 1, 1),
    }
    return Content(**(wanted | changes))


def make_course(
    code: str = "small-course",
    content: Content | None = None,
    *,
    organisation: Organisation | None = None,
    now: datetime = PUBLISHED,
    **changes: Any,
) -> Course:
    """A course with its first version: the portal's own, or the organisation's.

    ``changes`` are of its content: ``minutes=30``.
    """
    content = content or small_content(**changes)
    with acting_system("courses"):
        course = Course.objects.create(
            organisation=organisation,
            code=code,
            title=content.title,
            summary=content.summary,
            level=content.level,
            minutes=content.minutes,
        )
        _add_version(course, content, 1, now)
    return course


def publish(course: Course, content: Content, *, expires_earlier: bool = False, now: datetime = NOW) -> CourseVersion:
    """The next version of a course."""
    with acting_system("courses"):
        number = CourseVersion.objects.filter(course=course).count() + 1
        return _add_version(course, content, number, now, expires_earlier=expires_earlier)


def withdraw(course: Course, *, now: datetime = NOW) -> None:
    """Take a course out of the list; whoever is in it goes on."""
    with acting_system("courses"):
        Course.objects.filter(pk=course.pk).update(withdrawn_at=now)


def _add_version(
    course: Course, content: Content, number: int, now: datetime, *, expires_earlier: bool = False
) -> CourseVersion:
    return CourseVersion.objects.create(
        course=course,
        organisation_id=course.organisation_id,
        number=number,
        content=content.as_plain(),
        content_hash=content.content_hash,
        published_at=now,
        expires_earlier=expires_earlier,
    )
