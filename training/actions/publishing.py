"""Giving a course of the organisation's own to its learners, and taking it back; and drafts that are put away."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from foundation import jobs, ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.actions.guards import lock_organisation
from training import course_checks, permissions, queries
from training.actions.writing import lock_draft
from training.content import Content
from training.models import Course, CourseDraft, CoursePicture, CourseVersion, Equivalence, Level, Requirement


@transaction.atomic
def publish_course(
    *, draft_id: int, version: int, expires_earlier: bool = False, by: Acting, now: datetime
) -> CourseVersion:
    """Publish the draft as it stood in ``version``: the next version of the course, read by whoever begins from now on.

    Whoever is inside finishes the version they began. With ``expires_earlier`` what was done in an earlier version
    counts only for the days that each requirement gives: jobs work out at once who is to do it again, and by when.
    Raises StaleVersion where the draft was changed or published meanwhile, and RuleBroken for a draft with problems, or
    one that says what is published already.
    """
    permissions.check_can_write_courses(by)
    draft = lock_draft(draft_id, by)
    draft.check_version(version)
    content = Content.from_plain(draft.content)
    closed = queries.closed_pictures(by, content.files)
    if course_checks.before_publishing(content, closed, today=timezone.localdate(now)):
        raise RuleBroken(_("There is something to put right before this course can be published."))
    if not draft.says_something_new:
        raise RuleBroken(_("This is what learners read already. Nothing was changed since."))
    course = _course(draft, content, by)
    number = draft.published.number + 1 if draft.published else 1
    published = CourseVersion.objects.create(
        course=course,
        organisation_id=by.organisation_id,
        number=number,
        content=content.as_plain(),
        content_hash=content.content_hash,
        published_at=now,
        published_by=by.membership,
        expires_earlier=expires_earlier and number > 1,
    )
    draft.course, draft.published = course, published
    draft.count_up(by_id=by.membership_id, now=now)
    draft.save(update_fields=["course", "published", *CourseDraft.SAVED])
    new_pictures = CoursePicture.objects.visible_to(by).filter(draft=draft, published_at__isnull=True)
    new_pictures.filter(file__reference__in=content.files).update(published_at=now)
    ledger.record(
        "training.course_published",
        actor=by,
        target=draft,
        at=now,
        number=number,
        course=course.code,
        expires_earlier=published.expires_earlier,
    )
    if published.expires_earlier:
        _work_out(course, by, now)
    return published


@transaction.atomic
def withdraw_course(*, draft_id: int, by: Acting, now: datetime) -> CourseDraft:
    """Offer a course no longer. Whoever is inside can finish it; nothing is deleted.

    Raises RuleBroken while a requirement asks for it: nobody could do what they are asked.
    """
    draft, course = _published(draft_id, by)
    lock_organisation(by.organisation_id)  # nobody begins to ask for it meanwhile
    if course.withdrawn_at is not None:
        raise RuleBroken(_("This course is withdrawn already."))
    if asking := Requirement.objects.visible_to(by).filter(course=course, withdrawn_at__isnull=True).first():
        raise RuleBroken(
            _("“%(title)s” asks people for this course. Withdraw that requirement first.") % {"title": asking.title}
        )
    course.withdrawn_at = now
    course.save(update_fields=["withdrawn_at"])
    ledger.record("training.course_withdrawn", actor=by, target=draft, at=now, course=course.code)
    return draft


@transaction.atomic
def offer_course(*, draft_id: int, by: Acting, now: datetime) -> CourseDraft:
    """Offer a withdrawn course again, in the version that was published last."""
    draft, course = _published(draft_id, by)
    if course.withdrawn_at is None:
        raise RuleBroken(_("This course is offered already."))
    course.withdrawn_at = None
    course.save(update_fields=["withdrawn_at"])
    ledger.record("training.course_offered", actor=by, target=draft, at=now, course=course.code)
    return draft


@transaction.atomic
def put_draft_away(*, draft_id: int, version: int, by: Acting, now: datetime) -> CourseDraft:
    """Put away a draft that was begun by mistake: it stands in no list and nobody writes in it. Nothing is deleted.

    Raises StaleVersion where somebody changed it after ``version``, and RuleBroken for what was ever published.
    """
    permissions.check_can_write_courses(by)
    draft = lock_draft(draft_id, by)
    draft.check_version(version)
    if draft.course_id is not None:
        raise RuleBroken(_("This course was published. Withdraw it instead."))
    draft.put_away_at, draft.put_away_by = now, by.membership
    draft.save(update_fields=["put_away_at", "put_away_by"])
    ledger.record("training.draft_put_away", actor=by, target=draft, at=now)
    return draft


@transaction.atomic
def take_draft_up(*, draft_id: int, by: Acting, now: datetime) -> CourseDraft:
    """Go on with a draft that was put away, as it stood then."""
    permissions.check_can_write_courses(by)
    draft = lock_draft(draft_id, by, put_away=True)
    if not draft.is_put_away:
        raise RuleBroken(_("This draft is not put away."))
    draft.put_away_at, draft.put_away_by = None, None
    draft.save(update_fields=["put_away_at", "put_away_by"])
    ledger.record("training.draft_taken_up", actor=by, target=draft, at=now)
    return draft


def _published(draft_id: int, by: Acting) -> tuple[CourseDraft, Course]:
    permissions.check_can_write_courses(by)
    draft = lock_draft(draft_id, by)
    if draft.course is None:
        raise RuleBroken(_("This course was never published."))
    return draft, draft.course


def _course(draft: CourseDraft, content: Content, by: Acting) -> Course:
    """The row that learners' lists read. Its name in addresses is lasting, and nobody else's."""
    course = draft.course or Course(
        organisation=by.organisation,
        code=f"{slugify(content.title)[:30].strip('-') or 'course'}-{draft.reference}".lower(),
    )
    course.title, course.summary, course.level = content.title, content.summary, content.level
    course.minutes, course.position = content.minutes, Level.values.index(content.level)
    if course.pk is None:
        course.save(force_insert=True)
    else:
        course.save(update_fields=["title", "summary", "level", "minutes", "position"])
    return course


def _work_out(course: Course, by: Acting, now: datetime) -> None:
    """Have everybody worked out whom this course is asked of, or counts for."""
    counts_for = Equivalence.objects.visible_to(by).filter(done=course).values("counts_for")
    asking = Requirement.objects.visible_to(by).filter(withdrawn_at__isnull=True)
    for number in (
        asking.filter(Q(course=course) | Q(course__in=counts_for)).order_by("pk").values_list("pk", flat=True)
    ):
        jobs.queue("training.work_out", by=by, now=now, requirement_id=number)
