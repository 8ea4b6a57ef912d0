"""What the risk room has done by the clock."""

from datetime import time

SCHEDULES = [{"name": "risk.remind", "run": "risk.upkeep.remind", "at": time(6, 40)}]
