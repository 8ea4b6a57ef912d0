import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from celery import shared_task
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django_celery_beat.models import PeriodicTask

from foundation.jobs import broker, scheduling, slots, upkeep
from foundation.jobs import schedules as declarations
from foundation.jobs.models import Slot
from foundation.jobs.scheduling import Schedule
from tests.conftest import NOW

HERE = "tests.foundation.jobs.test_slots.remember"
DAILY = Schedule("tests.daily", HERE, at=time(7, 30))
OFTEN = Schedule("tests.often", HERE, every=timedelta(seconds=15))

ran: list[datetime] = []


def remember(*, now: datetime) -> None:
    ran.append(now)


def breaks(*, now: datetime) -> None:
    ran.append(now)
    raise ZeroDivisionError


class Names(list[str]):
    """What is in the queue, whenever it is asked."""

    def __init__(self, client: Any) -> None:
        super().__init__()
        self._client = client

    def __contains__(self, name: object) -> bool:
        messages = [json.loads(message) for message in self._client.lrange("tests.slots", 0, -1)]
        return any(json.loads(base64.b64decode(message["body"]))[1]["name"] == name for message in messages)


@shared_task(name="tests.own_task")
def own_task(**_later: object) -> None:
    ran.append(NOW)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        {"name": "tests.daily", "run": HERE, "at": time(7, 30)},
        {"name": "tests.often", "run": HERE, "every": timedelta(seconds=15)},
        {"name": "tests.breaks", "run": HERE.replace("remember", "breaks"), "at": time(7, 30)},
    ]
    monkeypatch.setattr(declarations, "SCHEDULES", [*declarations.SCHEDULES, *entries])
    ran.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of scheduled messages in a Redis queue of the test's own, read after the deed."""
    monkeypatch.setattr(broker, "SHORT_QUEUE", "tests.slots")
    client = broker._connection().default_channel.client
    client.delete("tests.slots")
    names = Names(client)
    yield names
    client.delete("tests.slots")


# ---- When is it due?
@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23 07:29:59", "2026-11-22 07:30"),  # winter: London is UTC
        ("2026-11-23 07:30:00", "2026-11-23 07:30"),
        ("2026-06-01 06:29:59", "2026-05-31 06:30"),  # summer: an hour ahead
        ("2026-06-01 06:30:00", "2026-06-01 06:30"),
        ("2026-03-29 06:30:00", "2026-03-29 06:30"),  # the day the clocks go forward
        ("2026-10-25 07:30:00", "2026-10-25 07:30"),  # the day they go back
    ],
)
def test_a_time_of_day_is_a_time_in_london(now: str, due: str) -> None:
    assert DAILY.latest(at(now)) == at(due)


def test_a_time_that_the_clocks_skip_is_due_once_an_hour_later() -> None:
    schedule = Schedule("tests.night", HERE, at=time(1, 30))
    minutes = [at("2026-03-28 12:00") + timedelta(minutes=10 * step) for step in range(6 * 48)]

    due = {schedule.latest(now) for now in minutes}

    assert sorted(due)[1:] == [at("2026-03-29 01:30"), at("2026-03-30 00:30")]


def test_a_time_that_comes_twice_is_due_once() -> None:
    schedule = Schedule("tests.night", HERE, at=time(1, 30))
    minutes = [at("2026-10-24 12:00") + timedelta(minutes=10 * step) for step in range(6 * 48)]

    due = {schedule.latest(now) for now in minutes}

    assert sorted(due)[1:] == [at("2026-10-25 00:30"), at("2026-10-26 01:30")]


def test_weekdays_narrow_it() -> None:
    mondays = Schedule("tests.mondays", HERE, at=time(7, 30), weekdays=frozenset({0}))

    assert mondays.latest(at("2026-11-29 12:00")) == at("2026-11-23 07:30")


@pytest.mark.parametrize(
    "wrong", [{}, {"every": timedelta(seconds=15), "at": time(7)}, {"every": timedelta(seconds=1)}]
)
def test_a_schedule_that_cannot_work_stops_the_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(ImproperlyConfigured):
        Schedule("tests.wrong", HERE, **wrong)


