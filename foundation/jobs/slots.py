"""Each thing due by the clock is done once per slot, with one scheduler, two, or a clock that was put right."""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.jobs import broker, scheduling
from foundation.jobs.models import MOST_ATTEMPTS, Slot
from foundation.jobs.scheduling import Schedule

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=11)  # a little more than the time limit of the task that runs it
CATCH_UP = timedelta(hours=12)
CLOCKS_DIFFER = timedelta(minutes=1)


def run_due(name: str, *, now: datetime | None = None) -> bool:
    """Do what is due under this name, unless it was done for this slot. True when it was done now."""
    now = now or timezone.now()
    schedule = scheduling.declared().get(name)
    if schedule is None:
        logger.warning("Nothing is declared under the schedule %s; run sync_schedules.", name)
        return False
    slot = claim(schedule, now=now)
    if slot is None:
        return False
    schedule.work(now)
    Slot.objects.filter(pk=slot.pk).update(finished_at=timezone.now())
    return True


@transaction.atomic
def claim(schedule: Schedule, *, now: datetime) -> Slot | None:
    """The slot that is due, if nobody has it. A slot whose worker died is taken up again, three times at most."""
    due_at = schedule.latest(now)
    if schedule.every is not None:
        # Slots from a clock that ran ahead would stop what must not stop. What is daily keeps them: it was done.
        Slot.objects.filter(name=schedule.name, due_at__gt=now + CLOCKS_DIFFER).delete()
    try:
        with transaction.atomic():
            return Slot.objects.create(name=schedule.name, due_at=due_at, lease_until=now + LEASE)
    except IntegrityError:
        pass
    slot = Slot.objects.select_for_update(skip_locked=True).filter(name=schedule.name, due_at=due_at).first()
    if slot is None or not _is_free(slot, now):
        return None
    slot.attempts += 1
    slot.lease_until = now + LEASE
    slot.save(update_fields=["attempts", "lease_until"])
    return slot


def send_missed(*, now: datetime) -> None:
    """Send what was due at a time of day and was not done: no scheduler ran, Redis lost it, or its worker died."""
    for schedule in scheduling.declared().values():
        due_at = schedule.latest(now)
        if schedule.at is None or not timedelta(minutes=2) < now - due_at < CATCH_UP:
            continue
        slot = Slot.objects.filter(name=schedule.name, due_at=due_at).first()
        if slot is None or _is_free(slot, now):
            broker.send_scheduled(schedule.name)


def frequent_names() -> list[str]:
    """Schedules whose slots come every few seconds."""
    return [schedule.name for schedule in scheduling.declared().values() if schedule.every is not None]


def _is_free(slot: Slot, now: datetime) -> bool:
    return slot.finished_at is None and slot.lease_until < now and slot.attempts < MOST_ATTEMPTS
