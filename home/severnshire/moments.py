"""Times in the past at which people at work do things: always the same for the same ``now`` and the same key."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zlib import crc32

from django.utils import timezone

DAYS_IN_A_MONTH = 30.44
DAY_BEGINS = 8 * 60 + 30
MINUTES_AT_WORK = 8 * 60
FRIDAY = 4


@dataclass(frozen=True)
class Moments:
    """Counts months back from ``now``. Negative months are ahead."""

    now: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def day(self, months_ago: float) -> date:
        return self.today - timedelta(days=round(months_ago * DAYS_IN_A_MONTH))

    def at_work(self, months_ago: float, key: str) -> datetime:
        """A minute of a working day about so many months ago, never later than now."""
        day = self.day(months_ago)
        day -= timedelta(days=max(day.weekday() - FRIDAY, 0))
        minutes = DAY_BEGINS + crc32(key.encode()) % MINUTES_AT_WORK
        local = datetime.combine(day, time(), tzinfo=timezone.get_default_timezone()) + timedelta(minutes=minutes)
        latest = self.now - timedelta(minutes=10 + crc32(key.encode()) % 120)
        return min(local, latest).astimezone(UTC)
