"""Reads that pages, actions and the demonstration share."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Max, QuerySet
from django.http import Http404

from foundation.core.acting import Acting
from foundation.files.models import StoredFile
from training import course_memory
from training.models import Attempt, Certificate, Completion, Course, CourseVersion, PageDone, Reply
from training.progress import Progress
from training.workflow import Status


def courses(acting: Acting) -> QuerySet[Course]:
    """The courses that may be begun."""
    return Course.objects.visible_to(acting).filter(withdrawn_at__isnull=True)


def latest_version(course: Course) -> CourseVersion:
    """The version that somebody who begins now reads, without what it says."""
    return CourseVersion.objects.filter(course=course).defer("content").order_by("-number")[:1].get()


def open_attempts(acting: Acting) -> QuerySet[Attempt]:
    """The ways this person is on, the last moved first."""
    rows = Attempt.objects.visible_to(acting).filter(status=Status.IN_PROGRESS)
    return rows.select_related("course").order_by("-moved_at", "-pk")


def get_attempt_or_404(acting: Acting, reference: str) -> Attempt:
    rows = Attempt.objects.visible_to(acting).select_related("course")
    attempt = rows.filter(reference=reference).first()
    if attempt is None:
        raise Http404
    return attempt


def progress_of(attempt: Attempt) -> Progress:
    """Where the learner stands. Two queries. Whoever has the attempt may see this."""
    return progress_of_all([attempt])[0]


def progress_of_all(attempts: Sequence[Attempt]) -> list[Progress]:
    """Where learners stand in several attempts, for the price of one."""
    done: dict[int, set[str]] = defaultdict(set)
    replies: dict[int, dict[str, list[Reply]]] = defaultdict(lambda: defaultdict(list))
    numbers = [attempt.pk for attempt in attempts]
    for number, page in PageDone.objects.filter(attempt__in=numbers).values_list("attempt_id", "page"):
        done[number].add(page)
    for reply in Reply.objects.filter(attempt__in=numbers).order_by("number"):
        replies[reply.attempt_id][reply.page].append(reply)
    return [Progress(each, course_memory.read_by(each), done[each.pk], replies[each.pk]) for each in attempts]


def completions(acting: Acting) -> QuerySet[Completion]:
    """What this person has done, the latest first, with the certificate of each."""
    return Completion.objects.visible_to(acting).select_related("course", "certificate")


def last_completed(acting: Acting) -> dict[int, date]:
    """When this person last completed each course, by the number of the course."""
    rows = Completion.objects.visible_to(acting).filter(course__isnull=False).order_by()
    return dict(rows.values_list("course_id").annotate(Max("completed_on")))


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
