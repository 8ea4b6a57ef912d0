"""What becomes of training when two memberships of one person are joined. A part of that action.

What somebody did goes over, and whoever looks for it finds it with the one that is kept. What they were asked stays
with each as it was known; from now on only the kept one is asked.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation import ledger
from foundation.core.acting import Acting
from foundation.organisations.joining import Figure, Held, Joining
from training import assigning, workflow
from training.actions.learning import end_attempt
from training.actions.sessions import IN_SESSION, let_go, lock_session, move_up
from training.models import (
    Absence,
    Assignment,
    Attempt,
    Came,
    Certificate,
    Completion,
    Extension,
    Place,
    TaughtSession,
    Waiver,
)
from training.workflow import PlaceStatus, RecordStatus, SessionStatus, Status

TEACHES = Held(
    "sessions_taught", gettext_lazy("Sessions to teach"), "training.TaughtSession", "trainer",
    still=Q(status=SessionStatus.PLANNED),
)  # fmt: skip
# Of two places in one session, the one that says more comes first.
RANK = [PlaceStatus.ATTENDED, PlaceStatus.ABSENT, PlaceStatus.BOOKED, PlaceStatus.WAITING]
SAID = ("status", "booked_at", "is_walk_in", "score", "completion", "correction")


def count(acting: Acting, members: Collection[int]) -> list[Figure]:
    """What some people have in training: numbers only, for whoever compares them."""
    of_them = {"organisation_id": acting.organisation_id, "membership__in": members}
    counted = (
        (_("Training done"), Completion.objects.filter(status=RecordStatus.COUNTS)),
        (_("Certificates"), Certificate.objects.all()),
        (_("Courses under way"), Attempt.objects.filter(status=Status.IN_PROGRESS)),
        (_("Asked to do"), Assignment.objects.filter(known_until=None)),
        (_("Places in sessions"), Place.objects.exclude(status=PlaceStatus.WITHDRAWN)),
    )
    return [
        *(
            Figure(label, dict(rows.filter(**of_them).order_by().values_list("membership_id").annotate(Count("pk"))))
            for label, rows in counted
        ),
        TEACHES.count(acting, members),
    ]


def hold(by: Acting, members: Collection[int]) -> None:
    """Sessions and ways through courses are locked before a person everywhere else, and so here."""
    sessions = TaughtSession.objects.filter(organisation_id=by.organisation_id, all_places__membership__in=members)
    numbers = sorted(set(sessions.order_by().values_list("pk", flat=True)))
    list(TaughtSession.objects.filter(pk__in=numbers).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    attempts = Attempt.objects.filter(organisation_id=by.organisation_id, membership__in=members, ended_at=None)
    list(attempts.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def go_over(joining: Joining) -> Mapping[str, int]:
    """Everything that was done goes over, what is there twice is resolved, and the kept one is worked out anew."""
    since = _asked_since(joining)
    moved = {
        "places": _places(joining),
        "attempts": _attempts(joining),
        "records": _records(joining),
        "certificates": Certificate.objects.filter(**_ended(joining)).update(membership=joining.kept),
        "agreements": sum(_agreed(joining, model) for model in (Waiver, Extension, Absence)),
        TEACHES.code: TEACHES.go_over(joining),
    }
    both = [joining.kept.pk, joining.ended.pk]
    assigning.work_out(joining.by.organisation_id, both, now=joining.now, asked_since=since)
    return moved


def _ended(joining: Joining) -> dict[str, int]:
    return {"organisation_id": joining.by.organisation_id, "membership_id": joining.ended.pk}


def _kept(joining: Joining) -> dict[str, int]:
    return {"organisation_id": joining.by.organisation_id, "membership_id": joining.kept.pk}


def _asked_since(joining: Joining) -> dict[assigning.Pair, date]:
    """Since when the ended one was asked: whoever was asked under either name has had the time of both."""
    rows = Assignment.objects.filter(known_until=None, **_ended(joining)).values_list("requirement_id", "starts_on")
    return {(joining.kept.pk, requirement): starts_on for requirement, starts_on in rows}


def _records(joining: Joining) -> int:
    """Records go over. Where both say that the same course was done elsewhere on the same day, one is withdrawn: the
    one that still waits, else that of the ended one. What was done in the portal has its certificate and stays."""
    standing = Completion.objects.exclude(came=Came.PORTAL).filter(
        status__in=[RecordStatus.COUNTS, RecordStatus.WAITING], course__isnull=False
    )
    there = {(each.course_id, each.completed_on): each for each in standing.filter(**_kept(joining))}
    for theirs in standing.filter(**_ended(joining)).order_by("pk"):
        ours = there.get((theirs.course_id, theirs.completed_on))
        if ours is not None:
            is_better = theirs.status == RecordStatus.COUNTS and ours.status == RecordStatus.WAITING
            _withdraw(ours if is_better else theirs, joining)
    return Completion.objects.filter(**_ended(joining)).update(membership=joining.kept)


def _withdraw(completion: Completion, joining: Joining) -> None:
    workflow.check_record_can_move(completion.status, RecordStatus.WITHDRAWN)
    completion.status, completion.decided_at = RecordStatus.WITHDRAWN, joining.now
    completion.decided_by = joining.by.membership
    completion.decision_reason = _("Recorded twice: two entries of this person were joined.")
    completion.save(update_fields=["status", "decided_at", "decided_by", "decision_reason"])
    completion.validities.filter(ended_at__isnull=True).update(ended_at=joining.now)
    ledger.record(
        "training.record_withdrawn",
        actor=joining.by,
        target=joining.kept,
        at=joining.now,
        record=completion.reference,
    )


def _attempts(joining: Joining) -> int:
    """Ways through courses go over. Of two that are open in one course, the one moved last goes on."""
    still_open = Attempt.objects.filter(status=Status.IN_PROGRESS)
    ours = {each.course_id: each for each in still_open.filter(**_kept(joining))}
    for theirs in still_open.filter(**_ended(joining)).order_by("pk"):
        if theirs.course_id in ours:
            left = min(ours[theirs.course_id], theirs, key=lambda each: each.moved_at)
            end_attempt(left, Status.ENDED, joining.now)
    return Attempt.objects.filter(**_ended(joining)).update(membership=joining.kept)


def _places(joining: Joining) -> int:
    """Places go over, but for those in sessions where the kept one has a place: that then says the more of the two.

    Of two, who came goes before who did not, a place before the waiting list, the earlier turn before the later. The
    other stays with the one that ended, and nobody comes under it any more.
    """
    live = Place.objects.live()
    ours = {each.session_id: each for each in live.filter(**_kept(joining))}
    twice = list(live.filter(session__in=ours, **_ended(joining)).order_by("session_id"))
    freed = [session for theirs in twice if (session := _settle(ours[theirs.session_id], theirs, joining))]
    staying = [each.pk for each in twice]
    moved = Place.objects.filter(**_ended(joining)).exclude(pk__in=staying).update(membership=joining.kept)
    for session in freed:
        move_up(session, joining.by, joining.now)
    return moved


def _settle(ours: Place, theirs: Place, joining: Joining) -> TaughtSession | None:
    """Make ours the one that says the more. Returns the session in which the other was given back."""
    if _turn(theirs) < _turn(ours):
        said = {name: (getattr(ours, name), getattr(theirs, name)) for name in SAID}
        theirs.completion = None  # a record is named by one place at a time
        theirs.save(update_fields=["completion"])
        for name, (of_ours, of_theirs) in said.items():
            setattr(ours, name, of_theirs)
            setattr(theirs, name, of_ours)
        ours.save(update_fields=SAID)
        theirs.save(update_fields=SAID)
    session = lock_session(theirs.session_id, joining.by)
    if session.status != SessionStatus.PLANNED:
        return None
    if theirs.status in IN_SESSION:
        let_go(theirs, session, joining.by, joining.now)
        return session
    theirs.status, theirs.score = PlaceStatus.ABSENT, None  # said before the list is closed: it would count twice
    theirs.save(update_fields=["status", "score"])
    return None


def _turn(place: Place) -> tuple[int, datetime]:
    return RANK.index(PlaceStatus(place.status)), place.booked_at


def _agreed(joining: Joining, model: type[Waiver] | type[Extension] | type[Absence]) -> int:
    """What was agreed and still holds is written anew for the kept one, unless something is agreed there already."""
    holds = model.objects.filter(ended_at__isnull=True)
    there = {getattr(each, "requirement_id", None) for each in holds.filter(**_kept(joining))}
    theirs = list(holds.filter(**_ended(joining)).order_by("pk"))
    ending = {"ended_at": joining.now, "ended_by": joining.by.membership}
    holds.filter(**_ended(joining)).update(**ending)
    anew = [each for each in theirs if getattr(each, "requirement_id", None) not in there]
    for each in anew:
        each.pk, each.membership, each.recorded_at = None, joining.kept, joining.now
        each.save(force_insert=True)
    return len(anew)
