"""What people do with jobs: ask for one, cancel it, start it again."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.jobs import arguments, limits, permissions, registry, workflow
from foundation.jobs.actions.sending import send_after_commit
from foundation.jobs.exceptions import UnknownJob
from foundation.jobs.models import Job
from foundation.jobs.workflow import WAITING, Status


@transaction.atomic
def queue(
    name: str,
    *,
    by: Acting,
    now: datetime,
    ids: Mapping[str, arguments.Id],
    title: str = "",
    idempotency_key: str | None = None,
) -> Job:
    """Ask for a job; see ``foundation.jobs.queue``."""
    handler = registry.find(name)
    permissions.check_can_ask(by, handler)
    stored = arguments.to_json(ids)
    if idempotency_key and (standing := _with_key(name, by, idempotency_key)):
        return standing
    is_long = handler.limit_seconds > registry.LONG_SECONDS
    load = limits.load(by, is_long=is_long)
    limits.check(load)
    has_room = load.has_room(is_long=is_long)
    job = Job(
        organisation_id=by.organisation_id,
        name=name,
        title=(title or str(handler.title) or name)[:150],
        arguments=stored,
        requested_by_id=by.membership_id,
        requested_user_id=by.user_id,
        idempotency_key=idempotency_key or "",
        limit_seconds=handler.limit_seconds,
        is_long=is_long,
        created_at=now,
        sent_at=now if has_room else None,
    )
    if idempotency_key:
        try:
            with transaction.atomic():
                job.save(force_insert=True)
        except IntegrityError:
            if standing := _with_key(name, by, idempotency_key):  # the other of two clicks was a moment earlier
                return standing
            raise
    else:
        job.save(force_insert=True)
    ledger.record("job.requested", actor=by, target=job, at=now, kind=name)
    if has_room:
        send_after_commit([job])
    return job


@transaction.atomic
def cancel(*, job_id: int, by: Acting, now: datetime) -> Job:
    """Stop a job: at once while it waits, at its next safe point while it runs. Nothing it made half is kept."""
    job = _locked(job_id, by)
    permissions.check_can_cancel(by, job)
    workflow.check_transition(job.status, Status.CANCELLED)
    if job.cancel_requested_at is not None:
        return job
    job.cancel_requested_at = now
    job.version += 1
    changed = ["cancel_requested_at", "version"]
    if job.status in WAITING:
        job.status, job.finished_at = Status.CANCELLED, now
        changed += ["status", "finished_at"]
    job.save(update_fields=changed)
    ledger.record("job.cancel_requested", actor=by, target=job, at=now, kind=job.name)
    return job


@transaction.atomic
def retry(*, job_id: int, by: Acting, now: datetime) -> Job:
    """Start a failed job again, as if it had just been asked for."""
    job = _locked(job_id, by)
    handler = _handler_of(job)
    permissions.check_can_retry(by, job)
    permissions.check_can_ask(by, handler)
    workflow.check_transition(job.status, Status.QUEUED)
    if not handler.still_wanted(by, job):
        raise RuleBroken(_("Another job has taken the place of this one, so it cannot start again."))
    load = limits.load(by, is_long=job.is_long)
    limits.check(load)
    has_room = load.has_room(is_long=job.is_long)
    job.status, job.attempts, job.sent_at = Status.QUEUED, 0, now if has_room else None
    job.failure_code, job.failure_sentence = "", ""
    job.progress_done, job.progress_total, job.progress_message = 0, 0, ""
    job.started_at = job.finished_at = job.cancel_requested_at = None
    job.version += 1
    job.save(
        update_fields=[
            "status", "attempts", "sent_at", "failure_code", "failure_sentence", "progress_done", "progress_total",
            "progress_message", "started_at", "finished_at", "cancel_requested_at", "version",
        ]
    )  # fmt: skip
    ledger.record("job.retried", actor=by, target=job, at=now, kind=job.name)
    if has_room:
        send_after_commit([job])
    return job


def _locked(job_id: int, by: Acting) -> Job:
    return Job.objects.visible_to(by).select_for_update(no_key=True).get(pk=job_id)


def _with_key(name: str, by: Acting, key: str) -> Job | None:
    return Job.objects.visible_to(by).asked_for_by(by).filter(name=name, idempotency_key=key).first()


def _handler_of(job: Job) -> registry.Handler:
    try:
        return registry.find(job.name)
    except UnknownJob:
        raise RuleBroken(_("This version of the portal no longer does this kind of job.")) from None
