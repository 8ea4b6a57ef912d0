"""Who may ask for a job, stop it or start it again."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.jobs.models import Job
from foundation.jobs.registry import Handler


def check_can_ask(acting: Acting, handler: Handler) -> None:
    """At request and again when the job runs."""
    if not acting.may(handler.permission):
        raise PermissionDenied(_("Your role does not allow this job."))


def check_can_cancel(acting: Acting, job: Job) -> None:
    if not job.belongs_to(acting):
        raise PermissionDenied(_("Only the person who asked for a job can cancel it."))


def check_can_retry(acting: Acting, job: Job) -> None:
    """Whether they still may do what the job does is asked of its handler, as at the first time."""
    if not job.belongs_to(acting):
        raise PermissionDenied(_("Only the person who asked for a job can start it again."))
