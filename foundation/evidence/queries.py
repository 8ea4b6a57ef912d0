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
    """The revisions of some items: one query, then any moment can be asked for."""

    def __init__(self, acting: Acting, evidence_ids: Collection[int]) -> None:
        self._revisions: dict[int, list[EvidenceRevision]] = defaultdict(list)
        rows = (
            EvidenceRevision.objects.visible_to(acting)
            .filter(item_id__in=evidence_ids)
            .select_related("item", "file")
            .order_by("item_id", "-number")
        )
        for row in rows:
            self._revisions[row.item_id].append(row)

    def as_at(self, evidence_id: int, at: datetime) -> ItemAsAt | None:
        """The item as it stood at ``at``, or None if it was not there yet."""
        for row in self._revisions[evidence_id]:
            if row.changed_at <= at:
                return ItemAsAt(
                    evidence_id=row.item_id,
                    reference=row.item.reference,
                    title=row.title,
                    kind=row.kind,
                    effective_from=row.effective_from,
                    expires_on=row.expires_on,
                    is_withdrawn=row.is_withdrawn or (row.file is not None and row.file.status in HARMFUL),
                )
        return None
