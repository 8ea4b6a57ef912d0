"""What people see of the ledger. Everything starts at ``Event.objects.visible_to(acting)``."""

import json
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db import connection, models
from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery
from django.http import Http404
from django.utils.translation import gettext as _

from audit.sentences import READING, READING_RECORDS, sentence_of
from audit.thresholds import Threshold
from foundation.core.acting import Acting
from foundation.core.prepared import Prepared, stand_in
from foundation.ledger.models import Event, Seal
from foundation.organisations.models import Membership


@dataclass(frozen=True)
class Recent:
    """One line of recent activity."""

    at: datetime
    sentence: str
    person: str


def events_for_list(acting: Acting) -> QuerySet[Event]:
    """The organisation's events with the names of its own people beside them."""
    return with_names(acting, Event.objects.visible_to(acting))


def with_names(acting: Acting, events: QuerySet[Event]) -> QuerySet[Event]:
    """Adds ``actor_name`` and ``actor_reference``, empty for anybody who is not of the organisation."""
    actors = Membership.objects.visible_to(acting).filter(pk=OuterRef("actor_membership_id"))
    return events.annotate(
        actor_name=Subquery(actors.values("name")[:1]),
        actor_reference=Subquery(actors.values("reference")[:1]),
    )


def of_people_called(acting: Acting, words: list[str]) -> QuerySet[Membership]:
    """People of the organisation whose name holds all the words."""
    people = Membership.objects.visible_to(acting)
    for word in words:
        people = people.filter(name__icontains=word)
    return people


def trail_of(acting: Acting, target: models.Model) -> QuerySet[Event]:
    """The history of one thing, latest first. For pages of other rooms that sit above the log."""
    return trail(acting, target._meta.label_lower, target.pk)


def recent(acting: Acting) -> list[Recent]:
    """The latest eight things people did, in words: what they only read is left out. For the start page."""
    if not acting.may("audit.view"):
        return []
    rows = [SimpleNamespace(**dict(zip(_TOLD, row, strict=True))) for row in _RECENT.rows(acting.organisation_id)]
    return [Recent(at=row.at, sentence=sentence_of(row.verb), person=actor_of(row)) for row in rows]


_TOLD = ("at", "verb", "actor_name", "system_purpose", "actor_membership_id", "actor_user_id")
_RECENT = Prepared(
    lambda organisation_id: (
        with_names(stand_in(organisation_id=organisation_id), Event.objects.filter(organisation_id=organisation_id))
        .exclude(verb__in=[*READING, "system.acted", "access.refused"])
        .exclude(verb__startswith="job.")
        .exclude(verb__startswith="mail.")
        .exclude(verb__startswith="notice.")
        .order_by("-at", "-pk")
        .values_list(*_TOLD)[:8]
    ),
    int,
)


def trail(acting: Acting, target_type: str, target_id: int) -> QuerySet[Event]:
    return events_for_list(acting).filter(target_type=target_type, target_id=target_id).order_by("-at", "-pk")


def find_target_or_404(acting: Acting, target_type: str, key: str) -> tuple[int, str]:
    """Id and reference of the thing that events of the organisation name by this id or reference."""
    events = Event.objects.visible_to(acting).filter(target_type=target_type)
    is_id = key.isdigit() and len(key) < 19
    found = (
        events.filter(**({"target_id": int(key)} if is_id else {"target_reference": key}))
        .exclude(target_id=None)
        .order_by("-at", "-pk")
        .values_list("target_id", "target_reference")
        .first()
    )
    if found is None or found[0] is None:
        raise Http404
    return found[0], found[1]


def get_event_or_404(acting: Acting, event_id: int) -> Event:
    found = events_for_list(acting).filter(pk=event_id).first()
    if found is None:
        raise Http404
    return found


def seal_of(event: Event) -> Seal | None:
    """The event's place in the chain; None for the first seconds of its life."""
    return Seal.objects.filter(event_id=event.pk).first()


