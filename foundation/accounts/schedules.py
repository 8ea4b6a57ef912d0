"""What the scheduler starts by itself: the task and how often."""

from datetime import timedelta

SCHEDULES: list[tuple[str, timedelta]] = [
    ("accounts.send_letters", timedelta(seconds=15)),
    ("accounts.tidy", timedelta(hours=1)),
]
