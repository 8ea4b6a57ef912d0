"""Reads that pages, actions and the demonstration share."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, F, Max, Q, QuerySet, When
from django.http import Http404
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.prepared import Prepared, PreparedObjects, stand_in
from foundation.files.models import StoredFile
from foundation.files.permissions import why_held_back
from foundation.organisations.models import in_force
from training import course_memory, figures
from training.models import (
    Assignment,
    Attempt,
    Certificate,
    Completion,
    Course,
    CourseDraft,
    CoursePicture,
    CourseVersion,
    PageDone,
    ReminderSettings,
    Reply,
    TrainingReport,
)
from training.models.assignments import AssignmentQuerySet
from training.progress import Progress
from training.workflow import RecordStatus, Status


def courses(acting: Acting) -> QuerySet[Course]:
    """The courses that may be begun."""
    return Course.objects.visible_to(acting).filter(withdrawn_at__isnull=True, provider="")


def recordable_courses(acting: Acting) -> QuerySet[Course]:
    """The courses that somebody may have done: those given elsewhere first, then those of the portal."""
    rows = Course.objects.visible_to(acting).filter(withdrawn_at__isnull=True)
    return rows.order_by(Case(When(provider="", then=1), default=0), "provider", "title", "pk")


@dataclass(frozen=True)
class Offered:
    """A course as the catalogue shows it. ``done_on``: when this person last completed it."""

    course: Course
    for_whom: str
    done_on: date | None


def offered(acting: Acting) -> list[Offered]:
    """The courses that this person is not on the way through, with whom each is for. Three queries."""
    rows = list(courses(acting).exclude(pk__in=open_attempts(acting).values("course_id")))
    return with_whom_for(rows, LATEST.rows(acting.organisation_id), last_completed(acting))


def with_whom_for(rows: list[Course], latest: list[tuple[int, int]], done: Mapping[int, date]) -> list[Offered]:
    """Courses as the catalogue shows them. ``latest``: the answer to ``LATEST``."""
    versions = dict(latest)
    for_whom = course_memory.for_whom(versions.values())
    return [Offered(each, for_whom.get(versions.get(each.pk, 0), ""), done.get(each.pk)) for each in rows]


def get_course_or_404(acting: Acting, code: str) -> Course:
    """A course by its code: the organisation's own before the portal's of the same name."""
    rows = Course.objects.visible_to(acting).filter(code=code)
    course = rows.order_by(F("organisation").asc(nulls_last=True)).first()
    if course is None:
        raise Http404
    return course


def latest_version(course: Course) -> CourseVersion:
    """The version that somebody who begins now reads, without what it says."""
    return CourseVersion.objects.filter(course=course).defer("content").order_by("-number")[:1].get()


def is_asked_anew(attempt: Attempt) -> bool:
    """Whether a later version of the course asks everybody anew, also those who finish this one."""
    later = CourseVersion.objects.filter(course=attempt.course_id, number__gt=attempt.version.number)
    return later.filter(expires_earlier=True).exists()


def open_attempts(acting: Acting) -> QuerySet[Attempt]:
    """The ways this person is on, the last moved first."""
    rows = Attempt.objects.visible_to(acting).filter(status=Status.IN_PROGRESS)
    return rows.select_related("course", "version").defer("version__content").order_by("-moved_at", "-pk")


def get_attempt_or_404(acting: Acting, reference: str) -> Attempt:
    rows = Attempt.objects.visible_to(acting).select_related("course")
    attempt = rows.filter(reference=reference).first()
    if attempt is None:
        raise Http404
    return attempt


def progress_of(attempt: Attempt) -> Progress:
    """Where the learner stands. Two queries. Whoever has the attempt may see this."""
    return progress_of_all([attempt])[0]


def progress_of_all(attempts: Sequence[Attempt], *, with_replies: bool = True) -> list[Progress]:
    """Where learners stand in several attempts, for the price of one. What they answered is needed on pages alone."""
    done: dict[int, set[str]] = defaultdict(set)
    replies: dict[int, dict[str, list[Reply]]] = defaultdict(lambda: defaultdict(list))
    numbers = [attempt.pk for attempt in attempts]
    for number, page in PageDone.objects.filter(attempt__in=numbers).values_list("attempt_id", "page"):
        done[number].add(page)
    for reply in Reply.objects.filter(attempt__in=numbers).order_by("number") if with_replies else ():
        replies[reply.attempt_id][reply.page].append(reply)
    read = zip(attempts, course_memory.read_by_all(attempts), strict=True)
    return [Progress(each, content, done[each.pk], replies[each.pk]) for each, content in read]


def completions(acting: Acting) -> QuerySet[Completion]:
    """What this person has done, the latest first, with the certificate of each."""
    return Completion.objects.visible_to(acting).of(acting.membership_id).select_related("certificate")


def last_completed(acting: Acting) -> dict[int, date]:
    """When this person last completed each course, by the number of the course."""
    return dict(_LAST_COMPLETED.rows(acting.organisation_id, acting.membership_id))


_LAST_COMPLETED = Prepared(
    lambda organisation_id, member: (
        Completion.objects.filter(organisation_id=organisation_id, membership_id=member)
        .filter(course__isnull=False, status=RecordStatus.COUNTS)
        .order_by()
        .values_list("course_id")
        .annotate(Max("completed_on"))
    ),
    int,
    int,
)
LATEST = Prepared(
    lambda organisation_id: (
        CourseVersion.objects.visible_to(stand_in(organisation_id=organisation_id))
        .order_by("course_id", "-number")
        .distinct("course_id")
        .values_list("course_id", "pk")
    ),
    int,
)
COURSES = PreparedObjects(lambda organisation_id: courses(stand_in(organisation_id=organisation_id)), int)
OPEN_ATTEMPTS = PreparedObjects(
    lambda organisation_id, member: (
        Attempt.objects.visible_to(stand_in(organisation_id=organisation_id, membership_id=member))
        .filter(status=Status.IN_PROGRESS)
        .order_by("-moved_at", "-pk")
    ),
    int,
    int,
    related=("course",),
)


def get_certificate_or_404(acting: Acting, reference: str) -> Certificate:
    """With its completion, its job and ``state``."""
    rows = Certificate.objects.visible_to(acting).with_state().select_related("completion", "job")
    certificate = rows.filter(reference=reference).first()
    if certificate is None:
        raise Http404
    return certificate


def owns_certificate(acting: Acting, stored_file: StoredFile) -> bool:
    """Whether a document is a certificate of this person's."""
    return Certificate.objects.visible_to(acting).filter(file=stored_file).exists()


