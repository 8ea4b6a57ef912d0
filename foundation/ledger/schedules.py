"""What the ledger has done by the clock: both are Celery tasks of that name (see tasks.py)."""

from datetime import time, timedelta

SCHEDULES = [
    {"name": "ledger.seal", "every": timedelta(seconds=30)},  # every event is sealed within a minute
    {"name": "ledger.verify", "at": time(3, 40)},
]
