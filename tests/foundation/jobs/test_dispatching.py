from collections.abc import Callable
from datetime import timedelta
from typing import Any

from foundation.core.acting import Acting, acting_as
from foundation.jobs import actions
from foundation.jobs.actions import Progress
from foundation.jobs.actions.dispatching import Dispatched
from foundation.jobs.models import Job
from foundation.jobs.workflow import Failure, Status
from foundation.organisations.models import Organisation
from tests.conftest import NOW

Ask = Callable[..., Job]
Backup = Callable[..., Any]


def after(seconds: float) -> Any:
    return NOW + timedelta(seconds=seconds)


def test_a_job_whose_message_was_lost_is_sent_again_after_half_a_minute(
    committed: None, lead: Acting, ask: Ask, backup: Backup
) -> None:
    ask(lead)

    assert actions.dispatch(now=after(29)) == Dispatched(taken_back=0, sent=0)
    assert actions.dispatch(now=after(31)) == Dispatched(taken_back=0, sent=1)
    assert backup(Job).get().sent_at == after(31)


def test_a_delayed_job_is_sent_in_the_next_round(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    job = ask(lead)
    with acting_as(lead):
        Job.objects.filter(pk=job.pk).update(status=Status.DELAYED, sent_at=None)

    assert actions.dispatch(now=after(1)).sent == 1
    assert backup(Job).get().status == Status.QUEUED


def test_a_job_whose_worker_died_is_taken_back_and_sent(
    committed: None, lead: Acting, ask: Ask, backup: Backup
) -> None:
    job = ask(lead)
    actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW)

    assert actions.dispatch(now=after(59)) == Dispatched(taken_back=0, sent=0)
    assert actions.dispatch(now=after(61)) == Dispatched(taken_back=1, sent=1)
    stored = backup(Job).get()
    assert (stored.status, stored.attempts, stored.leased_by) == (Status.QUEUED, 1, "")


def test_a_job_that_takes_its_worker_with_it_fails_after_the_third(
    committed: None, lead: Acting, ask: Ask, backup: Backup
) -> None:
    job = ask(lead, "tests.long")
    for minutes in range(3):
        actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=after(minutes * 120))
        actions.dispatch(now=after(minutes * 120 + 61))

    stored = backup(Job).get()
    assert (stored.status, stored.attempts, stored.failure_code) == (Status.FAILED, 3, Failure.CRASHED)
    assert stored.failure_sentence.startswith("The job stopped without a reason three times.")


def test_a_job_past_its_time_limit_is_not_tried_again(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    job = ask(lead)  # 30 seconds
    running = actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW)
    assert running is not None
    actions.pulse(running, now=after(31), progress=Progress())

    actions.dispatch(now=after(92))

    assert backup(Job).get().status == Status.FAILED
    assert backup(Job).get().failure_code == Failure.TOO_LONG


def test_a_cancelled_job_whose_worker_died_is_cancelled(
    committed: None, lead: Acting, ask: Ask, backup: Backup
) -> None:
    job = ask(lead, "tests.long")
    actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW)
    with acting_as(lead):
        actions.cancel(job_id=job.pk, by=lead, now=after(5))

    actions.dispatch(now=after(61))

    assert backup(Job).get().status == Status.CANCELLED


def test_a_flood_leaves_room_for_others(
    committed: None,
    lead: Acting,
    other_organisation: Organisation,
    acting_for: Callable[..., Acting],
    ask: Ask,
    backup: Backup,
) -> None:
    for _ in range(20):
        ask(lead)
    other = acting_for("prevent_lead", organisation=other_organisation)
    with acting_as(lead):
        Job.objects.update(sent_at=None)
    theirs = ask(other)
    with acting_as(other):
        Job.objects.update(sent_at=None)

    actions.dispatch(now=after(40))

    sent = backup(Job).filter(sent_at=after(40))
    assert sent.filter(organisation=lead.organisation).count() == 2
    assert list(sent.exclude(organisation=lead.organisation)) == [theirs]


def test_in_an_organisation_each_person_has_a_turn(
    committed: None, lead: Acting, acting_for: Callable[..., Acting], ask: Ask, backup: Backup
) -> None:
    for _ in range(5):
        ask(lead)
    colleague = acting_for("senior_approver")
    theirs = ask(colleague, now=after(1))
    with acting_as(lead):
        Job.objects.update(sent_at=None)

    actions.dispatch(now=after(40))

    assert theirs in backup(Job).filter(sent_at=after(40))


def test_without_the_system_role_the_dispatcher_sees_nothing(committed: None, lead: Acting, ask: Ask) -> None:
    ask(lead)

    assert Job.objects.count() == 0
