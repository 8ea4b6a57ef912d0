"""What the scheduler starts by itself: the task and how often."""

from datetime import timedelta

SCHEDULES: list[tuple[str, timedelta]] = [
    ("ledger.seal", timedelta(seconds=30)),  # every event is sealed within a minute
    ("ledger.verify", timedelta(days=1)),
]
