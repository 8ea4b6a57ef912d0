"""Where a letter may go from where it is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.core.exceptions import RuleBroken


class MailStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")


TRANSITIONS: dict[MailStatus, set[MailStatus]] = {
    MailStatus.WAITING: {MailStatus.SENDING},
    # Again: whoever was sending it died, and another takes over.
    MailStatus.SENDING: {MailStatus.SENDING, MailStatus.WAITING, MailStatus.SENT, MailStatus.FAILED},
    MailStatus.SENT: set(),
    MailStatus.FAILED: set(),
}


class Delivery(models.TextChoices):
    """When somebody wants a letter about a notice."""

    IMMEDIATELY = "immediately", _("At once")
    DAILY = "daily", _("Once a day, in the morning")
    NONE = "none", _("Not at all: I look in the portal")


def check_transition(current: str, to: MailStatus) -> None:
    """Raise RuleBroken unless a letter may go from ``current`` to ``to``."""
    if to not in TRANSITIONS[MailStatus(current)]:
        raise RuleBroken(f"A letter that is {current} cannot become {to}.")
