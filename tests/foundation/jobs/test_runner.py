import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from foundation import jobs, ledger
from foundation.core.acting import Acting, acting_as
from foundation.jobs import actions, registry, runner
from foundation.jobs.models import Job
from foundation.jobs.workflow import Failure, Status
from foundation.ledger.models import Event
from foundation.organisations.models import Membership, RoleGrant
from tests.conftest import NOW
from tests.foundation.jobs import handlers

Ask = Callable[..., Job]
Backup = Callable[..., Any]


def run(job: Job) -> None:
    runner.run(job_id=job.pk, organisation_id=job.organisation_id)


def test_a_job_is_done_once_and_leads_to_its_result(
    committed: None, lead: Acting, ask: Ask, backup: Backup, effects: Callable[[], list[str]]
) -> None:
    job = ask(lead)

    run(job)
    run(job)

    done = backup(Job).get()
    assert effects() == [job.reference]
    assert (done.status, done.result_label, done.result_url_name, done.result_reference) == (
        Status.DONE, "See it", "jobs:job", job.reference,
    )  # fmt: skip
    assert backup(Event).get(verb="job.done").actor_membership_id == lead.membership_id


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("tests.once", {}),
        ("tests.steps", {"parts": 2}),
        ("tests.fails", {"times": 0}),
        ("tests.long", {}),
        ("tests.arguments", {"x": 1}),
    ],
)
def test_every_job_delivered_twice_at_once_has_one_effect(
    committed: None, lead: Acting, ask: Ask, effects: Callable[[], list[str]], name: str, ids: dict[str, Any]
) -> None:
    job = ask(lead, name, **ids)
    barrier = threading.Barrier(2)

    def deliver() -> None:
        barrier.wait()
        run(job)
        connection.close()

    deliveries = [threading.Thread(target=deliver) for _ in range(2)]
    for delivery in deliveries:
        delivery.start()
    for delivery in deliveries:
        delivery.join()

    assert effects() == [job.reference]


def test_the_handler_gets_the_arguments_as_they_were_given(
    committed: None, lead: Acting, ask: Ask, backup: Backup
) -> None:
    run(ask(lead, "tests.arguments", report_id=7, as_at=date(2026, 3, 4), whole=True, theme="training", none=None))

    import json

    facts = json.loads(backup(Event).get(verb=handlers.EFFECT).facts)
    assert {name: facts[name] for name in ("report_id", "as_at", "whole", "theme", "none")} == {
        "report_id": "7",
        "as_at": "datetime.date(2026, 3, 4)",
        "whole": "True",
        "theme": "'training'",
        "none": "None",
    }


def test_an_unexpected_error_undoes_its_step_and_is_tried_again(
    committed: None, lead: Acting, ask: Ask, backup: Backup, effects: Callable[[], list[str]], caplog: Any
) -> None:
    job = ask(lead, "tests.fails", times=1)

    run(job)
    after_first = (backup(Job).get().status, effects())
    run(job)

    assert after_first == (Status.QUEUED, [])
    assert (backup(Job).get().status, backup(Job).get().attempts) == (Status.DONE, 2)
    assert effects() == [job.reference]
    assert "ZeroDivisionError at" in caplog.text
    assert "secret text" not in caplog.text


def test_a_broken_rule_ends_the_job_with_its_sentence(
    committed: None, lead: Acting, ask: Ask, backup: Backup, effects: Callable[[], list[str]]
) -> None:
    run(ask(lead, "tests.refuses"))

    ended = backup(Job).get()
    assert (ended.status, ended.attempts, ended.failure_code) == (Status.FAILED, 1, Failure.RULE)
    assert ended.failure_sentence == "The organisation has closed."
    assert effects() == []


