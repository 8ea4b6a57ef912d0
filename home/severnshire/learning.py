"""People of Severnshire take courses: page by page, some with a first try that fails, some still on the way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from foundation import jobs
from foundation.core.acting import Acting
from home.severnshire.moments import Moments
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import OrganisationEntry, read
from training import actions, queries
from training.content import Page, Question
from training.models import Attempt, Certificate, Course

BEGAN_MONTHS_AGO = 26  # when the courses came into the portal
ON_A_PAGE = timedelta(seconds=95)


@dataclass(frozen=True)
class Way:
    """One line of learning.yaml."""

    who: str
    course: str
    months_ago: float
    misses: int = 0
    until: int = 100


def published_at(moments: Moments) -> datetime:
    """When the courses were there to take."""
    return moments.at_work(BEGAN_MONTHS_AGO, "courses")


def deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """The courses that people of this organisation took."""
    for way in (Way(**line) for line in read("learning.yaml")):
        if way.who.partition("/")[0] == entry.key:
            at = cast.moments.at_work(way.months_ago, f"learning/{way.who}/{way.course}")
            yield Deed(at, way.who, _take(way))


def _take(way: Way) -> Callable[[Acting, datetime], None]:
    def take(by: Acting, now: datetime) -> None:
        course = Course.objects.visible_to(by).get(code=way.course)
        sector = next(iter(by.organisation.sectors), "")
        attempt = actions.begin(course_id=course.pk, sector=sector, by=by, now=now)
        pages = queries.progress_of(attempt).content.pages
        for page in pages[: len(pages) * way.until // 100]:
            now += ON_A_PAGE
            _go_through(attempt, page, way, by, now)
        for certificate in Certificate.objects.visible_to(by).filter(completion__attempt=attempt):
            assert certificate.job is not None
            done = jobs.run_here(certificate.job, at=now + timedelta(minutes=1))
            if done.failure_code:
                raise RuntimeError(f"Certificate {certificate} was not made: {done.failure_sentence}")

    return take


def _go_through(attempt: Attempt, page: Page, way: Way, by: Acting, now: datetime) -> None:
    if page.asks:
        is_final = page == queries.progress_of(attempt).content.final_check
        if is_final and way.misses:
            _answer(attempt, page, way.misses, by, now - ON_A_PAGE / 2)
        _answer(attempt, page, 0, by, now)
    actions.finish_page(attempt_id=attempt.pk, page=page.slug, by=by, now=now)


def _answer(attempt: Attempt, page: Page, misses: int, by: Acting, now: datetime) -> None:
    progress = queries.progress_of(attempt)
    number = progress.next_try(page)
    chosen = {
        question.code: _chosen(question, is_wrong=place < misses)
        for place, question in enumerate(progress.questions(page, number))
    }
    actions.answer(attempt_id=attempt.pk, page=page.slug, number=number, chosen=chosen, by=by, now=now)


def _chosen(question: Question, *, is_wrong: bool) -> list[int]:
    wrong = [place for place, option in enumerate(question.options) if not option.right]
    return wrong[:1] if is_wrong else sorted(question.right)
