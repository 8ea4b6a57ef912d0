"""The states of a risk assessment and of a risk, and how they may move between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.core.exceptions import RuleBroken


class Status(models.TextChoices):
    """Where an assessment stands. Only an approved one counts; a superseded one is kept as it was."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    SUPERSEDED = "superseded", _("Superseded")


TRANSITIONS: dict[Status, set[Status]] = {
    Status.DRAFT: {Status.IN_REVIEW},
    Status.IN_REVIEW: {Status.DRAFT, Status.APPROVED},
    Status.APPROVED: {Status.SUPERSEDED},
    Status.SUPERSEDED: set(),
}
OPEN = frozenset({Status.DRAFT, Status.IN_REVIEW})


def check_transition(current: str, to: Status) -> None:
    """Raise RuleBroken unless an assessment may go from ``current`` to ``to``."""
    if to not in TRANSITIONS[Status(current)]:
        raise RuleBroken(
            _("This assessment is %(current)s, so it cannot become %(to)s.")
            % {"current": Status(current).label.lower(), "to": to.label.lower()}
        )


def check_open(current: str) -> None:
    """Raise RuleBroken unless the text and the scores of an assessment may still change."""
    if Status(current) not in OPEN:
        raise RuleBroken(
            _("This assessment is %(current)s and is kept as it is. Copy it forward to change something.")
            % {"current": Status(current).label.lower()}
        )