# ---- Rights are checked again
def test_a_right_withdrawn_before_the_job_runs_refuses_it(
    committed: None, lead: Acting, ask: Ask, backup: Backup, effects: Callable[[], list[str]]
) -> None:
    job = ask(lead, "tests.steps", parts=1)
    with ledger.acting_system("provision"):
        RoleGrant.objects.filter(membership=lead.membership).update(ends_on=date(2026, 1, 1))

    run(job)

    ended = backup(Job).get()
    assert (ended.status, ended.failure_code) == (Status.FAILED, Failure.REFUSED)
    assert ended.failure_sentence == "Your role does not allow this job."
    assert effects() == []


def test_a_right_withdrawn_between_two_steps_refuses_the_second(
    committed: None, lead: Acting, ask: Ask, backup: Backup, effects: Callable[[], list[str]]
) -> None:
    @jobs.handler("tests.withdrawn_meanwhile", permission="compliance.report")
    def meanwhile(job: jobs.JobContext, **_later: object) -> None:
        with job.step():
            pass
        with ledger.acting_system("provision"):
            RoleGrant.objects.filter(membership=lead.membership).update(ends_on=date(2026, 1, 1))
        with job.step() as acting:
            handlers.effect(job, acting)

    try:
        run(ask(lead, "tests.withdrawn_meanwhile"))
    finally:
        registry._handlers.pop("tests.withdrawn_meanwhile")

    assert backup(Job).get().failure_code == Failure.REFUSED
    assert effects() == []


def test_the_job_of_somebody_who_left_is_refused_visibly(
    committed: None, lead: Acting, ask: Ask, backup: Backup, effects: Callable[[], list[str]]
) -> None:
    job = ask(lead)
    with ledger.acting_system("provision"):
        Membership.objects.filter(pk=lead.membership_id).update(ends_on=date(2026, 1, 1))

    run(job)

    ended = backup(Job).get()
    assert (ended.status, ended.failure_code) == (Status.FAILED, Failure.REFUSED)
    assert ended.failure_sentence == "The person who asked for this is no longer here, so it was not done."
    assert effects() == []


