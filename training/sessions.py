"""Reads of taught sessions that pages, notices and the demonstration share."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Avg, Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from foundation.core.acting import Acting
from foundation.core.prepared import Prepared, PreparedObjects, Question, stand_in
from training.models import QUESTIONS, Equivalence, Evaluation, Place, TaughtSession
from training.models.sessions import PlaceQuerySet, SessionQuerySet
from training.workflow import PlaceStatus, SessionStatus

Rows = list[tuple[Any, ...]]
FEWEST_ANSWERS = 5  # our choice: with fewer, people could tell who said what


def title_of_session() -> Subquery:
    """What a notice about a session calls it."""
    return Subquery(TaughtSession.objects.filter(pk=OuterRef("target_id")).values("title")[:1])


def sessions(acting: Acting) -> SessionQuerySet:
    """The sessions that somebody may see, with their course and how this person stands in each (``my_status``)."""
    return TaughtSession.objects.visible_to(acting).select_related("course").with_my_status(acting.membership_id)


def get_session_or_404(acting: Acting, reference: str) -> TaughtSession:
    rows = TaughtSession.objects.visible_to(acting).select_related("course", "trainer", "ended_by", "saved_by")
    return get_object_or_404(rows, reference=reference)


def get_place_or_404(acting: Acting, session: TaughtSession, number: int) -> Place:
    rows = Place.objects.visible_to(acting).select_related("membership")
    return get_object_or_404(rows.live(), session=session, pk=number)


def places_of(acting: Acting, session: TaughtSession) -> PlaceQuerySet:
    """Everybody on a session's list by name, and who waits. One query."""
    rows = Place.objects.visible_to(acting).live().filter(session=session)
    return rows.select_related("membership__team").order_by("membership__name", "pk")


def own_place(acting: Acting, session: TaughtSession) -> Place | None:
    rows = Place.objects.visible_to(acting).live().filter(session=session, membership=acting.membership_id)
    return rows.first()


def place_in_line(place: Place) -> int:
    """Where somebody who waits stands: 1 is next."""
    line = Place.objects.filter(session=place.session_id).in_line().values_list("pk", flat=True)
    return list(line).index(place.pk) + 1


class Counting(NamedTuple):
    """A course in which one can book a session, and which counts for another: for ``only_after``, once that is done."""

    title: str
    only_after: bool


@dataclass(frozen=True)
class Own:
    """What my training says of sessions: those this person teaches until they are closed, those they have a place in or
    wait for until they are over, and those they came to and have not said how they were.

    ``bookable`` are the courses of which they can book one; ``counting`` those of them that count for another, by that.
    """

    teaching: list[TaughtSession]
    coming: list[TaughtSession]
    to_evaluate: list[TaughtSession]
    bookable: set[int]
    counting: dict[int, list[Counting]]


def questions_of_own(acting: Acting, now: datetime) -> list[Question]:
    """What ``own`` is made of, to ask in one message with more."""
    one = acting.organisation_id, acting.membership_id
    return [
        _TEACHING.question(*one),
        _COMING.question(*one, now),
        _TO_EVALUATE.question(*one),
        _BOOKABLE.question(*one, now),
        _COUNTING.question(*one, now),
    ]


def own(teaching: Rows, coming: Rows, to_evaluate: Rows, bookable: Rows, counting: Rows) -> Own:
    """From the answers to ``questions_of_own``."""
    counts_for: dict[int, list[Counting]] = defaultdict(list)
    for course, title, only_after in counting:
        counts_for[course].append(Counting(title, only_after))
    return Own(
        _TEACHING.made_of(teaching),
        _COMING.made_of(coming),
        _TO_EVALUATE.made_of(to_evaluate),
        {course for (course,) in bookable},
        dict(counts_for),
    )


def _with_my_status(organisation_id: int, member: int) -> SessionQuerySet:
    return TaughtSession.objects.filter(organisation_id=organisation_id).with_my_status(member)


