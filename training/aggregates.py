"""The numbers of partners who name nobody, as a page or a report adds them to its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from foundation.core.acting import Acting
from training.models import PartnerReturn


@dataclass(frozen=True)
class Total:
    """What partners' numbers add up to."""

    in_scope: int
    in_date: int


def latest(acting: Acting, on: date, *, requirement_id: int | None = None) -> list[PartnerReturn]:
    """The newest numbers of each partner, requirement and role group as at a day, as they were known then.

    For who sees everybody's training; nothing for others. Read with the requirement and who recorded them. One query.
    """
    if not acting.may("training.view"):
        return []
    rows = PartnerReturn.objects.visible_to(acting).known(on, today=timezone.localdate())
    if requirement_id is not None:
        rows = rows.filter(requirement_id=requirement_id)
    rows = rows.select_related("requirement", "recorded_by")
    of_each = ("partner_name", "requirement_id", "group")
    return list(rows.order_by(*of_each, "-as_at", "-pk").distinct(*of_each))


def total(rows: Iterable[PartnerReturn]) -> Total:
    """Numerator and denominator of several partners together."""
    found = list(rows)
    return Total(sum(row.in_scope for row in found), sum(row.in_date for row in found))
