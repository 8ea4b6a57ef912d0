"""What can happen to a stored file."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core.exceptions import RuleBroken


class Status(models.TextChoices):
    RECEIVED = "received", gettext_lazy("Received")
    QUARANTINED = "quarantined", gettext_lazy("Waiting to be scanned")
    SCANNING = "scanning", gettext_lazy("Being scanned")
    CLEAN = "clean", gettext_lazy("Scanned, nothing found")
    NOT_SCANNED = "not_scanned", gettext_lazy("Not scanned")
    MADE_HERE = "made_here", gettext_lazy("Made by the portal")
    INFECTED = "infected", gettext_lazy("Harmful")
    REFUSED = "refused", gettext_lazy("Refused by the scanner")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")


TRANSITIONS: dict[Status, set[Status]] = {
    Status.RECEIVED: {Status.QUARANTINED, Status.NOT_SCANNED, Status.MADE_HERE},
    Status.QUARANTINED: {Status.SCANNING, Status.NOT_SCANNED, Status.WITHDRAWN},
    # Back to quarantine: the scanner did not answer, or could not look at all of it.
    Status.SCANNING: {Status.CLEAN, Status.INFECTED, Status.REFUSED, Status.QUARANTINED, Status.WITHDRAWN},
    Status.CLEAN: {Status.WITHDRAWN},
    Status.MADE_HERE: {Status.WITHDRAWN},
    # A scanner was connected later.
    Status.NOT_SCANNED: {Status.QUARANTINED, Status.WITHDRAWN},
    Status.INFECTED: {Status.WITHDRAWN},
    Status.REFUSED: {Status.WITHDRAWN},
    Status.WITHDRAWN: set(),
}
WAITING = frozenset({Status.QUARANTINED, Status.SCANNING})
JUDGED = frozenset({Status.CLEAN, Status.INFECTED, Status.REFUSED})


def check_transition(current: str, to: Status) -> None:
    """Return if a file may go from ``current`` to ``to``; otherwise raise RuleBroken."""
    if to not in TRANSITIONS[Status(current)]:
        raise RuleBroken(
            _("This file is in the state “%(current)s”, so it cannot become “%(to)s”.")
            % {"current": Status(current).label, "to": to.label}
        )
