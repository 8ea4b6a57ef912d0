"""What the clock does with jobs every 15 seconds: bring back what was lost, send what waits, everybody in turn."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from foundation import ledger
from foundation.jobs import limits
from foundation.jobs.actions.attempts import LEASE, end_attempt
from foundation.jobs.actions.sending import send_after_commit
from foundation.jobs.models import RESEND_AFTER, Job
from foundation.jobs.workflow import Failure, Status

AT_MOST = 200


@dataclass(frozen=True)
class Dispatched:
    """What one round did."""

    taken_back: int
    sent: int


def dispatch(*, now: datetime) -> Dispatched:
    """One round. Two at once do no harm: each row is changed by one of them."""
    taken_back = _take_back(now)
    return Dispatched(taken_back, _send_waiting(now))


def _take_back(now: datetime) -> int:
    """Jobs whose worker has not said for a minute that it lives: another attempt, or the end."""
    with ledger.acting_system("dispatch"):
        lost = list(
            Job.objects.filter(status=Status.RUNNING, lease_until__lt=now)
            .order_by("lease_until")
            .select_for_update(skip_locked=True, no_key=True)[:AT_MOST]
        )
        for job in lost:
            too_long = _lived_past_its_limit(job)
            code = Failure.TOO_LONG if too_long else Failure.CRASHED
            end_attempt(job, code=code, now=now, try_again=not too_long)
            if job.status == Status.QUEUED:
                Job.objects.filter(pk=job.pk).update(sent_at=None)  # it waited long enough: send it in this round
    return len(lost)


def _lived_past_its_limit(job: Job) -> bool:
    """Killed for taking too long, which it would again; not for a reason of its machine."""
    assert job.started_at is not None
    assert job.lease_until is not None
    last_sign_of_life = job.lease_until - LEASE
    return last_sign_of_life - job.started_at >= timedelta(seconds=job.limit_seconds)


def _send_waiting(now: datetime) -> int:
    """Send what was never sent or whose message got no answer, within what each organisation may run at once."""
    with ledger.acting_system("dispatch"):
        Job.objects.filter(status=Status.QUEUED, sent_at__lt=now - RESEND_AFTER).update(sent_at=None)
        waiting = Job.objects.filter(Q(status=Status.DELAYED) | Q(status=Status.QUEUED, sent_at__isnull=True))
        chosen = [
            job_id
            for is_long in (False, True)
            for job_id in _whose_turn(waiting.filter(is_long=is_long), is_long=is_long)
        ][:AT_MOST]
        jobs = list(
            waiting.filter(pk__in=chosen).select_for_update(skip_locked=True, no_key=True).order_by("created_at", "pk")
        )
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(status=Status.QUEUED, sent_at=now)
        send_after_commit(jobs)
    return len(jobs)


def _whose_turn(waiting: object, *, is_long: bool) -> list[int]:
    """Each person's first job before anybody's second, up to what the organisation may have in flight."""
    busy = dict(
        Job.objects.filter(is_long=is_long)
        .in_flight()
        .order_by()
        .values_list("organisation_id")
        .annotate(number=Count("pk"))
    )
    ranked = (
        waiting.annotate(  # type: ignore[attr-defined]
            of_person=Window(
                RowNumber(),
                partition_by=[F("organisation_id"), F("requested_by_id")],
                order_by=[F("created_at").asc(), F("pk").asc()],
            )
        )
        .filter(of_person__lte=limits.at_once(is_long=is_long))
        .order_by("of_person", "created_at", "pk")
        .values_list("pk", "organisation_id")
    )
    chosen = []
    for job_id, organisation_id in ranked:
        if busy.get(organisation_id, 0) < limits.at_once(is_long=is_long):
            busy[organisation_id] = busy.get(organisation_id, 0) + 1
            chosen.append(job_id)
    return chosen
