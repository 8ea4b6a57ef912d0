"""Actions about reminders and reports of training."""

from tests.every_action.ground import Action, of_nobody
from training.actions import reminders

MANAGERS = frozenset({"prevent_lead", "training_manager"})


ACTIONS: dict[str, Action] = {
    "training.change_reminders": of_nobody(
        reminders.change_reminders, "training.reminders_changed", MANAGERS,
        lambda ground: {
            "version": 1, "days_before": [30], "days_after": [1], "escalate_days_after": 7, "digest_on": None,
        },
    ),
}  # fmt: skip
