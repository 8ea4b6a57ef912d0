"""Two memberships of one person become one: each room says what of its own goes over to the one that is kept.

What somebody *did* keeps the name it was done under: who wrote, recorded or decided something is never rewritten. What
a person has, answers for or is on the way through goes over. tests/test_joining.py holds every column that names a
membership to one or the other.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from foundation.core.acting import Acting
from foundation.core.models import Edited, Versioned
from foundation.organisations.models import Membership


@dataclass(frozen=True)
class Joining:
    """Both rows are locked and saved as they will stand; ``ended`` is joined into ``kept`` already."""

    kept: Membership
    ended: Membership
    by: Acting
    now: datetime


@dataclass(frozen=True)
class Figure:
    """How many of something each of some memberships has."""

    label: str | Promise
    numbers: Mapping[int, int]


@dataclass(frozen=True)
class Part:
    """What one room does when two memberships are joined.

    ``count``: what each of some memberships has, for whoever compares them. ``hold``: locks what the room's own actions
    lock before a membership. ``go_over``: hands over; returns how many of what, by codes for the ledger.
    """

    count: Callable[[Acting, Collection[int]], list[Figure]]
    go_over: Callable[[Joining], Mapping[str, int]]
    hold: Callable[[Acting, Collection[int]], None] = lambda _by, _members: None


_parts: list[Part] = []


def register(part: Part) -> None:
    """Add a room's part. Called once, from its ``AppConfig.ready``."""
    if part not in _parts:
        _parts.append(part)


def figures(acting: Acting, members: Collection[int]) -> list[Figure]:
    """What every room has to say of some memberships."""
    return [figure for part in _parts for figure in part.count(acting, members)]


def hold(by: Acting, members: Collection[int]) -> None:
    for part in _parts:
        part.hold(by, members)


def go_over(joining: Joining) -> dict[str, Any]:
    """Have every room hand over. Returns what went over, without what was none."""
    moved = {code: number for part in _parts for code, number in part.go_over(joining).items()}
    return {code: number for code, number in moved.items() if number}


@dataclass(frozen=True)
class Held:
    """Rows whose ``column`` names who answers for them today: work that goes over with the person.

    ``still`` leaves out what is over or frozen. ``once``: the columns beside which somebody is named once only.
    """

    code: str
    label: str | Promise
    model: str
    column: str
    still: Q = field(default_factory=Q)
    once: tuple[str, ...] = ()

    def rows(self, organisation_id: int) -> QuerySet:
        model = apps.get_model(self.model)
        return model._default_manager.filter(self.still, organisation_id=organisation_id).order_by()

    def count(self, acting: Acting, members: Collection[int]) -> Figure:
        rows = self.rows(acting.organisation_id).filter(**{f"{self.column}__in": members})
        return Figure(self.label, dict(rows.values_list(self.column).annotate(Count("pk"))))

    def go_over(self, joining: Joining) -> int:
        rows = self.rows(joining.by.organisation_id)
        theirs = rows.filter(**{self.column: joining.ended.pk})
        if self.once:
            same = {column: OuterRef(column) for column in self.once}
            theirs = theirs.exclude(Exists(rows.filter(**{self.column: joining.kept.pk}, **same)))
        changes: dict[str, object] = {self.column: joining.kept.pk}
        if issubclass(theirs.model, Versioned):  # whoever has a form of it open learns that it changed
            changes["version"] = F("version") + 1
        if issubclass(theirs.model, Edited):
            changes |= {"saved_at": joining.now, "saved_by": joining.by.membership_id}
        return theirs.update(**changes)


def of_held(*held: Held) -> Part:
    """The part of a room in which people only answer for things."""
    return Part(
        count=lambda acting, members: [each.count(acting, members) for each in held],
        go_over=lambda joining: {each.code: each.go_over(joining) for each in held},
    )
