"""Taught sessions: planned, changed, cancelled; and the places in them. Who counts places locks the session first."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.models import Membership
from training import permissions, workflow
from training.actions.recording import check_course_on
from training.models import Course, Place, TaughtSession
from training.models.sessions import MOST_PLACES
from training.workflow import PlaceStatus, SessionStatus

IN_SESSION = (PlaceStatus.BOOKED, PlaceStatus.WAITING)
TOLD_ONCE_NAMED = {PlaceStatus.BOOKED: "training.place_booked", PlaceStatus.WAITING: "training.place_waits"}
TOLD_OF = ("starts_at", "ends_at", "venue", "online_link")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is known of a session beforehand. ``trainer_id`` is a person of the organisation, or ``trainer_name`` says
    who it is. ``closes_at``: until when places can be booked; none: until it begins."""

    course_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    venue: str = ""
    online_link: str = ""
    trainer_id: int | None = None
    trainer_name: str = ""
    accreditation: str = ""
    places: int
    is_open: bool = True
    closes_at: datetime | None = None
    notes: str = ""


@transaction.atomic
def plan_session(*, plan: Plan, by: Acting, now: datetime) -> TaughtSession:
    """Plan a session, or write down one that was held lately so as to record who came.

    Raises RuleBroken for times in the wrong order, a day before the course existed, no place at all and no trainer.
    """
    permissions.check_can_manage_training(by)
    course, trainer = _checked(plan, None, by, now)
    session = TaughtSession.objects.create(
        organisation_id=by.organisation_id,
        planned_at=now,
        planned_by=by.membership,
        **_columns(plan, course, trainer),
    )
    ledger.record("training.session_planned", actor=by, target=session, at=now, course=course.code, places=plan.places)
    if not session.has_begun(now):
        _notify_trainer(session.trainer_id, session, "training.session_to_teach", by, now)
    return session


@transaction.atomic
def change_session(*, session_id: int, version: int, plan: Plan, by: Acting, now: datetime) -> TaughtSession:
    """Change a planned session. Its people and its trainer are told of another time or venue, trainers of another
    trainer; more places go to who waits.

    Raises RuleBroken as ``plan_session`` does, and for fewer places than are taken.
    """
    permissions.check_can_manage_training(by)
    session = lock_session(session_id, by)
    session.check_version(version)
    _check_planned(session)
    course, trainer = _checked(plan, session, by, now)
    if plan.places < session.taken:
        raise RuleBroken(
            _("%(taken)s people have a place, so there cannot be fewer than that. Give places back first.")
            % {"taken": session.taken}
        )
    before = {name: getattr(session, name) for name in TOLD_OF}
    taught_by = session.trainer_id
    columns = _columns(plan, course, trainer)
    changed = sorted(name for name, value in columns.items() if getattr(session, name) != value)
    for name, value in columns.items():
        setattr(session, name, value)
    session.count_up(by_id=by.membership_id, now=now)
    session.save(update_fields=[*columns, *session.SAVED])
    ledger.record("training.session_changed", actor=by, target=session, at=now, fields=changed)
    if not session.has_begun(now):
        event = f"version:{session.version}"
        is_passed_on = session.trainer_id != taught_by
        if any(getattr(session, name) != value for name, value in before.items()):
            _tell_all(session, "training.session_changed", by, now, event, tells_trainer=not is_passed_on)
        if is_passed_on:
            _notify_trainer(session.trainer_id, session, "training.session_to_teach", by, now, event)
            _notify_trainer(taught_by, session, "training.session_passed_on", by, now, event)
    move_up(session, by, now)
    return session


@transaction.atomic
def cancel_session(*, session_id: int, reason: str, by: Acting, now: datetime) -> TaughtSession:
    """Call a session off. Its trainer and everybody who has a place or waits for one are told."""
    permissions.check_can_manage_training(by)
    session = lock_session(session_id, by)
    workflow.check_session_can_move(session.status, SessionStatus.CANCELLED)
    if session.all_places.filter(status__in=[PlaceStatus.ATTENDED, PlaceStatus.ABSENT]).exists():
        raise RuleBroken(_("It is recorded who came, so this session took place and cannot be cancelled."))
    session.status, session.reason = SessionStatus.CANCELLED, reason
    session.ended_at, session.ended_by = now, by.membership
    session.save(update_fields=["status", "reason", "ended_at", "ended_by"])
    ledger.record("training.session_cancelled", actor=by, target=session, at=now)
    _tell_all(session, "training.session_cancelled", by, now)
    return session


