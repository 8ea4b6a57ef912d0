"""Which national threat level was in force when, for an organisation, and what the level meant then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from foundation.core.acting import Acting
from risk.models import ThreatLevel, ThreatWording
from risk.models.threat import Level, Scope, ThreatLevelQuerySet


@dataclass(frozen=True)
class Spell:
    """A level from a day on, and until when: the day before the next one, or None for the one that stands."""

    row: ThreatLevel
    until: date | None
    meaning: str


def level_in_force(acting: Acting, on: date) -> ThreatLevel | None:
    """The national level on a day, as the organisation knows it; None before the first that is known.

    What the organisation entered itself counts until the data file has a row of the same day or later.
    """
    return _last(ThreatLevel.objects.visible_to(acting), on)


def standing_level(organisation_id: int, on: date) -> ThreatLevel | None:
    """The same for an organisation whose context stands, where nobody in particular asks."""
    rows = ThreatLevel.objects.filter(Q(organisation__isnull=True) | Q(organisation_id=organisation_id))
    return _last(rows, on)


def history(acting: Acting) -> list[Spell]:
    """Every national level that counts, newest first, each with what it meant when it began."""
    counted = in_order(ThreatLevel.objects.visible_to(acting).standing().filter(scope=Scope.NATIONAL))
    wordings = list(ThreatWording.objects.all())
    spells = [
        Spell(row, after.effective_from if after else None, meaning_of(row.level, row.effective_from, wordings))
        for row, after in zip(counted, [*counted[1:], None], strict=True)
    ]
    return spells[::-1]


def in_order(rows: Iterable[ThreatLevel]) -> list[ThreatLevel]:
    """The levels that count, oldest first. An own entry gives way to any row of the file of its day or later."""
    found = list(rows)
    known_until = max((row.effective_from for row in found if not row.is_own), default=date.min)
    counted = [row for row in found if not row.is_own or row.effective_from > known_until]
    return sorted(counted, key=lambda row: row.effective_from)


def meaning_of(level: str, on: date, wordings: list[ThreatWording]) -> str:
    """What a level meant on a day, in brief; nothing where no wording is known."""
    return next((each.meaning for each in wordings if each.level == level and each.is_in_force(on)), "")


def meanings(on: date) -> list[tuple[Level, str]]:
    """Every level with what it means on a day, lowest first."""
    wordings = list(ThreatWording.objects.all())
    return [(level, meaning_of(level, on, wordings)) for level in Level]


def _last(rows: ThreatLevelQuerySet, on: date) -> ThreatLevel | None:
    counted = in_order(rows.standing().filter(scope=Scope.NATIONAL))
    return next((row for row in reversed(counted) if row.effective_from <= on), None)
