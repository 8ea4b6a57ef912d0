"""Who came to a session: ticked off a list, read from a file, walked in; closed once, and put right afterwards."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.files.examination import Examined
from foundation.organisations.models import Membership
from training import attendance_files, permissions, workflow
from training.actions import recording
from training.actions.recording import Done, check_course_on
from training.actions.sessions import lock_session, people_on_the_day
from training.models import Evaluation, Place, TaughtSession
from training.workflow import PlaceStatus, SessionStatus

Scores = Mapping[int, int]
ON_THE_LIST = (PlaceStatus.BOOKED, PlaceStatus.ATTENDED, PlaceStatus.ABSENT)


@transaction.atomic
def record_attendance(
    *, session_id: int, version: int, came: Collection[int], scores: Scores, by: Acting, now: datetime
) -> TaughtSession:
    """Say of everybody on the list whether they came: ``came`` are the numbers of their places, the others did not.

    ``scores``: number of a place → per cent. Whoever waited and came is on the list from now on as a walk-in. Nothing
    is counted until the attendance is closed. Raises RuleBroken before the session begins and once it is closed.
    """
    session = lock_session(session_id, by)
    permissions.check_can_run_session(by, session)
    session.check_version(version)
    _check_can_be_recorded(session, now)
    places = {place.pk: place for place in session.all_places.live()}
    if strangers := set(came) - set(places):
        raise RuleBroken(
            _("%(count)s people are not on the list any more. Look at it again.") % {"count": len(strangers)}
        )
    _check_not_oneself((places[each].membership_id for each in came), by)
    _write(list(places.values()), set(came), scores)
    return _recorded(session, len(came), by, now)


@transaction.atomic
def record_attendance_from_file(
    *, session_id: int, version: int, examined: Examined, with_walk_ins: bool, by: Acting, now: datetime
) -> TaughtSession:
    """Say who came by a file with a row for each of them: by staff number, then by e-mail address.

    ``with_walk_ins``: who is in the file without a place came too. All of the file or nothing: raises RowsRefused with
    every row that cannot be read, names nobody, names somebody twice or, without ``with_walk_ins``, who has no place.
    """
    session = lock_session(session_id, by)
    permissions.check_can_run_session(by, session)
    session.check_version(version)
    _check_can_be_recorded(session, now)
    places = {place.membership_id: place for place in session.all_places.live()}
    known = None if with_walk_ins else set(places)
    read = attendance_files.read(examined, session=session, only=known, by=by)
    _check_not_oneself(read, by)
    new = people_on_the_day(session, [member for member in read if member not in places], by)
    places |= {place.membership_id: place for place in _walked_in(session, new, by, now)}
    scores = {places[member].pk: score for member, score in read.items() if score is not None}
    _write(list(places.values()), {places[member].pk for member in read}, scores)
    return _recorded(session, len(read), by, now)


@transaction.atomic
def add_walk_in(*, session_id: int, membership_id: int, reason: str = "", by: Acting, now: datetime) -> Place:
    """Write down somebody who came without a place, be there places left or not.

    Once the attendance is closed it needs a reason, counts at once, and is for who runs training alone.
    """
    session = lock_session(session_id, by)
    permissions.check_can_run_session(by, session)
    if session.status == SessionStatus.HELD:
        permissions.check_can_manage_training(by)
    _check_not_oneself([membership_id], by)
    if session.status == SessionStatus.CANCELLED or not session.has_begun(now):
        _check_can_be_recorded(session, now)
    if session.status == SessionStatus.HELD and not reason:
        raise RuleBroken(_("The attendance is closed. Say why somebody is added now."))
    [person] = people_on_the_day(session, [membership_id], by)
    place = session.all_places.live().filter(membership=person).first()
    if place is not None and place.status != PlaceStatus.WAITING:
        raise RuleBroken(_("%(name)s is on the list already.") % {"name": person.name})
    if place is None:
        [place] = _walked_in(session, [person], by, now)
    else:
        _write([place], {place.pk}, {})
    ledger.record("training.walk_in_added", actor=by, target=session, at=now, member=person.reference)
    if session.status == SessionStatus.HELD:
        place.correction = reason
        place.save(update_fields=["correction"])
        _count([place], session, by, now)
    return place


@transaction.atomic
def close_attendance(*, session_id: int, by: Acting, now: datetime) -> TaughtSession:
    """Be done with a session: whoever came has done its course on that day, and is asked how it was.

    Closed twice it counts once. Raises RuleBroken before the session begins, and where it is not said of everybody who
    had a place whether they came.
    """
    session = lock_session(session_id, by)
    permissions.check_can_run_session(by, session)
    if session.status == SessionStatus.HELD:
        return session
    workflow.check_session_can_move(session.status, SessionStatus.HELD)
    _check_can_be_recorded(session, now)
    check_course_on(session.course, session.day)
    if unsaid := session.all_places.filter(status=PlaceStatus.BOOKED).count():
        raise RuleBroken(
            _("It is not said yet of %(count)s people whether they came. Record it first.") % {"count": unsaid}
        )
    if not session.all_places.filter(status__in=ON_THE_LIST).exists():
        raise RuleBroken(_("Nobody is on the list. Add who came, or cancel the session if it was not held."))
    session.status, session.ended_at, session.ended_by = SessionStatus.HELD, now, by.membership
    session.save(update_fields=["status", "ended_at", "ended_by"])
    came = list(session.all_places.filter(status=PlaceStatus.ATTENDED).select_related("membership__team"))
    ledger.record("training.attendance_closed", actor=by, target=session, at=now, came=len(came))
    _count(came, session, by, now)
    return session


@transaction.atomic
def correct_attendance(*, place_id: int, came: bool, reason: str, by: Acting, now: datetime) -> Place:
    """Put right, after the attendance was closed, whether somebody came. Their record is added or withdrawn."""
    permissions.check_can_manage_training(by)
    seen = Place.objects.visible_to(by).get(pk=place_id)
    session = lock_session(seen.session_id, by)
    place = Place.objects.visible_to(by).select_related("membership__team").get(pk=place_id)
    if session.status != SessionStatus.HELD:
        raise RuleBroken(_("The attendance is still open. Change the list itself."))
    wanted = PlaceStatus.ATTENDED if came else PlaceStatus.ABSENT
    workflow.check_place_can_move(place.status, wanted)
    made = place.completion
    place.status, place.correction, place.completion = wanted, reason, None
    place.score = None
    place.save(update_fields=["status", "correction", "completion", "score"])
    ledger.record(
        "training.attendance_corrected",
        actor=by,
        target=session,
        at=now,
        member=place.membership.reference,
        status=wanted,
    )
    if came:
        _count([place], session, by, now)
    elif made is not None and made.status == workflow.RecordStatus.COUNTS:
        recording.withdraw(completion_id=made.pk, reason=reason, by=by, now=now)
    return place


@transaction.atomic
def evaluate(
    *, place_id: int, useful: int, clear: int, confident: int, words: str, by: Acting, now: datetime
) -> Evaluation:
    """Say how a session was to which one came: once, after its attendance was closed."""
    place = Place.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=place_id)
    permissions.check_can_evaluate(by, place)
    session = TaughtSession.objects.visible_to(by).get(pk=place.session_id)
    if session.status != SessionStatus.HELD or not place.came:
        raise RuleBroken(_("Only the people who came to a session can say how it was, once it is over."))
    if Evaluation.objects.filter(place=place).exists():
        raise RuleBroken(_("You have said already how this session was."))
    said = Evaluation.objects.create(
        organisation_id=by.organisation_id,
        session=session,
        place=place,
        useful=useful,
        clear=clear,
        confident=confident,
        words=words,
    )
    ledger.record("training.session_evaluated", actor=by, target=session, at=now)
    return said


def _check_can_be_recorded(session: TaughtSession, now: datetime) -> None:
    if session.status == SessionStatus.CANCELLED:
        raise RuleBroken(_("This session was cancelled."))
    if session.status == SessionStatus.HELD:
        raise RuleBroken(_("The attendance is closed. Correct it for one person at a time, with a reason."))
    if not session.has_begun(now):
        raise RuleBroken(_("This session has not begun yet."))


def _check_not_oneself(members: Iterable[int], by: Acting) -> None:
    """Who only teaches a session gives no training to themself."""
    if by.membership_id in members and not by.may("training.manage"):
        raise RuleBroken(_("You cannot record of yourself that you came. Ask a training manager."))


def _write(places: list[Place], came: set[int], scores: Scores) -> None:
    """Each of these places as it turned out. Who waited and did not come keeps waiting: nobody promised them one."""
    for place in places:
        has_come = place.pk in came
        if place.status == PlaceStatus.WAITING and not has_come:
            continue
        if place.status == PlaceStatus.WAITING:
            place.is_walk_in = True
        place.status = PlaceStatus.ATTENDED if has_come else PlaceStatus.ABSENT
        place.score = scores.get(place.pk) if has_come else None
        if place.score is not None and place.score > 100:
            raise RuleBroken(_("A score is a number between 0 and 100."))
    Place.objects.bulk_update(places, ["status", "score", "is_walk_in"])


def _walked_in(session: TaughtSession, people: Collection[Membership], by: Acting, now: datetime) -> list[Place]:
    return Place.objects.bulk_create(
        Place(
            organisation_id=by.organisation_id,
            session=session,
            membership=person,
            status=PlaceStatus.ATTENDED,
            is_walk_in=True,
            booked_at=now,
            booked_by=by.membership,
        )
        for person in people
    )


def _recorded(session: TaughtSession, came: int, by: Acting, now: datetime) -> TaughtSession:
    session.count_up(by_id=by.membership_id, now=now)
    session.save(update_fields=[*session.SAVED])
    ledger.record("training.attendance_recorded", actor=by, target=session, at=now, came=came)
    return session


def _count(places: list[Place], session: TaughtSession, by: Acting, now: datetime) -> None:
    """Record for each of them that they did the course on the session's day, and ask how it was."""
    done = Done(
        course_id=session.course_id,
        completed_on=session.day,
        mode=session.mode,
        provider=session.course.provider,
        minutes=min(int((session.ends_at - session.starts_at).total_seconds() // 60), 32_000),
        notes=_("Session %(reference)s: %(title)s. Trainer: %(trainer)s")
        % {"reference": session.reference, "title": session.title, "trainer": session.trainer_name},
    )
    scores = {place.membership_id: place.score for place in places}
    made = recording.record_attended(session=session, scores=scores, done=done, by=by, now=now)
    for place in places:
        place.completion = made.get(place.membership_id)
    Place.objects.bulk_update(places, ["completion"])
    asked = dict.fromkeys((each for each in scores if each != by.membership_id), "")
    notifications.notify_many(events=asked, kind="training.session_over", target=session, by=by, now=now)
