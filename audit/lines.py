from collections.abc import Iterable
from dataclasses import dataclass

from audit.queries import actor_of
from audit.sentences import sentence_of, type_label
from foundation.ledger.models import Event


@dataclass(frozen=True)
class Line:
    """One event as a page shows it (``audit/partials/rows.html``). ``key`` leads to the history of the thing."""

    event: Event
    who: str
    what: str
    kind: str
    key: str | int | None


def line_of(event: Event) -> Line:
    """``event`` comes from ``queries.events_for_list`` or ``queries.trail_of``."""
    return Line(
        event=event,
        who=actor_of(event),
        what=sentence_of(event.verb),
        kind=type_label(event.target_type) if event.target_type else "",
        key=event.target_reference or event.target_id,
    )


def lines_of(events: Iterable[Event]) -> list[Line]:
    return [line_of(event) for event in events]
