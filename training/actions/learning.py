"""A learner's way through a course: begin, read on, answer, complete."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.models import Membership
from training import assigning, course_memory, permissions, queries, workflow
from training.actions import certificates
from training.content import Content, Page, Question
from training.models import Attempt, Came, Completion, Course, Mode, PageDone, Reply
from training.progress import Progress, check_is_open, page_of
from training.workflow import Status

Chosen = Mapping[str, Sequence[int]]


@transaction.atomic
def begin(*, course_id: int, sector: str = "", by: Acting, now: datetime) -> Attempt:
    """Begin a course in its latest version, or go on with the way one is on: a second click begins nothing new.

    Raises RuleBroken for a course that was withdrawn or is not published yet, and for a sector of which it has no
    version.
    """
    permissions.check_can_learn(by)
    course = Course.objects.visible_to(by).get(pk=course_id)
    found = _locked_open(course, by)
    return found or _begin(course, sector, by, now)


@transaction.atomic
def begin_anew(*, attempt_id: int, sector: str = "", by: Acting, now: datetime) -> Attempt:
    """Leave the way one is on and begin the course again, in its latest version. What was answered stays on record."""
    permissions.check_can_learn(by)
    attempt = _locked(attempt_id, by)
    end_attempt(attempt, Status.ENDED, now)
    ledger.record("training.begun_anew", actor=by, target=attempt, at=now)
    return _begin(attempt.course, sector, by, now)


@transaction.atomic
def finish_page(*, attempt_id: int, page: str, by: Acting, now: datetime) -> None:
    """Put a page behind oneself. One that is behind already stays so.

    Raises RuleBroken for a page that is ahead, for one whose question is not answered, and for going on sooner than
    the page asks.
    """
    permissions.check_can_learn(by)
    attempt = _locked(attempt_id, by)
    progress = queries.progress_of(attempt)
    found = _page(progress, page)
    if page in progress.done:
        return
    _check_in_progress(attempt)
    check_is_open(progress, found)
    if not progress.has_answered(found):
        raise RuleBroken(_("Answer the question on this page first."))
    wait = attempt.moved_at + timedelta(seconds=found.least_seconds) - now
    if wait > timedelta():
        seconds = -(-wait // timedelta(seconds=1))
        raise RuleBroken(
            ngettext("Read on for %(count)s more second.", "Read on for %(count)s more seconds.", seconds)
            % {"count": seconds}
        )
    _put_behind(attempt, found, by, now)


@transaction.atomic
def answer(*, attempt_id: int, page: str, number: int, chosen: Chosen, by: Acting, now: datetime) -> Reply:
    """Answer what a page asks in its try ``number``: positions of options by the code of each question.

    The first answer to a try stands: sending it twice changes nothing. Passing the check that decides completes the
    course. Raises RuleBroken for a page that is ahead, a try that is not the next one, a question without an answer.
    """
    permissions.check_can_learn(by)
    attempt = _locked(attempt_id, by)
    progress = queries.progress_of(attempt)
    found = _page(progress, page)
    if stands := next((reply for reply in progress.replies.get(page, ()) if reply.number == number), None):
        return stands
    _check_in_progress(attempt)
    check_is_open(progress, found)
    if number != progress.next_try(found) or (found.kind == "scenario" and number > 1):
        raise RuleBroken(_("You answered this already. Look at what came of it."))
    questions = progress.questions(found, number)
    kept = {question.code: _of(question, chosen) for question in questions}
    right = sum(question.is_right(kept[question.code]) for question in questions)
    passed = progress.content.passed(right, len(questions))
    reply = Reply.objects.create(
        organisation_id=attempt.organisation_id,
        attempt=attempt,
        page=page,
        number=number,
        chosen=kept,
        right=right,
        total=len(questions),
        passed=passed,
        replied_at=now,
    )
    ledger.record("training.answered", actor=by, target=attempt, at=now, page=page, number=number)
    if passed and found == progress.content.final_check:
        _complete(attempt, progress.content, found, reply, by, now)
    return reply


def _complete(attempt: Attempt, content: Content, page: Page, reply: Reply, by: Acting, now: datetime) -> Completion:
    _put_behind(attempt, page, by, now)
    end_attempt(attempt, Status.COMPLETED, now)
    member = by.membership
    completion = Completion.objects.create(
        organisation_id=attempt.organisation_id,
        membership=member,
        course=attempt.course,
        attempt=attempt,
        course_title=content.title,
        version_number=attempt.version.number,
        mode=Mode.E_LEARNING,
        came=Came.PORTAL,
        completed_on=timezone.localdate(now),
        minutes=content.minutes,
        score=100 * reply.right // reply.total,
        team_then=member.team.name if member.team else "",
        post_then=member.job_title,
        recorded_at=now,
        recorded_by=member,
    )
    ledger.record("training.completed", actor=by, target=attempt, at=now, course=attempt.course.code)
    certificates.issue(completion, by=by, now=now)
    assigning.work_out(by.organisation_id, [member.pk], now=now)
    return completion


def _begin(course: Course, sector: str, by: Acting, now: datetime) -> Attempt:
    if course.provider:
        raise RuleBroken(_("This course is not done in the portal. %(who)s gives it.") % {"who": course.provider})
    if course.withdrawn_at is not None:
        raise RuleBroken(_("This course is no longer offered."))
    version = queries.latest_version(course)
    if version.published_at > now:
        raise RuleBroken(_("This course is not published yet."))
    if sector and sector not in course_memory.content_of(version.pk).sectors:
        raise RuleBroken(_("Select one of the versions that this course has."))
    attempt = Attempt.objects.create(
        organisation=by.organisation,
        membership=by.membership,
        course=course,
        version=version,
        sector=sector,
        started_at=now,
        moved_at=now,
    )
    ledger.record("training.begun", actor=by, target=attempt, at=now, course=course.code, version=version.number)
    assigning.work_out(by.organisation_id, [by.membership_id], now=now)
    return attempt


def _put_behind(attempt: Attempt, page: Page, by: Acting, now: datetime) -> None:
    PageDone.objects.create(organisation_id=attempt.organisation_id, attempt=attempt, page=page.slug, done_at=now)
    attempt.moved_at = now
    attempt.save(update_fields=["moved_at"])
    ledger.record("training.page_done", actor=by, target=attempt, at=now, page=page.slug)


def end_attempt(attempt: Attempt, status: Status, now: datetime) -> None:
    """Close a way through a course. Call it on a locked row."""
    workflow.check_can_move(attempt.status, status)
    attempt.status, attempt.ended_at = status, now
    attempt.save(update_fields=["status", "ended_at"])


def _locked(attempt_id: int, by: Acting) -> Attempt:
    rows = Attempt.objects.visible_to(by).select_related("course", "version").defer("version__content")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=attempt_id)


def _locked_open(course: Course, by: Acting) -> Attempt | None:
    """The way somebody is on. Two clicks at once come one after the other: the person's own row is the lock."""
    Membership.objects.visible_to(by).select_for_update(no_key=True).get(pk=by.membership_id)
    return queries.open_attempts(by).filter(course=course).first()


def _page(progress: Progress, slug: str) -> Page:
    page = page_of(progress.content, slug)
    if page is None:
        raise RuleBroken(_("This course has no such page."))
    return page


def _check_in_progress(attempt: Attempt) -> None:
    if attempt.status != Status.IN_PROGRESS:
        raise RuleBroken(_("This course is %(current)s.") % {"current": Status(attempt.status).label.lower()})


def _of(question: Question, chosen: Chosen) -> list[int]:
    places = sorted(set(chosen.get(question.code, ())))
    if not places or places[0] < 0 or places[-1] >= len(question.options) or (len(places) > 1 and not question.several):
        raise RuleBroken(_("Answer every question."))
    return places
