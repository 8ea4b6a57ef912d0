"""What the world outside says on the day an assessment is approved."""

from datetime import date

from foundation.core.acting import Acting


def threat_level(acting: Acting, on: date) -> str:
    """The national threat level in force on a day; empty where the portal does not know one."""
    return ""
