"""What the jobs room has done by the clock. Each app may have such a file; foundation.jobs.scheduling reads it."""

from datetime import time, timedelta

SCHEDULES = [
    {"name": "jobs.dispatch", "run": "foundation.jobs.upkeep.dispatch", "every": timedelta(seconds=15)},
    {"name": "jobs.forget_slots", "run": "foundation.jobs.upkeep.forget_slots", "at": time(3, 20)},
]
