"""How a learner's way through a course may go, how a record may, and how people stand in what they are asked."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core.exceptions import RuleBroken


class Standing(models.TextChoices):
    """How a person stands in a requirement on a day. Reckoned from dates, never stored."""

    NOT_STARTED = "not_started", gettext_lazy("Not started")
    IN_PROGRESS = "in_progress", gettext_lazy("In progress")
    IN_DATE = "in_date", gettext_lazy("In date")
    EXPIRING = "expiring", gettext_lazy("Expiring soon")
    GRACE = "grace", gettext_lazy("Still has time")
    OVERDUE = "overdue", gettext_lazy("Overdue")
    WAIVED = "waived", gettext_lazy("Waived")
    ABSENT = "absent", gettext_lazy("Away for long")


class RecordStatus(models.TextChoices):
    """Whether something done is counted."""

    COUNTS = "counts", gettext_lazy("Counts")
    WAITING = "waiting", gettext_lazy("Waits to be checked")
    REFUSED = "refused", gettext_lazy("Not accepted")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")


class Status(models.TextChoices):
    IN_PROGRESS = "in_progress", gettext_lazy("In progress")
    COMPLETED = "completed", gettext_lazy("Completed")
    ENDED = "ended", gettext_lazy("Begun anew")


MOVES: dict[Status, frozenset[Status]] = {
    Status.IN_PROGRESS: frozenset({Status.COMPLETED, Status.ENDED}),
    Status.COMPLETED: frozenset(),
    Status.ENDED: frozenset(),
}

RECORD_MOVES: dict[RecordStatus, frozenset[RecordStatus]] = {
    RecordStatus.WAITING: frozenset({RecordStatus.COUNTS, RecordStatus.REFUSED, RecordStatus.WITHDRAWN}),
    RecordStatus.COUNTS: frozenset({RecordStatus.WITHDRAWN}),
    RecordStatus.REFUSED: frozenset(),
    RecordStatus.WITHDRAWN: frozenset(),
}


def check_record_can_move(current: str, wanted: RecordStatus) -> None:
    """Raise RuleBroken unless a record of training may go from one state to the other."""
    if wanted not in RECORD_MOVES[RecordStatus(current)]:
        raise RuleBroken(
            _("This record stands at “%(current)s”, so it cannot become “%(wanted)s”.")
            % {"current": RecordStatus(current).label, "wanted": wanted.label}
        )


def check_can_move(current: str, wanted: Status) -> None:
    """Raise RuleBroken unless a way through a course may go from one state to the other."""
    if wanted not in MOVES[Status(current)]:
        raise RuleBroken(
            _("This course is %(current)s, so it cannot become %(wanted)s.")
            % {"current": Status(current).label.lower(), "wanted": wanted.label.lower()}
        )
