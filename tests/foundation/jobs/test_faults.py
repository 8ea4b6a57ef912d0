"""Redis killed, frozen and emptied; workers killed; two schedulers. Real servers and processes, bounded counts."""

import json
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from foundation import jobs
from foundation.core.acting import Acting, acting_as
from foundation.jobs import broker, scheduling
from foundation.jobs.actions import dispatching
from foundation.jobs.models import Job, Slot
from foundation.jobs.workflow import Failure, Status
from foundation.ledger.models import Event
from tests.conftest import acting_of, make_membership, make_organisation
from tests.foundation.jobs import handlers
from tests.foundation.jobs.ground import SHORT_LEASE, Process, Redis, running_child, wait_until

pytestmark = pytest.mark.faults

Backup = Callable[..., Any]


def ask(acting: Acting, name: str = "tests.once", **ids: Any) -> Job:
    with acting_as(acting):
        return jobs.queue(name, by=acting, now=timezone.now(), **ids)


def a_lead(name: str = "Severnshire County Council") -> Acting:
    return acting_of(make_membership(make_organisation(name), "prevent_lead"), at=timezone.now())


def effects(backup: Backup) -> Counter[str]:
    return Counter(json.loads(event.facts)["job"] for event in backup(Event).filter(verb=handlers.EFFECT))


def statuses(backup: Backup) -> Counter[str]:
    return Counter(backup(Job).values_list("status", flat=True))


# ---- F4–F6: the broker
def test_with_redis_stopped_the_work_is_saved_at_once_and_the_job_is_delayed(redis: Redis, backup: Backup) -> None:
    lead = a_lead()
    redis.kill()

    began = time.monotonic()
    job = ask(lead)
    took = time.monotonic() - began

    assert took < 2
    assert backup(Job).get().status == Status.DELAYED
    assert backup(Job).get().is_overdue(timezone.now())
    assert job.get_absolute_url


@pytest.mark.parametrize("used_before", [True, False])
def test_with_redis_frozen_nobody_waits_two_seconds(redis: Redis, backup: Backup, used_before: bool) -> None:
    lead = a_lead()
    if used_before:
        assert ask(lead).pk
        assert redis.client.llen("celery") == 1
    redis.freeze()

    waits = []
    for _ in range(5):
        began = time.monotonic()
        ask(lead, "tests.long")
        waits.append(time.monotonic() - began)

    assert max(waits) < 2
    assert sum(waits) < 3  # after one failure this process does not try again for some seconds
    assert backup(Job).filter(name="tests.long", status=Status.DELAYED).count() == 5


def test_many_jobs_in_one_transaction_do_not_add_up(redis: Redis, backup: Backup) -> None:
    people = [a_lead(f"Council {number}") for number in range(3)]
    redis.freeze()

    began = time.monotonic()
    with acting_as(people[0]):
        for _ in range(2):
            jobs.queue("tests.once", by=people[0], now=timezone.now())
        jobs.queue("tests.long", by=people[0], now=timezone.now())
    took = time.monotonic() - began

    assert took < 2
    assert backup(Job).filter(status=Status.DELAYED).count() == 3


def test_a_job_asked_for_without_redis_is_done_when_it_is_back(
    redis: Redis, start: Callable[..., Process], often: Callable[[], None], backup: Backup
) -> None:
    lead = a_lead()
    redis.kill()
    job = ask(lead)
    redis.start()
    start("worker")

    often()
    wait_until(lambda: statuses(backup) == {"done": 1})

    assert effects(backup) == {job.reference: 1}


