"""Which document somebody holds a copy of: each room answers for those it made. None of them is named here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.utils.functional import Promise

from foundation.core.acting import Acting


@dataclass(frozen=True)
class Made:
    """A document that was made here. ``row`` has a ``reference`` and an organisation; ``what`` is its kind in words."""

    row: Model
    what: str | Promise
    as_at: date | datetime
    made_at: datetime

    @property
    def reference(self) -> str:
        return str(self.row.reference)  # type: ignore[attr-defined]


Find = Callable[[Acting, dict[str, str]], Made | None]
_rooms: dict[str, Find] = {}


def register(room: str, find: Find) -> None:
    """Answer for the finished documents of a room. Called once, from its ``AppConfig.ready``.

    ``find`` takes who asks and what to filter by (sha256 or reference), and gives back only what that person may know.
    """
    if _rooms.get(room, find) is not find:
        raise ImproperlyConfigured(f"{room} answers twice for its documents.")
    _rooms[room] = find


def by_checksum(acting: Acting, sha256: str) -> Made | None:
    """The document with this content, byte for byte."""
    return _first(acting, {"sha256": sha256})


def by_reference(acting: Acting, reference: str) -> Made | None:
    """The finished document with this report ID."""
    return _first(acting, {"reference": reference})


def _first(acting: Acting, wanted: dict[str, str]) -> Made | None:
    return next((made for find in _rooms.values() if (made := find(acting, wanted))), None)
