"""What a worker does with a job: take it, say that it lives, end it.

Each function is a short transaction of its own in the job's organisation, under a lock on the row, and writes only
while this attempt still holds the lease: a worker that was frozen and wakes up finds that it may not.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from foundation import ledger
from foundation.core.acting import Acting, person_context
from foundation.jobs import limits, workflow
from foundation.jobs.actions.sending import send_after_commit
from foundation.jobs.exceptions import JobCancelled, LeaseLost
from foundation.jobs.models import MOST_ATTEMPTS, Job
from foundation.jobs.workflow import WAITING, Failure, Status

LEASE = timedelta(seconds=60)
VERBS = {Status.DONE: "job.done", Status.FAILED: "job.failed", Status.CANCELLED: "job.cancelled"}


@dataclass(frozen=True)
class Progress:
    """How far a job is: numbers and the code of a sentence its handler declared."""

    done: int = 0
    total: int = 0
    message: str = ""


@dataclass(frozen=True)
class Result:
    """Where the progress page leads when the job is done: a page of the portal, by URL name and reference.

    Where the job made a file, ``file_url_name`` is the view that hands it out; it takes the same reference.
    """

    label: str
    url_name: str
    reference: str = ""
    file_label: str = ""
    file_url_name: str = ""


def claim(*, job_id: int, organisation_id: int, now: datetime) -> Job | None:
    """Take a waiting job for one attempt. None when it is somebody else's, finished or gone: then there is no work."""
    with person_context(user_id=None, organisation_id=organisation_id):
        job = (
            Job.objects.filter(pk=job_id, organisation_id=organisation_id, status__in=WAITING)
            .select_for_update(skip_locked=True, no_key=True)
            .first()
        )
        if job is None:
            return None
        workflow.check_transition(job.status, Status.RUNNING)
        job.status = Status.RUNNING
        job.attempts += 1
        job.leased_by, job.lease_until = uuid.uuid4().hex, now + LEASE
        job.started_at = now
        job.sent_at = job.sent_at or now
        job.version += 1
        job.save(update_fields=["status", "attempts", "leased_by", "lease_until", "started_at", "sent_at", "version"])
    return job


def pulse(job: Job, *, now: datetime, progress: Progress) -> bool:
    """Move the lease forward and show progress. True when somebody asked to cancel. Raises LeaseLost."""
    with person_context(user_id=None, organisation_id=job.organisation_id):
        mine = Job.objects.filter(pk=job.pk, leased_by=job.leased_by, status=Status.RUNNING)
        total = max(progress.total, 0)
        changed = mine.update(
            lease_until=now + LEASE,
            progress_done=min(max(progress.done, 0), total) if total else max(progress.done, 0),
            progress_total=total,
            progress_message=progress.message,
        )
        if not changed:
            raise LeaseLost(job.reference)
        return mine.filter(cancel_requested_at__isnull=False).exists()


def fence(job: Job, *, by: Acting, result: Result | None, now: datetime) -> None:
    """The last thing in a step's transaction: the step stands only if the job is still ours and still wanted.

    With a result the job is done in the same transaction as the step's work: both stand, or neither.
    """
    locked = _held(job)
    if locked.cancel_requested_at is not None:
        raise JobCancelled(job.reference)
    if result is not None:
        _end(locked, Status.DONE, now, by=by, result=result)


def done(job: Job, *, by: Acting, now: datetime) -> None:
    """The handler came back without naming a result."""
    with _own_transaction(job) as locked:
        if locked.cancel_requested_at is not None:
            raise JobCancelled(job.reference)
        _end(locked, Status.DONE, now, by=by)


def cancelled(job: Job, *, now: datetime) -> None:
    with _own_transaction(job) as locked:
        _end(locked, Status.CANCELLED, now)


def failed(job: Job, *, code: Failure, now: datetime, sentence: str = "", try_again: bool = False) -> None:
    """This attempt failed. With ``try_again`` the job waits for another, unless it had three."""
    with _own_transaction(job) as locked:
        end_attempt(locked, code=code, now=now, sentence=sentence, try_again=try_again)


def end_attempt(locked: Job, *, code: Failure, now: datetime, sentence: str = "", try_again: bool = False) -> None:
    """The same for a row that the caller has locked."""
    if locked.cancel_requested_at is not None:
        _end(locked, Status.CANCELLED, now)
    elif try_again and locked.attempts < MOST_ATTEMPTS:
        workflow.check_transition(locked.status, Status.QUEUED)
        locked.status, locked.leased_by, locked.lease_until = Status.QUEUED, "", None
        locked.sent_at = now  # as if sent now: the dispatcher sends it when that is half a minute old
        locked.version += 1
        locked.save(update_fields=["status", "leased_by", "lease_until", "sent_at", "version"])
    else:
        locked.failure_code, locked.failure_sentence = code, (sentence or str(code.label))[:300]
        _end(locked, Status.FAILED, now)


def send_next(*, organisation_id: int, now: datetime) -> None:
    """A job of this organisation ended: send the one whose turn it is, each person in turn."""
    with person_context(user_id=None, organisation_id=organisation_id):
        for is_long in (False, True):
            mine = Job.objects.filter(organisation_id=organisation_id, is_long=is_long).order_by("created_at", "pk")
            room = limits.at_once(is_long=is_long) - mine.in_flight().count()
            if room <= 0:
                continue
            busy = set(mine.in_flight().values_list("requested_by_id", flat=True))
            waiting = mine.filter(status=Status.QUEUED, sent_at__isnull=True)
            first = waiting.exclude(requested_by_id__in=busy).first() or waiting.first()
            if first and waiting.filter(pk=first.pk).update(sent_at=now):
                send_after_commit([first])


@contextmanager
def _own_transaction(job: Job) -> Iterator[Job]:
    with person_context(user_id=None, organisation_id=job.organisation_id):
        yield _held(job)


def _held(job: Job) -> Job:
    """The locked row, if this attempt still holds it. Raises LeaseLost."""
    locked = (
        Job.objects.filter(pk=job.pk, leased_by=job.leased_by, status=Status.RUNNING)
        .select_for_update(no_key=True)
        .first()
    )
    if locked is None:
        raise LeaseLost(job.reference)
    return locked


def _end(locked: Job, to: Status, now: datetime, *, by: Acting | None = None, result: Result | None = None) -> None:
    workflow.check_transition(locked.status, to)
    locked.status, locked.finished_at = to, now
    locked.leased_by, locked.lease_until = "", None
    locked.version += 1
    if result is not None:
        locked.result_label, locked.result_url_name = result.label[:120], result.url_name
        locked.result_reference = result.reference
        locked.result_file_label, locked.result_file_url_name = result.file_label[:120], result.file_url_name
    locked.save(
        update_fields=[
            "status", "finished_at", "leased_by", "lease_until", "version", "result_label", "result_url_name",
            "result_reference", "result_file_label", "result_file_url_name", "failure_code", "failure_sentence",
        ]
    )  # fmt: skip
    facts: dict[str, Any] = {"kind": locked.name, "attempts": locked.attempts}
    if locked.failure_code:
        facts["failure"] = locked.failure_code
    ledger.record(VERBS[to], actor=by, target=locked, at=now, **facts)
