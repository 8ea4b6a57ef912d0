"""What an organisation adds to the portal's table of what counts for what, and its own courses from outside."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from foundation import jobs, ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.models import new_reference
from foundation.organisations.actions.guards import lock_organisation
from training import permissions
from training.models import Course, Equivalence, Requirement
from training.models.courses import CourseQuerySet

BEHIND = 1_000  # in lists, after the portal's own courses and those it knows from outside


@transaction.atomic
def add_equivalence(
    *, done_id: int, counts_for_id: int, months: int | None, only_after: bool, reason: str, by: Acting, now: datetime
) -> Equivalence:
    """Let a course count for another here, whenever it was done. It goes before what the portal's table says of the
    two. The requirements that ask for the other course are worked out by jobs at once."""
    permissions.check_can_manage_training(by)
    courses = Course.objects.visible_to(by).filter(pk__in=(done_id, counts_for_id), withdrawn_at__isnull=True)
    if courses.count() != 2:
        raise RuleBroken(_("Select two courses of the list."))
    lock_organisation(by.organisation_id)  # of two who add the same at once, one is told
    if _own(by).filter(done=done_id, counts_for=counts_for_id, ended_on__isnull=True).exists():
        raise RuleBroken(_("You have said of these two courses already that one counts for the other."))
    equivalence = Equivalence.objects.create(
        organisation=by.organisation,
        done_id=done_id,
        counts_for_id=counts_for_id,
        months=months,
        only_after=only_after,
        reason=reason,
        recorded_at=now,
        recorded_by=by.membership,
    )
    ledger.record(
        "training.equivalence_added", actor=by, target=equivalence, at=now, months=months, only_after=only_after
    )
    _work_out(counts_for_id, by, now)
    return equivalence


@transaction.atomic
def end_equivalence(*, equivalence_id: int, by: Acting, now: datetime) -> Equivalence:
    """What is done after today counts no longer through it. What was done until now keeps the last day it was given."""
    permissions.check_can_manage_training(by)
    equivalence = _own(by).select_for_update(no_key=True).get(pk=equivalence_id)
    if equivalence.ended_on is not None:
        raise RuleBroken(_("It was ended already."))
    equivalence.ended_on = timezone.localdate(now)
    equivalence.save(update_fields=["ended_on"])
    ledger.record("training.equivalence_ended", actor=by, target=equivalence, at=now)
    _work_out(equivalence.counts_for_id, by, now)
    return equivalence


@transaction.atomic
def add_outside_course(
    *, title: str, provider: str, level: str, minutes: int | None, summary: str, by: Acting, now: datetime
) -> Course:
    """A course that somebody else gives, for requirements and records of this organisation."""
    permissions.check_can_manage_training(by)
    if not provider.strip():
        raise RuleBroken(_("Enter who gives it."))
    lock_organisation(by.organisation_id)  # of two who add the same at once, one is told
    same = Course.objects.filter(organisation_id=by.organisation_id, withdrawn_at__isnull=True)
    if same.filter(title__iexact=title, provider__iexact=provider).exists():
        raise RuleBroken(_("You have a course with this title by this provider already."))
    course = Course.objects.create(
        organisation=by.organisation,
        code=f"{slugify(title)[:30].strip('-') or 'course'}-{new_reference().lower()}",
        title=title,
        provider=provider,
        level=level,
        minutes=minutes or 0,
        summary=summary,
        position=BEHIND,
    )
    ledger.record("training.outside_course_added", actor=by, target=course, at=now, course=course.code)
    return course


@transaction.atomic
def withdraw_outside_course(*, course_id: int, by: Acting, now: datetime) -> Course:
    """Offer a course from outside no longer. Who did it has done it; raises RuleBroken while a requirement asks for
    it."""
    permissions.check_can_manage_training(by)
    lock_organisation(by.organisation_id)  # nobody begins to ask for it meanwhile
    own = Course.objects.filter(organisation_id=by.organisation_id).exclude(provider="")
    course = own.select_for_update(no_key=True).get(pk=course_id)
    if course.withdrawn_at is not None:
        raise RuleBroken(_("This course was withdrawn already."))
    asking = Requirement.objects.visible_to(by).filter(course=course, withdrawn_at__isnull=True).first()
    if asking is not None:
        raise RuleBroken(
            _("“%(title)s” asks people for this course. Withdraw that requirement first.") % {"title": asking.title}
        )
    course.withdrawn_at = now
    course.save(update_fields=["withdrawn_at"])
    ledger.record("training.outside_course_withdrawn", actor=by, target=course, at=now, course=course.code)
    return course


def _own(by: Acting) -> CourseQuerySet:
    return Equivalence.objects.filter(organisation_id=by.organisation_id)


def _work_out(course_id: int, by: Acting, now: datetime) -> None:
    asking = Requirement.objects.visible_to(by).filter(course_id=course_id, withdrawn_at__isnull=True)
    for number in asking.order_by("pk").values_list("pk", flat=True):
        jobs.queue("training.work_out", by=by, now=now, requirement_id=number)
