"""Somebody on their way through a small course, page by page, with the answers they choose."""

from datetime import datetime, timedelta

from foundation.core.acting import Acting, acting_as
from tests.conftest import NOW
from training import actions, queries
from training.models import Attempt, Course, Reply
from training.progress import Progress, page_of

RIGHT, WRONG = 0, 1


def begin(by: Acting, course: Course, *, sector: str = "", now: datetime = NOW) -> Attempt:
    with acting_as(by):
        return actions.begin(course_id=course.pk, sector=sector, by=by, now=now)


def progress(by: Acting, attempt: Attempt) -> Progress:
    with acting_as(by):
        return queries.progress_of(Attempt.objects.visible_to(by).get(pk=attempt.pk))


def chosen(by: Acting, attempt: Attempt, page: str, number: int = 1, option: int = RIGHT) -> dict[str, list[int]]:
    """The same option for every question of a try."""
    found = progress(by, attempt)
    wanted = page_of(found.content, page)
    assert wanted is not None
    return {question.code: [option] for question in found.questions(wanted, number)}


def answer(by: Acting, attempt: Attempt, page: str, number: int = 1, option: int = RIGHT, now: datetime = NOW) -> Reply:
    picked = chosen(by, attempt, page, number, option)
    with acting_as(by):
        return actions.answer(attempt_id=attempt.pk, page=page, number=number, chosen=picked, by=by, now=now)


def finish(by: Acting, attempt: Attempt, *pages: str, now: datetime = NOW) -> None:
    for page in pages:
        with acting_as(by):
            actions.finish_page(attempt_id=attempt.pk, page=page, by=by, now=now)


def up_to(by: Acting, attempt: Attempt, page: str, now: datetime = NOW) -> Attempt:
    """Go through all pages before this one, every answer right."""
    for each in progress(by, attempt).content.pages:
        if each.slug == page:
            return attempt
        now += timedelta(seconds=each.least_seconds)
        if each.asks:
            answer(by, attempt, each.slug, now=now)
        finish(by, attempt, each.slug, now=now)
    return attempt


def complete(by: Acting, course: Course, now: datetime = NOW) -> Attempt:
    """Begin the course and pass its final check."""
    attempt = up_to(by, begin(by, course, now=now), "final-check", now)
    answer(by, attempt, "final-check", now=now)
    return attempt
