"""What the world outside says on the day an assessment is approved."""

from datetime import date

from foundation.core.acting import Acting
from risk import threat


def threat_level(acting: Acting, on: date) -> str:
    """The national threat level in force on a day; empty where the portal does not know one."""
    found = threat.level_in_force(acting, on)
    return found.level if found else ""