@dataclass(frozen=True)
class Reader:
    """Somebody who saw a thing: how often, first and last."""

    name: str
    reference: str
    times: int
    first_at: datetime
    last_at: datetime


def who_saw(acting: Acting, target_type: str, target_id: int, *, limit: int = 200) -> list[Reader]:
    """Who read, opened or took this thing, the latest first. Two queries, whatever the number of events."""
    counted = list(
        Event.objects.visible_to(acting)
        .filter(target_type=target_type, target_id=target_id, verb__in=READING_RECORDS)
        .order_by()
        .values("actor_membership_id")
        .annotate(times=Count("pk"), first_at=Min("at"), last_at=Max("at"))
        .order_by("-last_at")[:limit]
    )
    people = _people(acting, {row["actor_membership_id"] for row in counted})
    return [
        Reader(
            name=people[row["actor_membership_id"]].name if row["actor_membership_id"] in people else nobody_we_know(),
            reference=people[row["actor_membership_id"]].reference if row["actor_membership_id"] in people else "",
            times=row["times"],
            first_at=row["first_at"],
            last_at=row["last_at"],
        )
        for row in counted
    ]


@dataclass(frozen=True)
class Burst:
    """Somebody did so many things of one kind within a threshold's minutes, at most, and when that was."""

    name: str
    reference: str
    count: int
    at: datetime


BURSTS = (
    "SELECT DISTINCT ON (actor_membership_id) actor_membership_id, happened, at FROM ("
    " SELECT actor_membership_id, at, count(*) OVER ("
    "   PARTITION BY actor_membership_id ORDER BY at"
    "   RANGE BETWEEN make_interval(mins => %s) PRECEDING AND CURRENT ROW) AS happened"
    " FROM ledger_event WHERE organisation_id = %s AND verb = ANY(%s) AND at >= %s AND actor_membership_id IS NOT NULL"
    ") AS counted WHERE happened >= %s ORDER BY actor_membership_id, happened DESC, at DESC"
)


def bursts(acting: Acting, verbs: tuple[str, ...], threshold: Threshold, *, since: datetime) -> list[Burst]:
    """Who reached the threshold since then, in any stretch of its minutes."""
    with connection.cursor() as cursor:
        cursor.execute(
            BURSTS,
            [threshold.minutes, acting.organisation_id, list(verbs), since, threshold.count],
        )
        found = cursor.fetchall()
    people = _people(acting, {membership_id for membership_id, _count, _at in found})
    return sorted(
        (
            Burst(
                name=people[membership_id].name if membership_id in people else nobody_we_know(),
                reference=people[membership_id].reference if membership_id in people else "",
                count=count,
                at=at,
            )
            for membership_id, count, at in found
        ),
        key=lambda burst: burst.at,
        reverse=True,
    )


def actor_of(event: Any) -> str:
    """Who did it, in words. ``event`` comes from ``events_for_list``."""
    if event.actor_name:
        return event.actor_name
    if event.system_purpose:
        return _("The portal (%(purpose)s)") % {"purpose": event.system_purpose}
    if event.actor_membership_id or event.actor_user_id:
        return nobody_we_know()
    return _("The portal")


def nobody_we_know() -> str:
    return _("Somebody of another organisation")


def facts_of(event: Event) -> list[tuple[str, str]]:
    """The coded facts of an event as pairs of words."""
    try:
        facts = json.loads(event.facts)
    except ValueError:
        return [(_("Facts"), event.facts)]
    return [(name.replace("_", " ").capitalize(), _in_words(value)) for name, value in facts.items()]


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value is None or value == "":
        return "–"
    if isinstance(value, list):
        return ", ".join(_in_words(each) for each in value) or "–"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_in_words(each)}" for name, each in value.items())
    return str(value)


def _people(acting: Acting, ids: set[int | None]) -> dict[int | None, Membership]:
    known = [each for each in ids if each is not None]
    return {person.pk: person for person in Membership.objects.visible_to(acting).filter(pk__in=known)}
