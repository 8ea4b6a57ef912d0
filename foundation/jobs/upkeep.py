"""What the clock asks of the jobs room."""

from datetime import datetime, timedelta

from foundation.jobs import actions, slots
from foundation.jobs.models import Slot

SLOTS_KEPT = timedelta(days=40)
FREQUENT_SLOTS_KEPT = timedelta(days=2)


def dispatch(*, now: datetime) -> None:
    """Bring back lost jobs, send waiting ones, and start what was due by the clock and did not happen."""
    actions.dispatch(now=now)
    slots.send_missed(now=now)


def forget_slots(*, now: datetime) -> None:
    """Slots are kept as long as they could be asked for again, and a month beyond for whoever wonders."""
    Slot.objects.filter(due_at__lt=now - SLOTS_KEPT).delete()
    Slot.objects.filter(name__in=slots.frequent_names(), due_at__lt=now - FREQUENT_SLOTS_KEPT).delete()
