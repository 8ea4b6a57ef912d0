"""Reads of evidence that other rooms share."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from foundation.core.acting import Acting
from foundation.evidence.models import EvidenceRevision
from foundation.files.workflow import Status

HARMFUL = frozenset({Status.INFECTED, Status.REFUSED})


@dataclass(frozen=True)
class ItemAsAt:
    """A piece of evidence as it stood at a moment. ``is_withdrawn`` also where its file turned out to be harmful."""

    evidence_id: int
    reference: str
    title: str
    kind: str
    effective_from: date
    expires_on: date | None
    is_withdrawn: bool


class History:
    """The revisions of some items: one query at most, then any moment can be asked for."""

    def __init__(self, acting: Acting, evidence_ids: Collection[int]) -> None:
        self._revisions: dict[int, list[tuple[datetime, ItemAsAt]]] = defaultdict(list)
        rows = EvidenceRevision.objects.visible_to(acting).filter(item_id__in=evidence_ids)
        for number, changed_at, withdrawn_at, file_status, reference, title, kind, begins, expires_on in rows.order_by(
            "item_id", "-number"
        ).values_list(
            "item_id", "changed_at", "withdrawn_at", "file__status", "item__reference", "title", "kind",
            "effective_from", "expires_on",
        ):  # fmt: skip
            is_withdrawn = withdrawn_at is not None or file_status in HARMFUL
            item = ItemAsAt(number, reference, title, kind, begins, expires_on, is_withdrawn)
            self._revisions[number].append((changed_at, item))

    def as_at(self, evidence_id: int, at: datetime) -> ItemAsAt | None:
        """The item as it stood at ``at``, or None if it was not there yet."""
        return next((item for changed_at, item in self._revisions[evidence_id] if changed_at <= at), None)
