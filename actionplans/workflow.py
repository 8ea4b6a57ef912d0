"""The states of a plan and of an action, and how they may move between them."""

from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from foundation.core.exceptions import RuleBroken


class PlanStatus(models.TextChoices):
    """A draft is written, an active plan is worked on, a closed one is kept as it was."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    CLOSED = "closed", _("Closed")


class Status(models.TextChoices):
    """Where an action stands, as its people say. Whether it is late is computed, never stored."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    ON_HOLD = "on_hold", _("On hold")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


PLAN_TRANSITIONS: dict[PlanStatus, set[PlanStatus]] = {
    PlanStatus.DRAFT: {PlanStatus.ACTIVE},
    PlanStatus.ACTIVE: {PlanStatus.CLOSED},
    PlanStatus.CLOSED: set(),
}
TRANSITIONS: dict[Status, set[Status]] = {
    Status.NOT_STARTED: {Status.IN_PROGRESS, Status.DONE, Status.CANCELLED},
    Status.IN_PROGRESS: {Status.ON_HOLD, Status.DONE, Status.CANCELLED},
    Status.ON_HOLD: {Status.IN_PROGRESS, Status.CANCELLED},
    Status.DONE: {Status.IN_PROGRESS},
    Status.CANCELLED: {Status.IN_PROGRESS},
}
OPEN = frozenset({Status.NOT_STARTED, Status.IN_PROGRESS, Status.ON_HOLD})


def check_plan_transition(current: str, to: PlanStatus) -> None:
    """Raise RuleBroken unless a plan may go from ``current`` to ``to``."""
    if to not in PLAN_TRANSITIONS[PlanStatus(current)]:
        raise RuleBroken(
            _now("This plan is %(current)s, so it cannot become %(to)s.")
            % {"current": PlanStatus(current).label.lower(), "to": to.label.lower()}
        )


def check_plan_open(current: str) -> None:
    """Raise RuleBroken if the plan is closed: nothing in it changes any more."""
    if PlanStatus(current) == PlanStatus.CLOSED:
        raise RuleBroken(_now("This plan is closed and is kept as it is."))


def check_transition(current: str, to: Status) -> None:
    """Raise RuleBroken unless an action may go from ``current`` to ``to``."""
    if to not in TRANSITIONS[Status(current)]:
        raise RuleBroken(
            _now("This action is %(current)s, so it cannot become %(to)s.")
            % {"current": Status(current).label.lower(), "to": to.label.lower()}
        )


def check_open(current: str) -> None:
    """Raise RuleBroken if the action is done or cancelled: reopen it to change something."""
    if Status(current) not in OPEN:
        raise RuleBroken(
            _now("This action is %(current)s. Reopen it to change something.")
            % {"current": Status(current).label.lower()}
        )
