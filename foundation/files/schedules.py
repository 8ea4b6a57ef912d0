"""What the files room has done by the clock."""

from datetime import time, timedelta

SCHEDULES = [
    {"name": "files.scan_waiting", "run": "foundation.files.upkeep.scan_waiting", "every": timedelta(minutes=5)},
    {"name": "files.sweep", "run": "foundation.files.upkeep.sweep", "at": time(2, 10)},
    {"name": "files.check", "run": "foundation.files.upkeep.check_all", "at": time(2, 40)},
]
