"""What the clock asks of the quarters: keep how everybody stood when each ended."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from foundation import ledger
from foundation.core.acting import person_context
from training.actions import quarter_ends
from training.models import Requirement

PURPOSE = "training"


def last_quarter_end(today: date) -> date:
    """The last day of the quarter before the one in which a day lies."""
    return date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)


def keep(*, now: datetime) -> int:
    """Keep the quarter that ended last, for every organisation. Returns how many rows; done again, none.

    It is due on the day after. Where the clock stood on that day, any later one of the quarter gives the same figures.
    """
    day = last_quarter_end(timezone.localdate(now))
    with ledger.acting_system(PURPOSE):
        asking = Requirement.objects.filter(created_at__lt=now).order_by().values_list("organisation_id", flat=True)
        organisations = sorted(set(asking.distinct()))
    kept = 0
    for organisation_id in organisations:
        with person_context(user_id=None, organisation_id=organisation_id):
            kept += quarter_ends.keep_quarter_end(organisation_id=organisation_id, quarter_end=day, now=now)
    return kept
