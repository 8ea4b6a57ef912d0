"""What is done by the clock: declared by each app in ``schedules.py``, kept in the scheduler's tables.

An app declares plain dictionaries, so that the rooms below this one can do it too::

    SCHEDULES = [
        {"name": "ledger.seal", "run": "foundation.ledger.sealing.seal", "every": timedelta(seconds=30)},
        {"name": "notifications.digest", "run": "foundation.notifications.upkeep.digest", "at": time(7, 30)},
    ]

A room with a Celery task of its own writes ``("ledger.seal", timedelta(seconds=30))``: the task's name, and how often.
``run`` is called as ``run(now=…)``. ``at`` is a time of day in London; ``weekdays`` (0 is Monday) narrows it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from celery import current_app
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string, module_has_submodule

from foundation.jobs.broker import SCHEDULED

LONDON = ZoneInfo("Europe/London")
SHORTEST = timedelta(seconds=5)
LONGEST = timedelta(days=1)
EXPIRE_SECONDS = 600


@dataclass(frozen=True)
class Schedule:
    """One thing done by the clock: every so often (``every``) or at a time of day (``at``).

    Without ``run`` it is the Celery task called ``name``.
    """

    name: str
    run: str = ""
    every: timedelta | None = None
    at: time | None = None
    weekdays: frozenset[int] = frozenset(range(7))

    def __post_init__(self) -> None:
        if (self.every is None) == (self.at is None):
            raise ImproperlyConfigured(f"The schedule {self.name} needs either 'every' or 'at'.")
        if self.every is not None and not SHORTEST <= self.every <= LONGEST:
            raise ImproperlyConfigured(f"The schedule {self.name} must come every 5 seconds to every day.")

    def work(self, now: datetime) -> None:
        """Do it."""
        if self.run:
            import_string(self.run)(now=now)
        else:
            current_app.tasks[self.name].run()

    def latest(self, now: datetime) -> datetime:
        """The newest moment, not after ``now``, at which this was due (UTC).

        A time of day that the clocks skip in March is taken an hour later; one that comes twice in October is taken
        the first time, once.
        """
        if self.every is not None:
            seconds = int(self.every.total_seconds())
            return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
        assert self.at is not None
        today = timezone.localdate(now, LONDON)
        for days in range(9):
            day = today - timedelta(days=days)
            due = datetime.combine(day, self.at, LONDON).astimezone(UTC)
            if day.weekday() in self.weekdays and due <= now:
                return due
        raise ImproperlyConfigured(f"The schedule {self.name} is due on no day of the week.")


def declared() -> dict[str, Schedule]:
    """Every schedule of every installed app, by name. Raises ImproperlyConfigured for one that cannot work."""
    found: dict[str, Schedule] = {}
    for app in apps.get_app_configs():
        if app.module is None or not module_has_submodule(app.module, "schedules"):
            continue
        for entry in getattr(import_module(f"{app.name}.schedules"), "SCHEDULES", []):
            schedule = _read(entry)
            if schedule.name in found:
                raise ImproperlyConfigured(f"Two apps declare the schedule {schedule.name}.")
            if schedule.run:
                import_string(schedule.run)  # a misspelt one stops the start
            found[schedule.name] = schedule
    return found


def _read(entry: Mapping[str, Any] | tuple[str, timedelta]) -> Schedule:
    if isinstance(entry, tuple):
        return Schedule(entry[0], every=entry[1])
    return Schedule(**{**entry, "weekdays": frozenset(entry.get("weekdays", range(7)))})


@transaction.atomic
def sync(schedules: Iterable[Schedule]) -> list[str]:
    """Bring the scheduler's tables to what the code declares, and say what changed. Safe to repeat."""
    from django_celery_beat.models import PeriodicTask  # noqa: PLC0415 -- a model: not before Django is ready

    wanted = {schedule.name: schedule for schedule in schedules}
    changes = []
    for name, schedule in wanted.items():
        timing = _timing(schedule)
        fields = {
            "task": SCHEDULED,
            "kwargs": f'{{"name": "{name}"}}',
            "interval": None,
            "crontab": None,
            "enabled": True,
            # What a stopped worker finds later has no slot of its own any more. Much longer than a slot, because the
            # clocks of two machines differ and a worker throws away what its own clock calls expired.
            "expire_seconds": EXPIRE_SECONDS,
            **timing,
        }
        standing = PeriodicTask.objects.filter(name=name).first()
        if standing is None:
            PeriodicTask.objects.create(name=name, **fields)
            changes.append(f"added {name}")
        elif any(getattr(standing, field) != value for field, value in fields.items()):
            for field, value in fields.items():
                setattr(standing, field, value)
            standing.save()
            changes.append(f"changed {name}")
    for gone in PeriodicTask.objects.filter(task=SCHEDULED).exclude(name__in=wanted):
        gone.delete()
        changes.append(f"removed {gone.name}")
    return changes


def _timing(schedule: Schedule) -> dict[str, object]:
    from django_celery_beat.models import CrontabSchedule, IntervalSchedule  # noqa: PLC0415 -- see sync

    if schedule.every is not None:
        interval, _ = IntervalSchedule.objects.get_or_create(
            every=int(schedule.every.total_seconds()), period=IntervalSchedule.SECONDS
        )
        return {"interval": interval}
    assert schedule.at is not None
    every_day = schedule.weekdays == frozenset(range(7))
    crontab, _ = CrontabSchedule.objects.get_or_create(
        minute=str(schedule.at.minute),
        hour=str(schedule.at.hour),
        # Celery counts from Sunday.
        day_of_week="*" if every_day else ",".join(str((day + 1) % 7) for day in sorted(schedule.weekdays)),
        day_of_month="*",
        month_of_year="*",
        timezone=LONDON,
    )
    return {"crontab": crontab}
