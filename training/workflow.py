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


class SessionStatus(models.TextChoices):
    """Where a taught session stands. Held: it is over, and who came is recorded."""

    PLANNED = "planned", gettext_lazy("Planned")
    HELD = "held", gettext_lazy("Held")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


class PlaceStatus(models.TextChoices):
    """How somebody stands in a session."""

    BOOKED = "booked", gettext_lazy("Has a place")
    WAITING = "waiting", gettext_lazy("On the waiting list")
    WITHDRAWN = "withdrawn", gettext_lazy("Place given back")
    ATTENDED = "attended", gettext_lazy("Came")
    ABSENT = "absent", gettext_lazy("Did not come")


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

SESSION_MOVES: dict[SessionStatus, frozenset[SessionStatus]] = {
    SessionStatus.PLANNED: frozenset({SessionStatus.HELD, SessionStatus.CANCELLED}),
    SessionStatus.HELD: frozenset(),
    SessionStatus.CANCELLED: frozenset(),
}

PLACE_MOVES: dict[PlaceStatus, frozenset[PlaceStatus]] = {
    PlaceStatus.BOOKED: frozenset({PlaceStatus.WITHDRAWN, PlaceStatus.ATTENDED, PlaceStatus.ABSENT}),
    PlaceStatus.WAITING: frozenset({PlaceStatus.BOOKED, PlaceStatus.WITHDRAWN, PlaceStatus.ATTENDED}),
    PlaceStatus.WITHDRAWN: frozenset(),
    PlaceStatus.ATTENDED: frozenset({PlaceStatus.ABSENT}),
    PlaceStatus.ABSENT: frozenset({PlaceStatus.ATTENDED}),
}


def check_session_can_move(current: str, wanted: SessionStatus) -> None:
    """Raise RuleBroken unless a taught session may go from one state to the other."""
    if wanted not in SESSION_MOVES[SessionStatus(current)]:
        raise RuleBroken(
            _("This session stands at “%(current)s”, so it cannot become “%(wanted)s”.")
            % {"current": SessionStatus(current).label, "wanted": wanted.label}
        )


def check_place_can_move(current: str, wanted: PlaceStatus) -> None:
    """Raise RuleBroken unless a place in a session may go from one state to the other."""
    if wanted not in PLACE_MOVES[PlaceStatus(current)]:
        raise RuleBroken(
            _("This place stands at “%(current)s”, so it cannot become “%(wanted)s”.")
            % {"current": PlaceStatus(current).label, "wanted": wanted.label}
        )


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
