"""Messages leave after the commit and never before; one that Redis does not take leaves the job delayed."""

import logging
from collections.abc import Iterable

from django.db import DatabaseError, transaction

from foundation.core.acting import person_context
from foundation.jobs import broker
from foundation.jobs.models import Job
from foundation.jobs.workflow import Status

logger = logging.getLogger(__name__)


def send_after_commit(jobs: Iterable[Job]) -> None:
    """Send each job's id once the transaction stands. Never raises: what was saved must not look as if it were not."""
    found = list(jobs)

    def send() -> None:
        for job in found:
            if not broker.send_job(
                job_id=job.pk,
                organisation_id=job.organisation_id,
                limit_seconds=job.limit_seconds,
                is_long=job.is_long,
            ):
                _mark_delayed(job)

    transaction.on_commit(send)


def _mark_delayed(job: Job) -> None:
    """Say so on the job's page. If even that fails, the dispatcher finds the job by its age."""
    try:
        with person_context(user_id=None, organisation_id=job.organisation_id):
            Job.objects.filter(pk=job.pk, status=Status.QUEUED).update(status=Status.DELAYED, sent_at=None)
    except DatabaseError as error:
        logger.warning("Job %s could not be marked delayed: %s", job.reference, type(error).__name__)