def _can_book(organisation_id: int, member: int, now: datetime) -> SessionQuerySet:
    return _with_my_status(organisation_id, member).bookable(now).filter(my_status__isnull=True).order_by()


_TEACHING = PreparedObjects(
    lambda organisation_id, member: TaughtSession.objects.filter(
        organisation_id=organisation_id, trainer_id=member, status=SessionStatus.PLANNED
    ).order_by("starts_at", "pk")[:20],
    int,
    int,
)
_COMING = PreparedObjects(
    lambda organisation_id, member, now: (
        _with_my_status(organisation_id, member)
        .filter(ends_at__gt=now, my_status__in=[PlaceStatus.BOOKED, PlaceStatus.WAITING])
        .exclude(status=SessionStatus.HELD)
        .order_by("starts_at", "pk")[:20]
    ),
    int,
    int,
    datetime,
    annotated=("my_status",),
)
_TO_EVALUATE = PreparedObjects(
    lambda organisation_id, member: TaughtSession.objects.filter(
        organisation_id=organisation_id,
        status=SessionStatus.HELD,
        pk__in=Place.objects.filter(membership_id=member, status=PlaceStatus.ATTENDED, evaluation__isnull=True)
        .order_by()
        .values("session_id"),
    ).order_by("-starts_at", "-pk")[:5],
    int,
    int,
)
_BOOKABLE = Prepared(
    lambda organisation_id, member, now: _can_book(organisation_id, member, now).values_list("course_id").distinct(),
    int,
    int,
    datetime,
)
_COUNTING = Prepared(
    lambda organisation_id, member, now: (
        Equivalence.objects.visible_to(stand_in(organisation_id=organisation_id))
        .filter(
            Exists(
                _can_book(organisation_id, member, now).filter(
                    course=OuterRef("done"), starts_at__date__lte=Coalesce(OuterRef("ended_on"), date.max)
                )
            )
        )
        .order_by("done__title", "pk")
        .values_list("counts_for_id", "done__title", "only_after")
    ),
    int,
    int,
    datetime,
)


@dataclass(frozen=True)
class Said:
    """What those who came say: averages of 1 to 5, and what they wrote, in no order that tells who.

    With fewer than FEWEST_ANSWERS there is only how many have answered, to nobody's embarrassment.
    """

    answers: int
    averages: list[tuple[str, float]]
    words: list[str]

    @property
    def is_enough(self) -> bool:
        return self.answers >= FEWEST_ANSWERS


def evaluation(acting: Acting, session: TaughtSession) -> Said:
    """What people say of a session, without names. Two queries at most."""
    rows = Evaluation.objects.visible_to(acting).filter(session=session)
    found = rows.order_by().aggregate(answers=Count("pk"), **{name: Avg(name) for name in QUESTIONS})
    if found["answers"] < FEWEST_ANSWERS:
        return Said(found["answers"], [], [])
    averages = [(str(label), round(float(found[name]), 1)) for name, label in QUESTIONS.items()]
    words: QuerySet = rows.exclude(words="").order_by("words").values_list("words", flat=True)
    return Said(found["answers"], averages, list(words))


def may_evaluate(acting: Acting, session: TaughtSession, own: Place) -> bool:
    """Whether somebody can still say how a session was. One query where they came to it."""
    if session.status != SessionStatus.HELD or not own.came:
        return False
    return not Evaluation.objects.visible_to(acting).filter(place=own).exists()


def unclosed(acting: Acting, now: datetime) -> int:
    """How many sessions are over without their attendance being closed."""
    rows = TaughtSession.objects.visible_to(acting)
    return rows.filter(status=SessionStatus.PLANNED, ends_at__lte=now).count()


def came_to(acting: Acting, session: TaughtSession) -> int:
    """How many people are there: those who came, and those of whom it is not said yet."""
    rows = Place.objects.visible_to(acting).filter(session=session)
    return rows.filter(status__in=[PlaceStatus.BOOKED, PlaceStatus.ATTENDED]).count()