# ---- Once per slot
def test_two_schedulers_at_once_do_it_once(committed: None) -> None:
    barrier = threading.Barrier(8)

    def schedule() -> None:
        barrier.wait()
        slots.run_due("tests.daily", now=NOW)
        connection.close()

    threads = [threading.Thread(target=schedule) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ran == [NOW]


def test_each_slot_of_a_frequent_schedule_is_done_once(db: None) -> None:
    for second in range(60):
        slots.run_due("tests.often", now=NOW + timedelta(seconds=second))

    assert ran == [NOW + timedelta(seconds=second) for second in (0, 15, 30, 45)]


@pytest.mark.parametrize("hours", [-24, -2, 2, 24])
def test_a_clock_put_right_does_not_double_the_day(db: None, hours: int) -> None:
    wrong = at("2026-11-23 07:31") + timedelta(hours=hours)
    slots.run_due("tests.daily", now=wrong)
    days_done = {DAILY.latest(now) for now in ran}

    for minute in range(0, 3 * 24 * 60, 20):
        slots.run_due("tests.daily", now=at("2026-11-23 07:31") + timedelta(minutes=minute))

    done = [DAILY.latest(now) for now in ran]
    assert len(done) == len(set(done))
    assert {at("2026-11-23 07:30"), at("2026-11-24 07:30"), at("2026-11-25 07:30")} <= set(done) | days_done


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=1)])
def test_a_clock_that_ran_ahead_does_not_stop_the_dispatcher(db: None, ahead: timedelta) -> None:
    for second in range(0, 300, 15):
        slots.run_due("tests.often", now=NOW + ahead + timedelta(seconds=second))
    ran.clear()

    for second in range(0, 120, 15):
        slots.run_due("tests.often", now=NOW + timedelta(seconds=second))

    assert len(ran) == 8


def test_a_slot_that_broke_is_taken_up_again_three_times_at_most(db: None) -> None:
    for minutes in range(0, 60, 12):
        try:
            slots.run_due("tests.breaks", now=NOW + timedelta(minutes=minutes))
        except ZeroDivisionError:
            continue

    assert len(ran) == 3
    assert Slot.objects.get(name="tests.breaks").finished_at is None


def test_a_name_that_nobody_declares_does_nothing(db: None) -> None:
    assert slots.run_due("tests.gone", now=NOW) is False


def test_what_no_scheduler_sent_is_sent_within_half_a_day(committed: None, sent: list[str]) -> None:
    slots.run_due("jobs.forget_slots", now=NOW)

    slots.send_missed(now=at("2026-11-23 09:00"))

    assert "tests.daily" in sent
    assert "jobs.forget_slots" not in sent
    assert "tests.often" not in sent


def test_what_was_done_is_not_sent(committed: None, sent: list[str]) -> None:
    slots.run_due("tests.daily", now=at("2026-11-23 07:30"))

    slots.send_missed(now=at("2026-11-23 09:00"))

    assert "tests.daily" not in sent


def test_old_slots_are_forgotten(db: None) -> None:
    for days in (0, 3, 50):
        for name in ("tests.daily", "tests.often"):
            due = NOW - timedelta(days=days)
            Slot.objects.create(name=name, due_at=due, lease_until=due)

    upkeep.forget_slots(now=NOW)

    kept = [(slot.name, (NOW - slot.due_at).days) for slot in Slot.objects.order_by("name", "-due_at")]
    assert kept == [("tests.daily", 0), ("tests.daily", 3), ("tests.often", 0)]


# ---- The scheduler's tables
def test_the_scheduler_gets_what_is_declared_and_loses_what_is_not(db: None, capsys: Any) -> None:
    call_command("sync_schedules")
    first = capsys.readouterr().out
    PeriodicTask.objects.filter(name="tests.often").update(enabled=False)
    PeriodicTask.objects.create(
        name="tests.gone", task="jobs.scheduled", interval=PeriodicTask.objects.get(name="tests.often").interval
    )

    call_command("sync_schedules")
    second = capsys.readouterr().out
    call_command("sync_schedules")

    assert "added tests.daily" in first
    assert "added jobs.dispatch" in first
    assert second == "changed tests.often\nremoved tests.gone\n"
    assert capsys.readouterr().out == ""
    daily = PeriodicTask.objects.get(name="tests.daily").crontab
    assert (daily.hour, daily.minute, str(daily.timezone)) == ("7", "30", "Europe/London")


def test_every_declared_schedule_names_a_function_that_exists() -> None:
    assert {"jobs.dispatch", "jobs.forget_slots", "ledger.seal"} <= scheduling.declared().keys()


def test_a_room_may_name_a_celery_task_of_its_own(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = ("tests.own_task", timedelta(minutes=1))
    monkeypatch.setattr(declarations, "SCHEDULES", [*declarations.SCHEDULES, entry])

    slots.run_due("tests.own_task", now=NOW)

    assert ran == [NOW]
