"""What the risk room has done by the clock."""

from datetime import time

SCHEDULES = [
    {"name": "risk.remind", "run": "risk.upkeep.remind", "at": time(6, 40)},
    {"name": "risk.forget_files", "run": "risk.upkeep.forget_files", "at": time(3, 50)},
]
