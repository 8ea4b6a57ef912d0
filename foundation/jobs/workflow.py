"""Where a job may go from where it is."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.core.exceptions import RuleBroken


class Status(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    DELAYED = "delayed", _("Delayed")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


TRANSITIONS: dict[Status, set[Status]] = {
    Status.QUEUED: {Status.DELAYED, Status.RUNNING, Status.CANCELLED},
    Status.DELAYED: {Status.QUEUED, Status.RUNNING, Status.CANCELLED},
    # Back to queued: the worker died, or the attempt failed in a way that another may not.
    Status.RUNNING: {Status.QUEUED, Status.DONE, Status.FAILED, Status.CANCELLED},
    Status.DONE: set(),
    Status.FAILED: {Status.QUEUED},
    Status.CANCELLED: set(),
}
WAITING = frozenset({Status.QUEUED, Status.DELAYED})
FINISHED = frozenset({Status.DONE, Status.FAILED, Status.CANCELLED})


class Failure(models.TextChoices):
    """Why a job failed, as a sentence for the person who asked."""

    CRASHED = "crashed", _("The job stopped without a reason three times. Try again, or tell your administrator.")
    TOO_LONG = "too_long", _("The job took longer than it may. Ask for less at once, such as one theme.")
    REFUSED = "refused", _("You may no longer do this, so the job was not done.")
    RULE = "rule", _("The job could not be done.")
    UNEXPECTED = "unexpected", _("Something went wrong on our side, three times. Tell your administrator.")
    UNKNOWN_KIND = "unknown_kind", _("This version of the portal no longer does this kind of job.")


def may_become(current: str, to: Status) -> bool:
    return to in TRANSITIONS[Status(current)]


def check_transition(current: str, to: Status) -> None:
    """Raise RuleBroken unless a job may go from ``current`` to ``to``."""
    if not may_become(current, to):
        raise RuleBroken(
            gettext("This job is %(current)s, so it cannot become %(to)s.")
            % {"current": Status(current).label.lower(), "to": to.label.lower()}
        )
