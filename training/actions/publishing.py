"""Giving a course of the organisation's own to its learners, and taking it back."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from training import course_checks, permissions, queries
from training.content import Content
from training.models import Course, CourseDraft, CoursePicture, CourseVersion, Level


@transaction.atomic
def publish_course(
    *, draft_id: int, version: int, expires_earlier: bool = False, by: Acting, now: datetime
) -> CourseVersion:
    """Publish the draft as it stood in ``version``: the next version of the course, read by whoever begins from now on.

    Whoever is inside finishes the version they began. Raises StaleVersion where the draft was changed or published
    meanwhile, and RuleBroken for a draft with problems, or one that says what is published already.
    """
    permissions.check_can_write_courses(by)
    draft = _locked(draft_id, by)
    draft.check_version(version)
    content = Content.from_plain(draft.content)
    if course_checks.before_publishing(content, queries.closed_pictures(by, content)):
        raise RuleBroken(_("There is something to put right before this course can be published."))
    if draft.published is not None and draft.published.content_hash == content.content_hash:
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
    shown = [picture.file for page in content.pages for picture in page.pictures]
    CoursePicture.objects.visible_to(by).filter(
        draft=draft, file__reference__in=shown, published_at__isnull=True
    ).update(published_at=now)
    ledger.record(
        "training.course_published",
        actor=by,
        target=draft,
        at=now,
        number=number,
        course=course.code,
        expires_earlier=published.expires_earlier,
    )
    return published


@transaction.atomic
def withdraw_course(*, draft_id: int, by: Acting, now: datetime) -> CourseDraft:
    """Offer a course no longer. Whoever is inside can finish it; nothing is deleted."""
    draft, course = _published(draft_id, by)
    if course.withdrawn_at is not None:
        raise RuleBroken(_("This course is withdrawn already."))
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


def _published(draft_id: int, by: Acting) -> tuple[CourseDraft, Course]:
    permissions.check_can_write_courses(by)
    draft = _locked(draft_id, by)
    if draft.course is None:
        raise RuleBroken(_("This course was never published."))
    return draft, draft.course


def _locked(draft_id: int, by: Acting) -> CourseDraft:
    rows = CourseDraft.objects.visible_to(by).select_related("course", "published")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=draft_id)


def _course(draft: CourseDraft, content: Content, by: Acting) -> Course:
    """The row that learners' lists read. Its name in addresses is lasting, and nobody else's."""
    course = draft.course or Course(
        organisation=by.organisation, code=f"{slugify(content.title)[:30].strip('-')}-{draft.reference}".lower()
    )
    course.title, course.summary, course.level = content.title, content.summary, content.level
    course.minutes, course.position = content.minutes, Level.values.index(content.level)
    if course.pk is None:
        course.save(force_insert=True)
    else:
        course.save(update_fields=["title", "summary", "level", "minutes", "position"])
    return course
