import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from foundation.core.acting import Acting, acting_as
from foundation.jobs import actions
from foundation.jobs.actions import Progress, Result
from foundation.jobs.exceptions import JobCancelled, LeaseLost
from foundation.jobs.models import Job
from foundation.jobs.workflow import Failure, Status
from foundation.organisations.models import Organisation
from tests.conftest import NOW

Ask = Callable[..., Job]
Backup = Callable[..., Any]
LATER = NOW + timedelta(seconds=61)


def claimed(job: Job) -> Job:
    found = actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW)
    assert found is not None
    return found


def taken_over(job: Job) -> Job:
    """The dispatcher takes the job back and another worker claims it."""
    actions.dispatch(now=LATER)
    found = actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=LATER)
    assert found is not None
    return found


def test_a_claim_leases_the_job_for_a_minute(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    job = claimed(ask(lead))

    stored = backup(Job).get()
    assert (stored.status, stored.attempts, stored.started_at) == (Status.RUNNING, 1, NOW)
    assert stored.lease_until == NOW + timedelta(seconds=60)
    assert stored.leased_by == job.leased_by


def test_a_second_delivery_of_the_same_message_finds_no_work(committed: None, lead: Acting, ask: Ask) -> None:
    job = ask(lead)
    claimed(job)

    assert actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW) is None


def test_of_many_deliveries_at_once_one_wins(committed: None, lead: Acting, ask: Ask) -> None:
    job = ask(lead)
    barrier, winners = threading.Barrier(8), []

    def deliver() -> None:
        barrier.wait()
        if actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW):
            winners.append(1)
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert winners == [1]


def test_a_message_that_names_another_organisation_finds_no_work(
    committed: None, lead: Acting, other_organisation: Organisation, ask: Ask
) -> None:
    job = ask(lead)

    assert actions.claim(job_id=job.pk, organisation_id=other_organisation.pk, now=NOW) is None


def test_a_pulse_moves_the_lease_and_shows_progress(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    job = claimed(ask(lead))

    asked_to_stop = actions.pulse(job, now=LATER, progress=Progress(3, 10, "part"))

    stored = backup(Job).get()
    assert asked_to_stop is False
    assert stored.lease_until == LATER + timedelta(seconds=60)
    assert (stored.progress_done, stored.progress_total, stored.progress_message) == (3, 10, "part")


def test_progress_never_says_more_than_all(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    actions.pulse(claimed(ask(lead)), now=NOW, progress=Progress(12, 10))

    assert backup(Job).get().progress_done == 10


def test_a_worker_that_slept_too_long_may_write_nothing(
    committed: None, lead: Acting, ask: Ask, backup: Backup
) -> None:
    slept = claimed(ask(lead))
    awake = taken_over(slept)

    for write in (
        lambda: actions.pulse(slept, now=LATER, progress=Progress()),
        lambda: actions.done(slept, by=lead, now=LATER),
        lambda: actions.failed(slept, code=Failure.UNEXPECTED, now=LATER),
        lambda: actions.cancelled(slept, now=LATER),
    ):
        with pytest.raises(LeaseLost):
            write()
    with pytest.raises(LeaseLost), acting_as(lead):
        actions.fence(slept, by=lead, result=Result("x", "jobs:index"), now=LATER)

    stored = backup(Job).get()
    assert (stored.status, stored.leased_by, stored.attempts) == (Status.RUNNING, awake.leased_by, 2)


def test_a_step_of_a_cancelled_job_does_not_stand(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    job = claimed(ask(lead))
    with acting_as(lead):
        actions.cancel(job_id=job.pk, by=lead, now=NOW)

    with pytest.raises(JobCancelled), acting_as(lead):
        actions.fence(job, by=lead, result=Result("x", "jobs:index"), now=NOW)

    assert backup(Job).get().status == Status.RUNNING


def test_after_three_attempts_the_failure_shows(
    committed: None, lead: Acting, ask: Ask, backup: Backup, verbs: Callable[[], list[str]]
) -> None:
    job = ask(lead)
    at = NOW
    for _ in range(3):
        found = actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=at)
        assert found is not None
        actions.failed(found, code=Failure.UNEXPECTED, now=at, try_again=True)
        at += timedelta(minutes=1)

    stored = backup(Job).get()
    assert (stored.status, stored.attempts, stored.failure_code) == (Status.FAILED, 3, Failure.UNEXPECTED)
    assert stored.failure_sentence == "Something went wrong on our side, three times. Tell your administrator."
    assert verbs() == ["job.requested", "job.failed"]


def test_the_next_job_is_somebody_elses_if_somebody_waits(
    committed: None, lead: Acting, acting_for: Callable[..., Acting], ask: Ask, backup: Backup
) -> None:
    colleague = acting_for("senior_approver")
    flood = [ask(lead) for _ in range(5)]
    theirs = ask(colleague, now=NOW + timedelta(seconds=1))
    actions.done(claimed(flood[0]), by=lead, now=NOW)

    actions.send_next(organisation_id=lead.organisation_id, now=LATER)

    assert list(backup(Job).filter(sent_at=LATER)) == [theirs]
