"""Records of training done elsewhere or in a room: written, checked, withdrawn. Never changed, never deleted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.models import Membership
from training import assigning, permissions, workflow
from training.models import Came, Completion, Course, Mode, TaughtSession
from training.workflow import RecordStatus

MOST_AT_ONCE = 200
LONG_AGO = date(1990, 1, 1)
STANDING = (RecordStatus.COUNTS, RecordStatus.WAITING)


@dataclass(frozen=True, kw_only=True)
class Done:
    """What somebody did. ``proof_id`` is a stored file; ``number`` is that on their certificate."""

    course_id: int
    completed_on: date
    mode: str = Mode.E_LEARNING
    provider: str = ""
    number: str = ""
    notes: str = ""
    minutes: int | None = None
    score: int | None = None
    proof_id: int | None = None


@transaction.atomic
def record(*, membership_id: int, done: Done, came: Came, by: Acting, now: datetime) -> Completion:
    """Write down that somebody of the organisation did a course on a day, and count it at once.

    What people say themselves (``Came.SELF``) waits until somebody has checked it. Raises RuleBroken for a day to come,
    a day before the course existed or the person began, and for what is recorded already.
    """
    membership = Membership.objects.visible_to(by).select_for_update(no_key=True).get(pk=membership_id)
    permissions.check_can_record(by, membership, came)
    course = _course(done, by, now)
    if _recorded_already([membership], done):
        raise RuleBroken(_("It is recorded already that this person did this course on that day."))
    [completion] = _record({membership: done}, course, came, by, now)
    assigning.work_out(by.organisation_id, [membership_id], now=now)
    return completion


@transaction.atomic
def record_for(*, membership_ids: Collection[int], done: Done, by: Acting, now: datetime) -> list[Completion]:
    """Write down that several people did the same course on the same day, for all of them or for none.

    Raises RuleBroken as ``record`` does, with the names of those for whom it is recorded already.
    """
    permissions.check_can_manage_training(by)
    if not 0 < len(membership_ids) <= MOST_AT_ONCE:
        raise RuleBroken(_("Name at least one person and at most %(most)s.") % {"most": MOST_AT_ONCE})
    people = _locked_people(membership_ids, by)
    if len(people) < len(set(membership_ids)):
        raise RuleBroken(_("Somebody in the list does not belong to this organisation."))
    course = _course(done, by, now)
    if there := _recorded_already(people, done):
        names = ", ".join(sorted(person.name for person in people if person.pk in there)[:10])
        raise RuleBroken(_("It is recorded already for: %(names)s. Take them out of the list.") % {"names": names})
    written = _record(dict.fromkeys(people, done), course, Came.MANUAL, by, now)
    assigning.work_out(by.organisation_id, [person.pk for person in people], now=now)
    return written


@transaction.atomic
def record_attended(
    *, session: TaughtSession, scores: Mapping[int, int | None], done: Done, by: Acting, now: datetime
) -> dict[int, Completion]:
    """Record that people came to a session and so did its course. A part of actions that have locked the session.

    ``scores``: person → per cent or none. Returns each person's record; for whom one stands already, none is made.
    """
    permissions.check_can_run_session(by, session)
    people = _locked_people(list(scores), by)
    course = _course(done, by, now)
    there = _recorded_already(people, done)
    new = {person: replace(done, score=scores[person.pk]) for person in people if person.pk not in there}
    if not new:
        return {}
    written = _record(new, course, Came.EVENT, by, now)
    assigning.work_out(by.organisation_id, [person.pk for person in new], now=now)
    return {completion.membership_id: completion for completion in written}


def _course(done: Done, by: Acting, now: datetime) -> Course:
    course = Course.objects.visible_to(by).filter(pk=done.course_id).first()
    if course is None:
        raise RuleBroken(_("Select a course of the list."))
    if done.completed_on > timezone.localdate(now):
        raise RuleBroken(_("The day it was done must not be in the future."))
    check_course_on(course, done.completed_on)
    return course


def _recorded_already(people: Collection[Membership], done: Done) -> set[int]:
    """For whom of these it is recorded that they did this course on that day. Raises RuleBroken for who was joined with
    another entry: it is to be recorded there."""
    if joined := [person.name for person in people if person.joined_into_id is not None]:
        raise RuleBroken(
            _("Joined with another entry: %(names)s. Record it for the one that was kept.")
            % {"names": ", ".join(sorted(joined)[:10])}
        )
    same = Completion.objects.filter(membership__in=people, course_id=done.course_id, completed_on=done.completed_on)
    return set(same.filter(status__in=STANDING).values_list("membership_id", flat=True))


def _record(
    done_by: Mapping[Membership, Done], course: Course, came: Came, by: Acting, now: datetime
) -> list[Completion]:
    """Write down for each of these people, read with their teams, what they did of a course: two statements."""
    written = Completion.objects.bulk_create(
        Completion(
            organisation_id=by.organisation_id,
            membership=person,
            course=course,
            course_title=course.title,
            mode=done.mode,
            came=came,
            completed_on=done.completed_on,
            minutes=done.minutes,
            score=done.score,
            team_then=person.team.name if person.team else "",
            post_then=person.job_title,
            provider=done.provider or course.provider,
            number=done.number,
            notes=done.notes,
            proof_id=done.proof_id,
            status=RecordStatus.WAITING if came == Came.SELF else RecordStatus.COUNTS,
            recorded_at=now,
            recorded_by=by.membership,
        )
        for person, done in done_by.items()
    )
    targets = [(each.membership_id, each.membership.reference, {"record": each.reference}) for each in written]
    ledger.record_many("training.recorded", actor=by, at=now, model=Membership, targets=targets)
    return written


def check_course_on(course: Course, on: date) -> None:
    """Raise RuleBroken where a course of the portal did not exist yet on a day, or the day is long past."""
    if on < LONG_AGO:
        raise RuleBroken(_("The day is too long ago. Check the year."))
    if course.provider:
        return
    first = course.versions.order_by("number").values_list("published_at", flat=True).first()
    if first is None or on < timezone.localdate(first):
        raise RuleBroken(_("The course did not exist yet on that day."))


def _locked_people(members: Collection[int], by: Acting) -> list[Membership]:
    """These people with their rows locked, each with their team; nobody else records for them meanwhile."""
    of_them = Membership.objects.visible_to(by).filter(pk__in=members).order_by("pk")
    return list(of_them.select_related("team").select_for_update(no_key=True, of=("self",)))


@transaction.atomic
def accept(*, completion_id: int, by: Acting, now: datetime) -> Completion:
    """Count what somebody said they did, having looked at the proof."""
    return _decide(completion_id, RecordStatus.COUNTS, "", by, now)


@transaction.atomic
def refuse(*, completion_id: int, reason: str, by: Acting, now: datetime) -> Completion:
    """Not count what somebody said they did."""
    return _decide(completion_id, RecordStatus.REFUSED, reason, by, now)


@transaction.atomic
def withdraw(*, completion_id: int, reason: str, by: Acting, now: datetime) -> Completion:
    """Take back a record that was wrong. It stays readable, and counted for the days on which it was known."""
    return _decide(completion_id, RecordStatus.WITHDRAWN, reason, by, now)


VERBS = {
    RecordStatus.COUNTS: "training.record_accepted",
    RecordStatus.REFUSED: "training.record_refused",
    RecordStatus.WITHDRAWN: "training.record_withdrawn",
}


def _decide(completion_id: int, wanted: RecordStatus, reason: str, by: Acting, now: datetime) -> Completion:
    seen = Completion.objects.visible_to(by).get(pk=completion_id)
    Membership.objects.visible_to(by).select_for_update(no_key=True).get(pk=seen.membership_id)
    completion = Completion.objects.visible_to(by).select_related("membership").get(pk=completion_id)
    permissions.check_can_decide(by, completion)
    workflow.check_record_can_move(completion.status, wanted)
    completion.status, completion.decided_at, completion.decided_by = wanted, now, by.membership
    completion.decision_reason = reason
    completion.save(update_fields=["status", "decided_at", "decided_by", "decision_reason"])
    if wanted == RecordStatus.WITHDRAWN:
        completion.validities.filter(ended_at__isnull=True).update(ended_at=now)
    ledger.record(VERBS[wanted], actor=by, target=completion.membership, at=now, record=completion.reference)
    notifications.notify(membership_id=completion.membership_id, kind=VERBS[wanted], target=completion, by=by, now=now)
    assigning.work_out(by.organisation_id, [completion.membership_id], now=now)
    return completion
