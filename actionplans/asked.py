"""What the duty asks of an organisation today, to link actions to. The room of the duty stands above and says it."""

from collections.abc import Callable
from dataclasses import dataclass

from foundation.core.acting import Acting


@dataclass(frozen=True)
class Asked:
    """A requirement that applies: its key, its code and what it is called."""

    pk: int
    code: str
    title: str


Source = Callable[[Acting], list[Asked]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Call it from ``AppConfig.ready``. A source answers nothing for who may not read the duty."""
    _sources.append(source)


def requirements(acting: Acting) -> list[Asked]:
    """What applies to the organisation today, in the duty's order."""
    return [each for source in _sources for each in source(acting)]
