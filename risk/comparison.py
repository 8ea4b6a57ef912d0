"""Two versions of the register side by side, risk by risk. Touches no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Cell = tuple[int, int] | None


class Change(StrEnum):
    """What became of a risk from one assessment to the next."""

    ADDED = "added"
    CLOSED = "closed"
    RAISED = "raised"
    LOWERED = "lowered"
    CHANGED = "changed"
    SAME = "same"


WORDS: dict[Change, tuple[str | Promise, str]] = {
    Change.ADDED: (_("New"), "blue"),
    Change.CLOSED: (_("Closed or left out"), "grey"),
    Change.RAISED: (_("Score raised"), "red"),
    Change.LOWERED: (_("Score lowered"), "green"),
    Change.CHANGED: (_("Text changed"), "yellow"),
    Change.SAME: (_("As before"), ""),
}


@dataclass(frozen=True)
class Side:
    """A risk as one assessment has it. ``fields``: label and text of what people read."""

    risk_id: int
    reference: str
    code: str
    title: str
    residual: Cell
    fields: tuple[tuple[str, str], ...]
    is_closed: bool = False

    @property
    def score(self) -> int | None:
        return self.residual[0] * self.residual[1] if self.residual else None


@dataclass(frozen=True)
class Pair:
    """One risk on both sides; a side is None where the assessment does not have it."""

    before: Side | None
    after: Side | None

    @property
    def named(self) -> Side:
        side = self.after or self.before
        assert side is not None
        return side

    @property
    def change(self) -> Change:
        if self.before is None or self.before.is_closed:
            return Change.ADDED if self.after is not None and not self.after.is_closed else Change.CLOSED
        if self.after is None or self.after.is_closed:
            return Change.CLOSED
        if self.before.residual != self.after.residual and self.before.score and self.after.score:
            if self.after.score != self.before.score:
                return Change.RAISED if self.after.score > self.before.score else Change.LOWERED
            return Change.CHANGED
        return Change.CHANGED if self.changed_fields else Change.SAME

    @property
    def changed_fields(self) -> list[tuple[str, str, str]]:
        """Label, text before and text after of each field that differs."""
        if self.before is None or self.after is None:
            return []
        return [
            (label, was, now)
            for (label, was), (_label, now) in zip(self.before.fields, self.after.fields, strict=True)
            if was != now
        ]


def compare(before: Iterable[Side], after: Iterable[Side]) -> list[Pair]:
    """Every risk of either side once, in the order of the register."""
    left, right = {side.risk_id: side for side in before}, {side.risk_id: side for side in after}
    return [Pair(left.get(risk_id), right.get(risk_id)) for risk_id in sorted(left.keys() | right.keys())]


def counts(pairs: Iterable[Pair]) -> dict[Change, int]:
    """How many risks each kind of change has."""
    found = dict.fromkeys(Change, 0)
    for pair in pairs:
        found[pair.change] += 1
    return found
