"""What the notifications room has done by the clock."""

from datetime import time, timedelta

SCHEDULES = [
    {
        "name": "notifications.send_mail",
        "run": "foundation.notifications.upkeep.send_mail",
        "every": timedelta(seconds=15),
    },
    {"name": "notifications.digest", "run": "foundation.notifications.upkeep.write_digests", "at": time(7, 30)},
]
