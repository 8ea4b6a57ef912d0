"""How the duty stands, for a board that reads of a plan. The room of the duty stands above and says it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from foundation.core.acting import Acting


@dataclass(frozen=True)
class ThemeStanding:
    """One theme: how many of its requirements were ready before a quarter and at its end, and why it stands there."""

    title: str
    total: int
    ready_before: int
    ready: int
    state: str
    reason: str


@dataclass(frozen=True)
class DutyStanding:
    """Each theme on the day ``on``, beside the day ``before``."""

    before: date
    on: date
    themes: list[ThemeStanding]

    @property
    def total(self) -> int:
        return sum(theme.total for theme in self.themes)

    @property
    def ready(self) -> int:
        return sum(theme.ready for theme in self.themes)

    @property
    def ready_before(self) -> int:
        return sum(theme.ready_before for theme in self.themes)


Source = Callable[[Acting, date, date], DutyStanding | None]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Call it from ``AppConfig.ready``. A source answers None for who may not read the duty, or is asked nothing."""
    _sources.append(source)


def standing(acting: Acting, before: date, on: date) -> DutyStanding | None:
    """How the duty stood on two days, with the reasons of the second."""
    return next((found for source in _sources if (found := source(acting, before, on)) is not None), None)