def test_the_job_of_a_disabled_sign_in_is_refused(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    job = ask(lead)
    assert lead.user is not None
    type(lead.user).objects.filter(pk=lead.user_id).update(is_active=False)

    run(job)

    assert backup(Job).get().failure_code == Failure.REFUSED


def test_a_step_sees_only_the_organisation_of_who_asked(
    committed: None, lead: Acting, other_organisation: Any, acting_for: Callable[..., Acting], ask: Ask
) -> None:
    stranger = acting_for("prevent_lead", organisation=other_organisation)
    ask(stranger)
    seen = []

    @jobs.handler("tests.looks_around")
    def looks_around(job: jobs.JobContext, **_later: object) -> None:
        seen.append(Job.objects.count())
        with job.step():
            seen.extend(Job.objects.values_list("organisation_id", flat=True))

    try:
        run(ask(lead, "tests.looks_around"))
    finally:
        registry._handlers.pop("tests.looks_around")

    assert seen == [0, lead.organisation_id]


# ---- Progress, cancelling, the lease
@pytest.fixture
def slow() -> Iterator[dict[str, threading.Event]]:
    """A job that stands still inside its transaction until the test lets it go on."""
    gates = {"inside": threading.Event(), "go": threading.Event()}

    @jobs.handler("tests.stands_still", limit_seconds=100, messages={"part": "Part %(done)s of %(total)s"})
    def stands_still(job: jobs.JobContext, **_later: object) -> None:
        with job.step() as acting:
            handlers.effect(job, acting)
            job.progress(3, 10, "part")
            gates["inside"].set()
            assert gates["go"].wait(20)
            job.check_cancelled()
            job.finish(label="See it", url_name="jobs:index")

    yield gates
    registry._handlers.pop("tests.stands_still")


def in_background(job: Job) -> threading.Thread:
    def deliver() -> None:
        run(job)
        connection.close()

    thread = threading.Thread(target=deliver)
    thread.start()
    return thread


def eventually(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False


def test_progress_shows_while_the_transaction_is_still_open(
    committed: None, lead: Acting, ask: Ask, backup: Backup, effects: Callable[[], list[str]], slow: Any
) -> None:
    thread = in_background(ask(lead, "tests.stands_still"))
    slow["inside"].wait(10)

    shown = eventually(lambda: backup(Job).get().progress_done == 3)
    effects_meanwhile = effects()
    slow["go"].set()
    thread.join()

    assert shown
    assert effects_meanwhile == []
    assert backup(Job).get().progress_sentence == "Part 3 of 10"
    assert backup(Job).get().status == Status.DONE


def test_a_job_cancelled_in_the_middle_leaves_nothing(
    committed: None, lead: Acting, ask: Ask, backup: Backup, effects: Callable[[], list[str]], slow: Any
) -> None:
    job = ask(lead, "tests.stands_still")
    thread = in_background(job)
    slow["inside"].wait(10)

    with acting_as(lead):
        actions.cancel(job_id=job.pk, by=lead, now=NOW)
    slow["go"].set()
    thread.join()

    assert backup(Job).get().status == Status.CANCELLED
    assert effects() == []


def test_a_living_worker_keeps_its_lease(committed: None, lead: Acting, ask: Ask, backup: Backup, slow: Any) -> None:
    thread = in_background(ask(lead, "tests.stands_still"))
    slow["inside"].wait(10)
    first = backup(Job).get().lease_until

    moved = eventually(lambda: backup(Job).get().lease_until > first)
    slow["go"].set()
    thread.join()

    assert moved


def test_a_worker_that_lost_its_lease_undoes_what_it_did(
    committed: None, lead: Acting, ask: Ask, backup: Backup, effects: Callable[[], list[str]], slow: Any
) -> None:
    job = ask(lead, "tests.stands_still")
    thread = in_background(job)
    slow["inside"].wait(10)

    taken_back = eventually(
        lambda: actions.dispatch(now=backup(Job).get().lease_until + timedelta(seconds=5)).taken_back == 1
    )
    slow["go"].set()
    thread.join()

    assert taken_back
    assert (backup(Job).get().status, backup(Job).get().attempts) == (Status.QUEUED, 1)
    assert effects() == []


def test_a_message_the_handler_did_not_declare_is_a_mistake(
    committed: None, lead: Acting, ask: Ask, backup: Backup
) -> None:
    @jobs.handler("tests.says_something")
    def says_something(job: jobs.JobContext, **_later: object) -> None:
        job.progress(1, 2, "undeclared")

    try:
        run(ask(lead, "tests.says_something"))
    finally:
        registry._handlers.pop("tests.says_something")

    assert (backup(Job).get().status, backup(Job).get().progress_message) == (Status.QUEUED, "")


def test_a_job_of_a_kind_that_is_gone_fails_visibly(committed: None, lead: Acting, ask: Ask, backup: Backup) -> None:
    @jobs.handler("tests.goes_away")
    def goes_away(job: jobs.JobContext, **_later: object) -> None:
        raise AssertionError

    job = ask(lead, "tests.goes_away")
    registry._handlers.pop("tests.goes_away")

    run(job)

    assert backup(Job).get().failure_code == Failure.UNKNOWN_KIND


# ---- In the caller's own process
def test_a_job_can_be_done_here_at_a_past_time(lead: Acting, within: Callable[[Acting], Acting]) -> None:
    within(lead)
    past = NOW - timedelta(days=400)
    job = jobs.queue("tests.steps", by=lead, now=past, parts=2)

    done = jobs.run_here(job, at=past)

    assert (done.status, done.finished_at, done.progress_done) == (Status.DONE, past, 1)
    assert Event.objects.get(verb=handlers.EFFECT).at == past


def test_two_handlers_of_one_name_stop_the_start() -> None:
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured, match=r"Two functions handle the job tests\.once"):
        jobs.handler("tests.once")(lambda job: None)
