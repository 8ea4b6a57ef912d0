"""What the action plans have done by the clock."""

from datetime import time

SCHEDULES = [{"name": "actionplans.remind", "run": "actionplans.upkeep.remind", "at": time(6, 45)}]
