"""What a piece of evidence stands behind: each room that links evidence says so."""

from collections.abc import Callable
from dataclasses import dataclass

from foundation.core.acting import Acting
from foundation.evidence.models import EvidenceItem


@dataclass(frozen=True)
class Use:
    """One thing that the evidence supports: its name and its page."""

    label: str
    url: str


UsesOf = Callable[[Acting, EvidenceItem], list[Use]]
_rooms: list[UsesOf] = []


def register(uses_of: UsesOf) -> None:
    """Add a room's answer. Called once, from its ``AppConfig.ready``."""
    if uses_of not in _rooms:
        _rooms.append(uses_of)


def uses_of(acting: Acting, item: EvidenceItem) -> list[Use]:
    """Everything this person may see that the item stands behind today."""
    return [use for room in _rooms for use in room(acting, item)]
