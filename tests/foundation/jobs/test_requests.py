import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction

from foundation import jobs
from foundation.core.acting import Acting, acting_as
from foundation.core.exceptions import RuleBroken
from foundation.jobs import actions, limits
from foundation.jobs.models import Job
from foundation.jobs.workflow import Failure, Status
from foundation.ledger.models import Event
from foundation.organisations.models import Organisation
from tests.conftest import NOW

Ask = Callable[..., Job]
Backup = Callable[..., Any]


def test_a_job_is_a_row_with_ids_and_an_event(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    job = ask(lead, "tests.arguments", report_id=7, as_at=date(2026, 3, 4), theme="training", whole=True)

    stored = backup(Job).get()
    assert (stored.pk, stored.name, stored.status, stored.attempts) == (job.pk, "tests.arguments", Status.QUEUED, 0)
    assert stored.arguments == {"report_id": 7, "as_at": {"date": "2026-03-04"}, "theme": "training", "whole": True}
    assert (stored.requested_by_id, stored.requested_user_id) == (lead.membership_id, lead.user_id)
    event = backup(Event).get(verb="job.requested")
    assert (event.target_reference, event.actor_membership_id) == (job.reference, lead.membership_id)


def test_a_job_of_a_kind_nobody_handles_is_refused(lead: Acting, ask: Ask) -> None:
    with pytest.raises(jobs.UnknownJob, match=r"tests\.misspelt"):
        ask(lead, "tests.misspelt")


def test_a_job_is_refused_to_somebody_whose_role_does_not_allow_it(
    committed: None, acting_for: Callable[..., Acting], ask: Ask, backup: Backup
) -> None:
    staff = acting_for("staff")

    with pytest.raises(PermissionDenied):
        ask(staff, "tests.steps", parts=1)

    assert backup(Job).count() == 0


def test_text_a_person_typed_is_refused_as_an_argument(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    with pytest.raises(ValueError, match="comment"):
        ask(lead, comment="Seen near the school")

    assert backup(Job).count() == 0


def test_a_job_vanishes_with_the_transaction_that_asked_for_it(committed: None, lead: Acting, backup: Backup) -> None:
    with acting_as(lead):
        jobs.queue("tests.once", by=lead, now=NOW)
        transaction.set_rollback(True)

    assert backup(Job).count() == 0
    assert backup(Event).filter(verb="job.requested").count() == 0


def test_no_job_without_its_event(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("REVOKE INSERT (verb) ON ledger_event FROM portal_app")
    try:
        with pytest.raises(Exception, match="permission denied"):
            ask(lead)
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("GRANT INSERT (verb) ON ledger_event TO portal_app")

    assert backup(Job).count() == 0


def test_the_same_key_gives_the_job_that_stands(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    first = ask(lead, idempotency_key="report:7")

    second = ask(lead, idempotency_key="report:7")

    assert second.pk == first.pk
    assert backup(Job).count() == 1


def test_two_clicks_at_once_ask_for_one_job(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    barrier, asked = threading.Barrier(6), []

    def click() -> None:
        barrier.wait()
        asked.append(ask(lead, idempotency_key="report:7").pk)
        connection.close()

    clicks = [threading.Thread(target=click) for _ in range(6)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()

    assert len(asked) == 6
    assert set(asked) == {backup(Job).get().pk}


def test_asking_costs_three_statements(
    lead: Acting, within: Callable[[Acting], Acting], django_assert_num_queries: Any
) -> None:
    within(lead)

    with django_assert_num_queries(5):  # counting, the row, the event, and a savepoint's two
        jobs.queue("tests.once", by=lead, now=NOW)


def test_two_people_may_use_the_same_key(committed: None, acting_for: Callable[..., Acting], ask: Ask) -> None:
    first, second = acting_for("prevent_lead"), acting_for("senior_approver")

    assert ask(first, idempotency_key="report:7").pk != ask(second, idempotency_key="report:7").pk


def test_a_job_of_another_organisation_does_not_exist(
    committed: None, lead: Acting, other_organisation: Organisation, acting_for: Callable[..., Acting], ask: Ask
) -> None:
    job = ask(lead)
    stranger = acting_for("prevent_lead", organisation=other_organisation)

    with acting_as(stranger):
        assert list(Job.objects.all()) == []
        with pytest.raises(Job.DoesNotExist):
            actions.cancel(job_id=job.pk, by=stranger, now=NOW)


# ---- Limits
def test_one_person_may_not_fill_the_queue(
    committed: None, lead: Acting, ask: Ask, backup: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_PERSON", 2)
    ask(lead)
    ask(lead)

    with pytest.raises(RuleBroken) as refusal:
        ask(lead)

    assert str(refusal.value) == (
        "You have 2 jobs waiting, which is the most one person may have. Wait for some or cancel some."
    )
    assert backup(Job).count() == 2


def test_one_organisation_may_not_fill_the_queue(
    committed: None,
    lead: Acting,
    acting_for: Callable[..., Acting],
    other_organisation: Organisation,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "PER_ORGANISATION", 2)
    ask(lead)
    ask(acting_for("senior_approver"))

    with pytest.raises(RuleBroken, match="Your organisation has 2 jobs waiting"):
        ask(acting_for("assurer"))

    assert ask(acting_for("prevent_lead", organisation=other_organisation)).status == Status.QUEUED


def test_finished_jobs_do_not_count(committed: None, lead: Acting, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PER_PERSON", 1)
    first = ask(lead)
    with acting_as(lead):
        actions.cancel(job_id=first.pk, by=lead, now=NOW)

    assert ask(lead).status == Status.QUEUED


def test_only_as_many_leave_as_an_organisation_may_run_at_once(committed: None, lead: Acting, ask: Ask) -> None:
    short = [ask(lead).sent_at for _ in range(4)]
    long = [ask(lead, "tests.long").sent_at for _ in range(3)]

    assert short == [NOW, NOW, None, None]
    assert long == [NOW, None, None]


# ---- Cancel
def test_a_waiting_job_is_cancelled_at_once(
    committed: None, lead: Acting, ask: Ask, verbs: Callable[[], list[str]]
) -> None:
    job = ask(lead)

    with acting_as(lead):
        stopped = actions.cancel(job_id=job.pk, by=lead, now=NOW)

    assert (stopped.status, stopped.finished_at, stopped.version) == (Status.CANCELLED, NOW, 2)
    assert verbs() == ["job.requested", "job.cancel_requested"]


def test_a_running_job_is_asked_to_stop(committed: None, lead: Acting, ask: Ask) -> None:
    job = ask(lead)
    actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW)

    with acting_as(lead):
        asked = actions.cancel(job_id=job.pk, by=lead, now=NOW)
        again = actions.cancel(job_id=job.pk, by=lead, now=NOW + timedelta(seconds=5))

    assert (asked.status, asked.cancel_requested_at) == (Status.RUNNING, NOW)
    assert again.cancel_requested_at == NOW


def test_a_colleague_cannot_cancel_or_start_again(
    committed: None, lead: Acting, acting_for: Callable[..., Acting], ask: Ask, backup: Backup
) -> None:
    job = ask(lead)
    administrator = acting_for("organisation_admin")

    with acting_as(administrator):
        with pytest.raises(PermissionDenied, match="Only the person who asked"):
            actions.cancel(job_id=job.pk, by=administrator, now=NOW)
        with pytest.raises(PermissionDenied, match="Only the person who asked"):
            actions.retry(job_id=job.pk, by=administrator, now=NOW)

    assert backup(Job).get().status == Status.QUEUED


def test_a_finished_job_cannot_be_cancelled(committed: None, lead: Acting, ask: Ask) -> None:
    job = ask(lead)
    with acting_as(lead):
        actions.cancel(job_id=job.pk, by=lead, now=NOW)

    with acting_as(lead), pytest.raises(RuleBroken, match="This job is cancelled"):
        actions.cancel(job_id=job.pk, by=lead, now=NOW)


# ---- Again
def failed_job(lead: Acting, ask: Ask, name: str = "tests.once", **ids: Any) -> Job:
    job = ask(lead, name, **ids)
    claimed = actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW)
    assert claimed is not None
    actions.failed(claimed, code=Failure.UNEXPECTED, now=NOW)
    return job


def test_a_failed_job_starts_again_as_if_it_were_new(
    committed: None, lead: Acting, ask: Ask, backup: Backup, verbs: Callable[[], list[str]]
) -> None:
    job = failed_job(lead, ask)
    later = NOW + timedelta(minutes=5)

    with acting_as(lead):
        actions.retry(job_id=job.pk, by=lead, now=later)

    again = backup(Job).get()
    assert (again.status, again.attempts, again.sent_at) == (Status.QUEUED, 0, later)
    assert (again.failure_code, again.failure_sentence, again.finished_at) == ("", "", None)
    assert verbs() == ["job.requested", "job.failed", "job.retried"]


def test_a_job_that_is_no_longer_wanted_does_not_start_again(
    committed: None, lead: Acting, ask: Ask, backup: Backup
) -> None:
    job = failed_job(lead, ask, "tests.replaced")

    with acting_as(lead), pytest.raises(RuleBroken, match="Another job has taken the place of this one"):
        actions.retry(job_id=job.pk, by=lead, now=NOW)

    assert backup(Job).get().status == Status.FAILED


def test_starting_again_asks_for_the_right_again(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    from dataclasses import replace

    job = failed_job(lead, ask, "tests.steps", parts=1)
    without = replace(lead, permissions=lead.permissions - {"compliance.report"})

    with acting_as(without), pytest.raises(PermissionDenied):
        actions.retry(job_id=job.pk, by=without, now=NOW)

    assert backup(Job).get().status == Status.FAILED


@pytest.mark.parametrize(
    "change",
    [
        {"status": "running"},
        {"status": "done"},
        {"status": "failed"},
        {"attempts": 4},
        {"result_label": "x"},
        {"result_file_url_name": "x"},
        {"leased_by": "x"},
        {"progress_total": 1, "progress_done": 2},
    ],
)
def test_the_database_refuses_a_job_that_cannot_be(
    committed: None, lead: Acting, ask: Ask, change: dict[str, Any]
) -> None:
    job = ask(lead)

    with pytest.raises(Exception, match="job_"), acting_as(lead), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**change)
