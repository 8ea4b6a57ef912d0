"""The states of a compliance report and how it may move between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.core.exceptions import RuleBroken


class ReportStatus(models.TextChoices):
    REQUESTED = "requested", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


TRANSITIONS: dict[ReportStatus, set[ReportStatus]] = {
    ReportStatus.REQUESTED: {ReportStatus.READY, ReportStatus.FAILED, ReportStatus.CANCELLED},
    ReportStatus.READY: set(),
    ReportStatus.FAILED: {ReportStatus.REQUESTED},
    ReportStatus.CANCELLED: {ReportStatus.REQUESTED},
}


def check_transition(current: str, to: ReportStatus) -> None:
    """Raise RuleBroken unless a report may go from ``current`` to ``to``."""
    if to not in TRANSITIONS[ReportStatus(current)]:
        raise RuleBroken(
            _("This report is %(current)s, so it cannot become %(to)s.")
            % {"current": ReportStatus(current).label.lower(), "to": to.label.lower()}
        )