def may_open_report(acting: Acting, stored_file: StoredFile) -> bool:
    """Whether a document is a report that this person may take."""
    return TrainingReport.objects.visible_to(acting).filter(file=stored_file).exists()


def reminders_of(acting: Acting) -> ReminderSettings:
    """When the organisation reminds people: what it chose, or the defaults."""
    found = ReminderSettings.objects.visible_to(acting).select_related("saved_by").first()
    return found or ReminderSettings(organisation=acting.organisation)


def due_soon(acting: Acting, today: date) -> AssignmentQuerySet:
    """What people one sees, but oneself, have yet to do and is overdue or due within 30 days; nothing waived."""
    rows = Assignment.objects.visible_to(acting).asked(today, today=today).exclude(membership=acting.membership_id)
    late = rows.filter(due_on__lte=today + timedelta(days=30)).exclude(Q(standing__in=figures.APART))
    return late.filter(in_force(today, "membership__starts_on", "membership__ends_on"))


# ---- Courses that the organisation writes
def get_draft_or_404(acting: Acting, reference: str) -> CourseDraft:
    """With its course, the version published last, and ``state``."""
    rows = (
        CourseDraft.objects.visible_to(acting)
        .with_state()
        .select_related("course", "published", "saved_by", "put_away_by")
    )
    draft = rows.defer("published__content").filter(reference=reference).first()
    if draft is None:
        raise Http404
    return draft


def drafts_for_list(acting: Acting) -> QuerySet[CourseDraft]:
    """What the organisation writes, each with its state and who changed it last."""
    return CourseDraft.objects.visible_to(acting).with_state().select_related("saved_by", "created_by").defer("content")


def has_put_away(acting: Acting) -> bool:
    """Whether there are drafts that were put away."""
    return CourseDraft.objects.visible_to(acting).filter(put_away_at__isnull=False).exists()


def portal_courses(acting: Acting) -> QuerySet[Course]:
    """What a course of one's own may begin as a copy of."""
    return courses(acting).filter(organisation=None)


def versions_of(acting: Acting, course: Course) -> QuerySet[CourseVersion]:
    """The versions of a course with who published them, the newest first, without what they say."""
    rows = CourseVersion.objects.visible_to(acting).filter(course=course).select_related("published_by")
    return rows.defer("content").order_by("-number")


def count_inside(acting: Acting, course: Course) -> int:
    """How many people of the organisation are on their way through a course: a number, never who."""
    rows = Attempt.objects.filter(organisation_id=acting.organisation_id, course=course)
    return rows.filter(status=Status.IN_PROGRESS).count()


def closed_pictures(acting: Acting, files: Collection[str]) -> dict[str, str]:
    """Why pictures cannot be opened, by the references of their files; those that can are left out. One query."""
    if not files:
        return {}
    rows = CoursePicture.objects.visible_to(acting).filter(file__reference__in=files).select_related("file")
    found = {row.file.reference: why_held_back(acting, row.file) for row in rows}
    gone = _("This file is no longer there.")
    return {reference: why for reference in sorted(files) if (why := found.get(reference, gone))}


def may_see_picture(acting: Acting, stored_file: StoredFile) -> bool:
    """Authors see every picture of their courses; everybody else those of a course that was published."""
    pictures = CoursePicture.objects.visible_to(acting).filter(file=stored_file)
    if not acting.may("training.write"):
        pictures = pictures.filter(published_at__isnull=False)
    return acting.may("portal.use") and pictures.exists()
