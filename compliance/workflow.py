"""The states of a compliance report. None is stored: each follows from its document and from the job that makes it."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.core.exceptions import RuleBroken
from foundation.jobs.workflow import Status as JobStatus


class ReportStatus(models.TextChoices):
    REQUESTED = "requested", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


# With its document a report is ready, whatever became of the job. Without it, the job says how it stands.
WITHOUT_DOCUMENT: dict[JobStatus, ReportStatus] = {
    JobStatus.QUEUED: ReportStatus.REQUESTED,
    JobStatus.DELAYED: ReportStatus.REQUESTED,
    JobStatus.RUNNING: ReportStatus.REQUESTED,
    JobStatus.DONE: ReportStatus.FAILED,
    JobStatus.FAILED: ReportStatus.FAILED,
    JobStatus.CANCELLED: ReportStatus.CANCELLED,
}
WITHOUT_DOCUMENT_AND_JOB = ReportStatus.FAILED  # jobs long over may be cleared away
MAY_BE_MADE_AGAIN = frozenset({ReportStatus.FAILED, ReportStatus.CANCELLED})


def check_may_be_made_again(state: str) -> None:
    """Raise RuleBroken unless a report in this state may be asked for once more."""
    if state not in MAY_BE_MADE_AGAIN:
        raise RuleBroken(
            gettext("This report is %(current)s, so it cannot be made again.")
            % {"current": ReportStatus(state).label.lower()}
        )
