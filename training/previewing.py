"""Whom a rule would ask, before it is saved: counted over everybody who is here today, in four queries."""

from dataclasses import dataclass
from datetime import date

from foundation.core.acting import Acting
from foundation.organisations.models import Membership
from training.assigning import facts
from training.scope import Scope

SHOWN = 10


@dataclass(frozen=True)
class Found:
    """Somebody whom the rule asks. ``because``: see ``training.scope.because``."""

    name: str
    job_title: str
    because: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What a rule does. ``joining`` and ``leaving`` are against the rule in force; None where there is none yet."""

    asked: int
    of: int
    first: tuple[Found, ...]
    joining: int | None = None
    leaving: int | None = None

    @property
    def asks_nobody(self) -> bool:
        return self.asked == 0

    @property
    def asks_everybody(self) -> bool:
        return self.of > 0 and self.asked == self.of

    @property
    def more(self) -> int:
        """How many are asked beside those shown."""
        return self.asked - len(self.first)


def preview(acting: Acting, scope: Scope, *, in_force: Scope | None, on: date) -> Preview:
    """Whom ``scope`` asks of the people who are here on a day, the first of them by name."""
    here = Membership.objects.visible_to(acting).current(on).order_by("name", "pk")
    people = facts.people(here, acting.organisation_id, today=on)
    asked = joining = leaving = 0
    first: dict[int, list[str]] = {}
    for person in people:
        reasons = scope.reasons(person.post)
        was_asked = in_force is not None and in_force.reasons(person.post) is not None
        asked += reasons is not None
        joining += reasons is not None and not was_asked
        leaving += was_asked and reasons is None
        if reasons is not None and len(first) < SHOWN:
            first[person.pk] = reasons
    names = {pk: (name, job_title) for pk, name, job_title in _names(acting, first)}
    return Preview(
        asked=asked,
        of=len(people),
        first=tuple(Found(*names[pk], tuple(reasons)) for pk, reasons in first.items() if pk in names),
        joining=joining if in_force is not None else None,
        leaving=leaving if in_force is not None else None,
    )


def _names(acting: Acting, pks: dict[int, list[str]]) -> list[tuple[int, str, str]]:
    rows = Membership.objects.visible_to(acting).filter(pk__in=pks).order_by()
    return list(rows.values_list("pk", "name", "job_title"))
