"""What the training room has done by the clock."""

from datetime import time, timedelta

SCHEDULES = [
    {"name": "training.work_out_changed", "run": "training.upkeep.work_out_changed", "every": timedelta(seconds=30)},
    {"name": "training.note_roles_of_the_day", "run": "training.upkeep.note_roles_of_the_day", "at": time(0, 10)},
    {"name": "training.forget_files", "run": "training.bringing.upkeep.forget_files", "at": time(3, 55)},
    {"name": "training.keep_quarter_ends", "run": "training.quarter_ends.keep", "at": time(0, 40)},
    {"name": "training.remind", "run": "training.reminding.remind", "at": time(6, 30)},
    {"name": "training.remind_of_sessions", "run": "training.session_reminders.remind", "at": time(6, 40)},
    {"name": "training.send_digests", "run": "training.reminding.send_digests", "at": time(7, 0)},
]