def test_a_thousand_jobs_end_once_each_while_redis_is_killed_frozen_and_emptied(
    redis: Redis, start: Callable[..., Process], often: Callable[[], None], backup: Backup
) -> None:
    people = []
    for number in range(10):
        organisation = make_organisation(f"Council {number}")
        people += [
            acting_of(make_membership(organisation, "prevent_lead", name=f"Lead {person}"), at=timezone.now())
            for person in range(10)
        ]
    workers = [start("worker")]
    faults = {200: redis.client.flushall, 400: redis.freeze, 450: redis.thaw, 600: redis.kill, 650: redis.start}
    slowest = 0.0

    for number in range(1000):
        if fault := faults.get(number):
            fault()
        began = time.monotonic()
        ask(people[number % 100])
        slowest = max(slowest, time.monotonic() - began)
        if number % 50 == 0:
            broker.forget_failures()
    redis.client.flushall()

    def settled() -> bool:
        if workers[
            -1
        ].has_ended:  # the broker's library may die of a Redis that is killed: whoever runs it starts another
            workers.append(start("worker"))
        often()
        time.sleep(1)
        return statuses(backup) == {"done": 1000}

    wait_until(settled, 240)
    assert set(effects(backup).values()) == {1}
    assert len(effects(backup)) == 1000
    assert slowest < 2


def test_one_organisations_flood_does_not_hold_up_another(
    redis: Redis, start: Callable[..., Process], often: Callable[[], None], backup: Backup
) -> None:
    busy, other = a_lead("Busy Council"), a_lead("Quiet Council")
    start("worker")
    for _ in range(15):
        ask(busy, "tests.long", seconds=2)
    wait_until(lambda: backup(Job).filter(status=Status.RUNNING).exists())

    job = ask(other)
    waited = wait_until(lambda: backup(Job).get(pk=job.pk).status == Status.DONE, 60)

    assert waited < 10
    assert backup(Job).filter(name="tests.long", status=Status.QUEUED).exists()


# ---- F1–F3: the worker
def test_a_killed_child_is_followed_by_another_within_two_minutes(
    redis: Redis, start: Callable[..., Process], backup: Backup
) -> None:
    worker = start("worker")
    start("beat")
    job = ask(a_lead(), "tests.steps", parts=4, seconds=2)
    wait_until(lambda: backup(Job).get().progress_done >= 1)

    running_child(worker).send_signal(signal.SIGKILL)
    took = wait_until(lambda: statuses(backup) == {"done": 1}, 150)

    assert took < 120
    assert backup(Job).get().attempts == 2
    assert effects(backup) == {job.reference: 1}


def test_a_killed_worker_is_followed_by_a_new_one(
    redis: Redis, start: Callable[..., Process], often: Callable[[], None], backup: Backup
) -> None:
    worker = start("worker", LEASE_SECONDS=SHORT_LEASE)
    job = ask(a_lead(), "tests.steps", parts=4, seconds=1)
    wait_until(lambda: backup(Job).get().progress_done >= 1)

    worker.kill_group()
    start("worker", LEASE_SECONDS=SHORT_LEASE)

    def settled() -> bool:
        often()
        time.sleep(1)
        return statuses(backup) == {"done": 1}

    wait_until(settled, 60)
    assert effects(backup) == {job.reference: 1}


@pytest.mark.parametrize("point", ["tests.between_steps", "tests.before_commit"])
def test_power_lost_at_a_crash_point_leaves_nothing_half(
    redis: Redis, start: Callable[..., Process], often: Callable[[], None], backup: Backup, point: str
) -> None:
    unlucky = start("worker", FAULT=point, LEASE_SECONDS=SHORT_LEASE)
    job = ask(a_lead(), "tests.steps", parts=1)
    wait_until(lambda: b"exitcode 70" in unlucky.log.read_bytes())
    half = effects(backup)
    unlucky.kill_group()
    start("worker", LEASE_SECONDS=SHORT_LEASE)

    def settled() -> bool:
        often()
        time.sleep(1)
        return statuses(backup) == {"done": 1}

    wait_until(settled, 60)
    assert half == {}
    assert effects(backup) == {job.reference: 1}


def test_a_polite_stop_lets_the_job_end(redis: Redis, start: Callable[..., Process], backup: Backup) -> None:
    worker = start("worker")
    job = ask(a_lead(), "tests.steps", parts=3, seconds=1)
    wait_until(lambda: backup(Job).get().status == Status.RUNNING)

    worker.terminate()

    assert statuses(backup) == {"done": 1}
    assert effects(backup) == {job.reference: 1}


