"""How many people stand how, with the numbers behind every percentage. One query a table."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.functional import cached_property

from training.models.assignments import AssignmentQuerySet
from training.workflow import Standing

GOOD = (Standing.IN_DATE, Standing.EXPIRING)
APART = (Standing.WAIVED, Standing.ABSENT)


@dataclass(frozen=True)
class Figure:
    """How the people of one group stand. Pages read its properties; ``at`` tells of one standing.

    The percentage is ``in_date`` of ``counted``: everybody asked but those waived and those away for long, who are
    counted apart. New starters who still have time are among the counted (ADR 41).
    """

    counts: dict[str, int]  # a standing in which nobody is may be missing

    def at(self, standing: str) -> int:
        """How many stand so, by a value of ``Standing``."""
        return self.counts.get(standing, 0)

    @cached_property
    def asked(self) -> int:
        return sum(self.counts.values())

    @cached_property
    def counted(self) -> int:
        return self.asked - self.apart

    @property
    def apart(self) -> int:
        """Those waived and those away for long."""
        return sum(self.at(standing) for standing in APART)

    @property
    def overdue(self) -> int:
        return self.at(Standing.OVERDUE)

    @cached_property
    def in_date(self) -> int:
        """Those too for whom it ends soon."""
        return sum(self.at(standing) for standing in GOOD)

    @property
    def percent(self) -> int | None:
        """In date of counted, rounded down so that 100 means all of them; None where nobody is counted."""
        return 100 * self.in_date // self.counted if self.counted else None

    def reaches(self, target: int | None) -> bool | None:
        """Whether so many per cent are in date; None where there is no target, or nobody is counted."""
        return None if target is None or self.percent is None else self.percent >= target


def of(rows: AssignmentQuerySet) -> Figure:
    """All of some rows that have ``standing``, together."""
    return next((figure for _key, figure in by(rows)), Figure({}))


def by(rows: AssignmentQuerySet, *fields: str) -> Iterator[tuple[tuple[Any, ...], Figure]]:
    """Some rows that have ``standing``, by the values of these fields."""
    found: dict[tuple[Any, ...], dict[str, int]] = defaultdict(dict)
    grouped = rows.order_by().values(*fields, "standing").annotate(rows=Count("pk"))
    for *key, standing, count in grouped.values_list(*fields, "standing", "rows"):
        found[tuple(key)][standing] = count
    yield from ((key, Figure(counts)) for key, counts in found.items())
