"""Which standings are asked for together, and how each is shown."""

from collections.abc import Mapping

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from training.figures import APART, GOOD
from training.models.assignments import AssignmentQuerySet
from training.workflow import Standing

NOT_GOOD = tuple(each for each in Standing if each not in (*GOOD, *APART))
TOGETHER: dict[str, tuple[tuple[Standing, ...], str | Promise]] = {
    "good": (GOOD, _("In date, with those expiring soon")),
    "to_do": (NOT_GOOD, _("Not in date")),
    "counted": ((*GOOD, *NOT_GOOD), _("All who are counted")),
}
CHOICES = [("", _("Any")), *((name, label) for name, (_all, label) in TOGETHER.items()), *Standing.choices]
LABELS: Mapping[str, str | Promise] = {standing.value: standing.label for standing in Standing}
COLOURS: Mapping[str, str] = {
    Standing.NOT_STARTED: "yellow",
    Standing.IN_PROGRESS: "blue",
    Standing.IN_DATE: "green",
    Standing.EXPIRING: "orange",
    Standing.GRACE: "light-blue",
    Standing.OVERDUE: "red",
    Standing.WAIVED: "grey",
    Standing.ABSENT: "grey",
}


def narrowed(rows: AssignmentQuerySet, wanted: str, *, on_day: object) -> AssignmentQuerySet:
    """The rows that stand so: a value of ``Standing`` or a name of ``TOGETHER``."""
    if wanted == Standing.OVERDUE:
        return rows.filter(Q(due_on__lt=on_day), standing=wanted)  # the day is in an index; the standing is not
    if wanted in TOGETHER:
        return rows.filter(standing__in=TOGETHER[wanted][0])
    return rows.filter(standing=wanted)
