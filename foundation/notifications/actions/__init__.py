"""Every write: what tells people (telling), what they do with it (reading), what the postman does (mailing)."""

from foundation.notifications.actions.joining import hand_over
from foundation.notifications.actions.mailing import claim, put_off, release, sent, write_digests
from foundation.notifications.actions.reading import mark_all_read, mark_read, prefer
from foundation.notifications.actions.telling import notify, notify_many, remind, remind_many

__all__ = [
    "claim",
    "hand_over",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_many",
    "prefer",
    "put_off",
    "release",
    "remind",
    "remind_many",
    "sent",
    "write_digests",
]
