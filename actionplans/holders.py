"""Open actions by who does them: people, teams, partner organisations, and members with what they report."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import (
    BooleanField,
    Case,
    Count,
    F,
    Func,
    JSONField,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Concat, RowNumber
from django.urls import reverse

from actionplans import gathering, queries
from actionplans.lines import Line
from actionplans.models import Action
from actionplans.models.actions import ActionQuerySet
from foundation.core.acting import Acting
from foundation.core.prepared import Prepared, answers, stand_in
from foundation.organisations.models import Membership, Team

SHOWN = 5  # of each holder's actions
PER_PAGE = 20
TEAM, PARTNER = "team-", "partner-"


@dataclass
class Holder:
    """Who does some actions: how many are open and overdue, the first by due date, and where the list has them all."""

    name: str
    key: str
    total: int
    overdue: int
    url: str
    lines: list[Line] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.lines)


@dataclass
class HolderPage:
    """Some of the holders, by name, as the links between pages want it. Pages count from 1."""

    holders: Sequence[Holder]
    number: int

    @cached_property
    def items(self) -> Sequence[Holder]:
        return self.holders[self.first_number - 1 : self.first_number - 1 + PER_PAGE]

    @property
    def first_number(self) -> int:
        return (self.number - 1) * PER_PAGE + 1

    @property
    def last_number(self) -> int:
        return self.first_number - 1 + len(self.items)

    @property
    def total(self) -> int:
        return len(self.holders)

    @property
    def previous_parameters(self) -> dict[str, Any] | None:
        return {"page": self.number - 1} if self.number > 1 else None

    @property
    def next_parameters(self) -> dict[str, Any] | None:
        return {"page": self.number + 1} if self.last_number < self.total else None


def page_of(acting: Acting, today: date, number: int) -> HolderPage:
    """Who has open actions, by name, and the first actions of those on one page. Nothing for who may not read plans.

    A page past the last one is the last one.
    """
    if not acting.may("plan.view"):
        return HolderPage([], 1)
    counted, *changes = answers(_COUNTED.question(acting.organisation_id, today), *gathering.asking_changes(acting))
    own = [Holder(name, key, total, overdue, _list_of(key)) for key, name, total, overdue in counted]
    heaps = gathering.heaps(acting, today, gathering.By.MEMBER, *changes, is_open=True, most=SHOWN)
    members = [
        Holder(heap.lines[0].member, heap.key, heap.total, heap.overdue, _list_of_member(heap.key), heap.lines)
        for heap in heaps
        if heap.lines
    ]
    found = sorted([*own, *members], key=lambda holder: (holder.name.casefold(), holder.key))
    last = max(1, -(-len(found) // PER_PAGE))
    page = HolderPage(found, min(max(1, number), last))
    _fill(acting, [holder for holder in page.items if not holder.lines], today)
    return page


def owned_by(key: str) -> Q:
    """The actions of a holder, by a key that ``holder_asked`` knows."""
    kind, number = _parts_of(key)
    if kind == PARTNER:
        return Q(partner=number, owner=None, team=None)
    return Q(team_id=int(number), owner=None) if kind == TEAM else Q(owner_id=int(number))


def holder_asked(acting: Acting, key: str) -> list[tuple[str, str]]:
    """Whoever a key names, as a choice: nothing where it names nobody of the organisation."""
    kind, number = _parts_of(key)
    if kind == PARTNER:
        names: Any = Action.objects.visible_to(acting).filter(owned_by(key)).values_list("partner", flat=True)[:1]
    elif not (number.isdigit() and len(number) < 19):
        return []
    else:
        model = Team if kind == TEAM else Membership
        names = model.objects.visible_to(acting).filter(pk=int(number)).values_list("name", flat=True)
    return [(key, name) for name in names]


def _parts_of(key: str) -> tuple[str, str]:
    kind = next((each for each in (TEAM, PARTNER) if key.startswith(each)), "")
    return kind, key.removeprefix(kind)


def _held(organisation_id: int) -> ActionQuerySet:
    """Open actions with who does them, in words and as a key. Where a person is named, the person does it."""

    def text(*parts: Any) -> Concat:
        return Concat(*parts, output_field=TextField())

    rows = Action.objects.visible_to(stand_in(organisation_id=organisation_id, permissions={"plan.view"})).open()
    return rows.order_by().annotate(
        holder=Coalesce("owner__name", "team__name", "partner", output_field=TextField()),
        key=Case(
            When(owner__isnull=False, then=Cast("owner_id", TextField())),
            When(team__isnull=False, then=text(Value(TEAM), Cast("team_id", TextField()))),
            default=text(Value(PARTNER), F("partner")),
        ),
    )


_COUNTED = Prepared(
    lambda organisation_id, today: (
        _held(organisation_id)
        .values_list("key", "holder")
        .annotate(total=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today)))
    ),
    int,
    date,
)


def _first(organisation_id: int, keys: str) -> QuerySet:
    """The first actions of some holders, whose keys are one JSON value."""
    asked = Func(Cast(Value(keys), JSONField()), F("key"), function="jsonb_exists", output_field=BooleanField())
    place = Window(RowNumber(), partition_by=F("key"), order_by=("due_on", "pk"))
    rows = _held(organisation_id).filter(asked).annotate(place=place).filter(place__lte=SHOWN)
    return rows.order_by("due_on", "pk").values_list(*queries.WITH_OWNER, "key")


_FIRST = Prepared(_first, int, str)


def _fill(acting: Acting, holders: Sequence[Holder], today: date) -> None:
    """Gives each of them its first actions. One query."""
    of = {holder.key: holder for holder in holders}
    rows = _FIRST.rows(acting.organisation_id, json.dumps(list(of))) if of else []
    for line, row in zip(queries.lines_of(rows, today), rows, strict=True):
        of[row[-1]].lines.append(line)


def _list_of(key: str) -> str:
    return f"{reverse('actionplans:actions')}?{urlencode({'status': 'open', 'owner': key})}"


def _list_of_member(slug: str) -> str:
    return f"{reverse('actionplans:gather')}?{urlencode({'place': 'placed', 'member': slug, 'status': 'open'})}"