@transaction.atomic
def book(*, session_id: int, by: Acting, now: datetime) -> Place:
    """Book a place for oneself, or stand in line where there is none left.

    Raises RuleBroken once the session has begun or booking has closed, where only people who are named can come, and
    for a second place.
    """
    permissions.check_can_learn(by)
    session = lock_session(session_id, by)
    _check_planned(session)
    if not session.is_open:
        raise RuleBroken(_("Places in this session are given by a training manager. Ask one."))
    if not session.takes_bookings(now):
        raise RuleBroken(_("Booking for this session has closed."))
    [place] = _give_places(session, [by.membership_id], by, now)
    return place


@transaction.atomic
def book_people(*, session_id: int, membership_ids: Collection[int], by: Acting, now: datetime) -> list[Place]:
    """Book places for people, in the order given: whoever does not fit any more stands in line. All of them or none.

    Booking may have closed for others; the session must not have begun. Raises RuleBroken with the names of those who
    are on it already or will have left.
    """
    permissions.check_can_manage_training(by)
    session = lock_session(session_id, by)
    _check_planned(session)
    if session.has_begun(now):
        raise RuleBroken(_("This session has begun. Record who came instead."))
    if not 0 < len(membership_ids) <= MOST_PLACES:
        raise RuleBroken(_("Name at least one person and at most %(most)s.") % {"most": MOST_PLACES})
    places = _give_places(session, list(dict.fromkeys(membership_ids)), by, now)
    others = [place for place in places if place.membership_id != by.membership_id]
    for status, kind in TOLD_ONCE_NAMED.items():
        _tell([place for place in others if place.status == status], session, kind, by, now)
    return places


@transaction.atomic
def give_back(*, place_id: int, by: Acting, now: datetime) -> Place:
    """Give a place back, one's own or somebody's, before the session begins. Who has waited longest gets it."""
    seen = Place.objects.visible_to(by).get(pk=place_id)
    session = lock_session(seen.session_id, by)
    place = Place.objects.visible_to(by).select_related("membership").get(pk=place_id)
    permissions.check_can_give_back(by, place)
    _check_planned(session)
    if session.has_begun(now):
        raise RuleBroken(_("This session has begun, so a place in it cannot be given back."))
    let_go(place, session, by, now)
    if place.membership_id != by.membership_id:
        _tell([place], session, "training.place_given_back", by, now)
    move_up(session, by, now)
    return place


# ---- What actions about sessions share
def lock_session(session_id: int, by: Acting) -> TaughtSession:
    """The session with its row locked: until the transaction ends nobody else counts its places."""
    return TaughtSession.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=session_id)


def let_go(place: Place, session: TaughtSession, by: Acting, now: datetime) -> None:
    """A place is nobody's any more. Call it on a locked session that is to come, and ``move_up`` afterwards."""
    workflow.check_place_can_move(place.status, PlaceStatus.WITHDRAWN)
    if place.status == PlaceStatus.BOOKED:
        count_taken(session, -1)
    place.status = PlaceStatus.WITHDRAWN
    place.save(update_fields=["status"])
    member = place.membership.reference
    ledger.record("training.place_given_back", actor=by, target=session, at=now, member=member)


def count_taken(session: TaughtSession, more: int) -> None:
    """So many more of its places are taken. Call it on a locked row."""
    session.taken += more
    session.save(update_fields=["taken"])


def people_on_the_day(session: TaughtSession, members: Iterable[int], by: Acting) -> list[Membership]:
    """These people in the order given. Raises RuleBroken for who is not in the organisation on the session's day."""
    wanted = list(members)
    rows = {each.pk: each for each in Membership.objects.visible_to(by).filter(pk__in=wanted).select_related("team")}
    if len(rows) < len(set(wanted)):
        raise RuleBroken(_("Somebody in the list does not belong to this organisation."))
    there = Membership.objects.visible_to(by).current(session.day).filter(pk__in=wanted)
    if gone := set(rows) - set(there.values_list("pk", flat=True)):
        names = ", ".join(sorted(rows[each].name for each in gone)[:10])
        raise RuleBroken(
            _("Not in the organisation on the day of the session: %(names)s. Take them out of the list.")
            % {"names": names}
        )
    return [rows[each] for each in wanted]


def _checked(plan: Plan, session: TaughtSession | None, by: Acting, now: datetime) -> tuple[Course, Membership | None]:
    """The course and the trainer that a plan names. Raises RuleBroken for what cannot be."""
    course = Course.objects.visible_to(by).filter(pk=plan.course_id).first()
    is_new = session is None or session.course_id != plan.course_id
    if course is None or (course.withdrawn_at is not None and is_new):
        raise RuleBroken(_("Select a course of the list."))
    if plan.ends_at <= plan.starts_at:
        raise RuleBroken(_("The session must end after it begins."))
    if not 1 <= plan.places <= MOST_PLACES:
        raise RuleBroken(_("Enter a number of places between 1 and %(most)s.") % {"most": MOST_PLACES})
    if not plan.venue and not plan.online_link:
        raise RuleBroken(_("Enter the venue, or the link to take part online."))
    if plan.closes_at is not None and plan.closes_at > plan.starts_at:
        raise RuleBroken(_("Booking must close before the session begins."))
    check_course_on(course, timezone.localdate(plan.starts_at))
    if plan.trainer_id is None:
        if not plan.trainer_name:
            raise RuleBroken(_("Say who the trainer is."))
        return course, None
    trainer = Membership.objects.visible_to(by).filter(pk=plan.trainer_id).first()
    is_new = session is None or session.trainer_id != plan.trainer_id
    today = timezone.localdate(now)
    if trainer is None or (is_new and not Membership.objects.visible_to(by).current(today).filter(pk=trainer.pk)):
        raise RuleBroken(_("Select a trainer who is in the organisation."))
    return course, trainer


