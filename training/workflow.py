"""How a learner's way through a course may go."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core.exceptions import RuleBroken


class Status(models.TextChoices):
    IN_PROGRESS = "in_progress", gettext_lazy("In progress")
    COMPLETED = "completed", gettext_lazy("Completed")
    ENDED = "ended", gettext_lazy("Begun anew")


MOVES: dict[Status, frozenset[Status]] = {
    Status.IN_PROGRESS: frozenset({Status.COMPLETED, Status.ENDED}),
    Status.COMPLETED: frozenset(),
    Status.ENDED: frozenset(),
}


def check_can_move(current: str, wanted: Status) -> None:
    """Raise RuleBroken unless a way through a course may go from one state to the other."""
    if wanted not in MOVES[Status(current)]:
        raise RuleBroken(
            _("This course is %(current)s, so it cannot become %(wanted)s.")
            % {"current": Status(current).label.lower(), "wanted": wanted.label.lower()}
        )