def test_a_job_that_kills_its_worker_fails_visibly_after_three_attempts(
    redis: Redis, start: Callable[..., Process], often: Callable[[], None], backup: Backup
) -> None:
    start("worker", LEASE_SECONDS=SHORT_LEASE)
    killer = ask(a_lead(), "tests.dies_first", times=3)

    def settled() -> bool:
        often()
        time.sleep(1)
        return statuses(backup) == {"failed": 1}

    wait_until(settled, 90)
    ended = backup(Job).get(pk=killer.pk)
    assert (ended.attempts, ended.failure_code) == (3, Failure.CRASHED)
    after = ask(a_lead("Next Council"))
    wait_until(lambda: backup(Job).get(pk=after.pk).status == Status.DONE)


def test_a_job_past_its_time_limit_is_stopped_and_the_worker_lives(
    redis: Redis, start: Callable[..., Process], backup: Backup
) -> None:
    start("worker")
    lead = a_lead()
    slow = ask(lead, "tests.sleeps", seconds=30)

    took = wait_until(lambda: backup(Job).get(pk=slow.pk).status == Status.FAILED)
    after = ask(lead)
    wait_until(lambda: backup(Job).get(pk=after.pk).status == Status.DONE)

    assert took < 10
    assert backup(Job).get(pk=slow.pk).failure_code == Failure.TOO_LONG


def test_a_job_deaf_to_its_time_limit_is_killed(
    redis: Redis,
    start: Callable[..., Process],
    often: Callable[[], None],
    backup: Backup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatching, "LEASE", timedelta(seconds=int(SHORT_LEASE)))
    start("worker", LEASE_SECONDS=SHORT_LEASE)
    deaf = ask(a_lead(), "tests.deaf")

    def settled() -> bool:
        often()
        time.sleep(1)
        return backup(Job).get(pk=deaf.pk).status == Status.FAILED

    wait_until(settled, 90)
    assert backup(Job).get().failure_code == Failure.TOO_LONG


# ---- F11: the same message twice
def test_a_message_pushed_back_has_no_second_effect(
    redis: Redis, start: Callable[..., Process], backup: Backup
) -> None:
    found = [ask(a_lead(f"Council {number}")) for number in range(5)]
    messages = redis.client.lrange("celery", 0, -1)
    for message in messages:
        redis.client.rpush("celery", message, message)
    start("worker")

    wait_until(lambda: statuses(backup) == {"done": 5})
    wait_until(lambda: redis.client.llen("celery") == 0)
    time.sleep(2)

    assert len(messages) == 5
    assert effects(backup) == {job.reference: 1 for job in found}


def test_redis_holds_ids_and_nothing_else(redis: Redis) -> None:
    ask(a_lead("Canary Council"), "tests.arguments", title="Canary title", report="CANARY-REFERENCE")

    import base64

    (message,) = redis.client.lrange("celery", 0, -1)
    body = json.loads(base64.b64decode(json.loads(message)["body"]))
    assert body[0] == []
    assert set(body[1]) == {"job_id", "organisation_id"}
    assert "anary" not in repr(body)
    assert b"ANARY" not in message.upper().replace(b"CELERY", b"")


# ---- F24: two schedulers
def test_two_schedulers_start_each_slot_once(redis: Redis, start: Callable[..., Process], backup: Backup) -> None:
    start("worker")
    start("beat")
    start("beat")

    wait_until(lambda: backup(Slot).filter(name="jobs.dispatch", finished_at__isnull=False).count() >= 2, 60)

    slots = list(backup(Slot).filter(name="jobs.dispatch").values_list("due_at", "attempts"))
    assert {attempts for _, attempts in slots} == {1}
    assert len({due_at for due_at, _ in slots}) == len(slots)
    assert set(scheduling.declared()) >= {"jobs.dispatch"}
    connections["backup"].close()
    assert timedelta(seconds=15) == scheduling.declared()["jobs.dispatch"].every