def _columns(plan: Plan, course: Course, trainer: Membership | None) -> dict[str, object]:
    named = asdict(plan) | {"title": plan.title or course.title}
    return named | {"trainer_name": trainer.name if trainer else plan.trainer_name}


def _check_planned(session: TaughtSession) -> None:
    if session.status == SessionStatus.CANCELLED:
        raise RuleBroken(_("This session was cancelled."))
    if session.status == SessionStatus.HELD:
        raise RuleBroken(_("This session is over: it is recorded who came."))


def _give_places(session: TaughtSession, members: list[int], by: Acting, now: datetime) -> list[Place]:
    people = people_on_the_day(session, members, by)
    there = set(session.all_places.live().filter(membership__in=members).values_list("membership_id", flat=True))
    if there:
        if there == {by.membership_id}:
            raise RuleBroken(_("You are on the list of this session already."))
        names = ", ".join(sorted(person.name for person in people if person.pk in there)[:10])
        raise RuleBroken(
            _("On the list of this session already: %(names)s. Take them out of yours.") % {"names": names}
        )
    free = 0 if session.all_places.in_line().exists() else session.free  # nobody goes before those who wait
    places = Place.objects.bulk_create(
        Place(
            organisation_id=by.organisation_id,
            session=session,
            membership=person,
            status=PlaceStatus.BOOKED if number < free else PlaceStatus.WAITING,
            booked_at=now,
            booked_by=by.membership,
        )
        for number, person in enumerate(people)
    )
    count_taken(session, min(free, len(people)))
    _record_each("training.place_booked", places, session, by, now)
    return places


def _record_each(verb: str, places: Iterable[Place], session: TaughtSession, by: Acting, now: datetime) -> None:
    """Write into the ledger what was done to the session with each of these places, read with their people."""
    targets = [
        (session.pk, session.reference, {"member": place.membership.reference, "status": place.status})
        for place in places
    ]
    ledger.record_many(verb, actor=by, at=now, model=TaughtSession, targets=targets)


def move_up(session: TaughtSession, by: Acting, now: datetime) -> None:
    """Give the places that are free to those who have waited longest and are still there on the day."""
    there = Membership.objects.filter(organisation_id=session.organisation_id).current(session.day)
    waiting = session.all_places.in_line().filter(membership__in=there.order_by().values("pk"))
    moved = list(waiting.select_related("membership")[: session.free])
    if not moved or session.has_begun(now):
        return
    count_taken(session, len(moved))
    for place in moved:
        place.status = PlaceStatus.BOOKED
    Place.objects.filter(pk__in=[place.pk for place in moved]).update(status=PlaceStatus.BOOKED)
    _record_each("training.place_moved_up", moved, session, by, now)
    _tell(moved, session, "training.place_moved_up", by, now)


def _tell(places: Collection[Place], session: TaughtSession, kind: str, by: Acting, now: datetime) -> None:
    """Tell the people of these places what became of each place."""
    events = {place.membership_id: f"place:{place.pk}" for place in places}
    notifications.notify_many(events=events, kind=kind, target=session, by=by, now=now)


def _tell_all(
    session: TaughtSession, kind: str, by: Acting, now: datetime, event: str = "", *, tells_trainer: bool = True
) -> None:
    """Tell the trainer and everybody who has a place or waits for one, but not oneself."""
    members = session.all_places.filter(status__in=IN_SESSION).exclude(membership=by.membership_id).order_by("pk")
    events = dict.fromkeys(members.values_list("membership_id", flat=True), event)
    if tells_trainer and session.trainer_id not in {None, by.membership_id}:
        events.setdefault(session.trainer_id, event)
    notifications.notify_many(events=events, kind=kind, target=session, by=by, now=now)


def _notify_trainer(
    trainer_id: int | None, session: TaughtSession, kind: str, by: Acting, now: datetime, event: str = ""
) -> None:
    if trainer_id not in {None, by.membership_id}:
        notifications.notify(membership_id=trainer_id, kind=kind, target=session, by=by, now=now, event=event)
