"""What becomes of notices when two memberships of one person are joined. A part of that action."""

from django.db.models import Exists, Model, OuterRef

from foundation.notifications.models import Notice, Preference, Reminder

# What is told once, and the columns that say it is the same.
ONCE: dict[type[Model], tuple[str, ...]] = {
    Notice: ("kind", "target_type", "target_id", "event"),
    Reminder: ("kind", "target_type", "target_id", "cycle"),
    Preference: ("group",),
}


def hand_over(*, organisation_id: int, from_id: int, to_id: int) -> None:
    """Notices, what is known of reminders, and wishes go over, but for those that the other membership has already.

    So nobody is reminded again of what they were reminded of under the other one.
    """
    for model, columns in ONCE.items():
        rows = model._default_manager.filter(organisation_id=organisation_id)
        same = rows.filter(membership_id=to_id, **{column: OuterRef(column) for column in columns})
        rows.filter(membership_id=from_id).exclude(Exists(same)).order_by().update(membership_id=to_id)
