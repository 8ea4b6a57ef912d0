"""One attempt at one job, from the claim to its end."""

import logging
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from foundation.core.exceptions import RuleBroken
from foundation.jobs import actions, arguments, registry
from foundation.jobs.context import JobContext
from foundation.jobs.exceptions import JobCancelled, LeaseLost, UnknownJob
from foundation.jobs.models import Job
from foundation.jobs.pulse import DirectPulse, Pulse, ThreadPulse
from foundation.jobs.workflow import Failure

logger = logging.getLogger(__name__)


def run(*, job_id: int, organisation_id: int) -> None:
    """Do a job if it still waits to be done. A message that comes twice, late or for nothing changes nothing."""
    job = actions.claim(job_id=job_id, organisation_id=organisation_id, now=timezone.now())
    if job is None:
        return
    _attempt(job, ThreadPulse(job), timezone.now)
    actions.send_next(organisation_id=organisation_id, now=timezone.now())


def run_here(job: Job, *, at: datetime | None = None) -> Job:
    """Do a job in this process; see ``foundation.jobs.run_here``."""
    clock: Callable[[], datetime] = (lambda: at) if at else timezone.now
    claimed = actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=clock())
    if claimed is None:
        raise RuleBroken(f"Job {job.reference} does not wait to be done.")
    _attempt(claimed, nullcontext(DirectPulse(claimed)), clock)
    return Job.objects.get(pk=job.pk)


def _attempt(job: Job, beating: AbstractContextManager[Pulse], clock: Callable[[], datetime]) -> None:
    """Never raises for what the job did; only for a database that is away, and then the lease runs out."""
    try:
        try:
            handler = registry.find(job.name)
        except UnknownJob:
            actions.failed(job, code=Failure.UNKNOWN_KIND, now=clock())
            return
        with beating as pulse:
            context = JobContext(job, handler, pulse, clock)
            _run_handler(job, handler, context, clock)
    except LeaseLost:
        logger.warning("Job %s went to another worker; this attempt was undone.", job.reference)


def _run_handler(job: Job, handler: registry.Handler, context: JobContext, clock: Callable[[], datetime]) -> None:
    try:
        with translation.override(_language_of(context)):
            handler.run(context, **arguments.from_json(job.arguments))
            if not context.is_finished:
                actions.done(job, by=context.acting(), now=clock())
    except LeaseLost:
        raise
    except JobCancelled:
        actions.cancelled(job, now=clock())
    except PermissionDenied as error:
        actions.failed(job, code=Failure.REFUSED, now=clock(), sentence=str(error))
    except RuleBroken as error:
        actions.failed(job, code=Failure.RULE, now=clock(), sentence=str(error))
    except SoftTimeLimitExceeded:
        actions.failed(job, code=Failure.TOO_LONG, now=clock())
    except Exception as error:  # a fault of ours: said where, never with what data, and tried again
        logger.error("Job %s (%s) failed: %s", job.reference, job.name, _where(error))
        if context.is_finished:
            return
        actions.failed(job, code=Failure.UNEXPECTED, now=clock(), try_again=True)


def _language_of(context: JobContext) -> str:
    user = context.acting().user
    return user.language if user else "en-gb"


def _where(error: Exception) -> str:
    """The kind of error and the lines it came through. Its text may hold personal data, so it stays out of the log."""
    lines = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    return f"{type(error).__name__} at {' > '.join(lines[-6:])}"
