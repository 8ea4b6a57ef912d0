"""Evidence as a lead adds it."""

from datetime import date, datetime

from foundation.core.acting import Acting, acting_as
from foundation.evidence import actions
from foundation.evidence.models import EvidenceItem
from tests.conftest import NOW


def note(by: Acting, title: str = "Minutes of the board", *, now: datetime = NOW, **fields: object) -> EvidenceItem:
    """A note in force since 1 January 2026 that does not expire."""
    described = {"title": title, "note": "Seen and filed.", "effective_from": date(2026, 1, 1)} | fields
    with acting_as(by):
        return actions.add(kind="note", description=actions.Description(**described), by=by, now=now)
