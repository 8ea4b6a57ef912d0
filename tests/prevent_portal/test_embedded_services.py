import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from celery import Celery

from prevent_portal.embedded import addresses, postgres, redis, services
from prevent_portal.embedded.exceptions import ServiceError
from prevent_portal.embedded.places import Places
from prevent_portal.embedded.processes import service_user, started_at
from tests.prevent_portal.conftest import place_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def running(scratch) -> Path:
    services.ensure_running(scratch)
    return scratch


def ask_redis(place: Places, *lines: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(place.redis_socket))
        connection.sendall("".join(f"{line}\r\n" for line in lines).encode())
        answer = b""
        while answer.count(b"\r\n") < len(lines):
            answer += connection.recv(1024)
        return answer


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while started_at(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_second_start_finds_everything_running(running):
    before = services.status(running)

    services.ensure_running(running)

    assert services.status(running) == before
    assert before.running


def test_only_the_service_user_can_enter_the_data(running):
    place = place_of(running)
    user = service_user(place.services)

    folders = [place.services, place.run, place.postgres_data, place.redis_data]

    assert {(path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) for path in folders} == {(user.uid, 0o700)}
    assert stat.S_IMODE((place.redis_data / "redis.conf").stat().st_mode) == 0o600
    assert user.uid != 0


def test_committed_rows_survive_a_killed_server(running):
    found = addresses.read_or_create(running)
    with psycopg.connect(found.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    pid = services.status(running).postgres
    kill(pid)

    services.ensure_running(running)

    assert services.status(running).postgres != pid
    with psycopg.connect(found.owner_url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]
        connection.execute("DROP TABLE kept")


def test_a_server_starts_when_its_old_number_belongs_to_somebody_else(running):
    place = place_of(running)
    services.stop(running)
    lines = [str(os.getpid()), str(place.postgres_data), "1", "5432", str(place.run), "", "  0 0", "ready   "]
    (place.postgres_data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    (place.run / "redis.pid").write_text(str(os.getpid()))

    services.ensure_running(running)

    assert os.getpid() not in (services.status(running).postgres, services.status(running).redis)
    assert services.status(running).running


def test_redis_wants_its_password_and_keeps_what_it_was_given(running):
    place, held = place_of(running), addresses.credentials(running)

    without_password = ask_redis(place, "PING")
    stored = ask_redis(place, f"AUTH {held.redis}", "SET kept 7")
    time.sleep(1.2)  # it writes to disk every second
    kill(services.status(running).redis)
    services.ensure_running(running)

    assert without_password == b"-NOAUTH Authentication required.\r\n"
    assert stored == b"+OK\r\n+OK\r\n"
    assert ask_redis(place, f"AUTH {held.redis}", "INCR kept") == b"+OK\r\n:8\r\n"


def test_celery_reaches_redis_by_its_address(running):
    app = Celery("trial", broker=addresses.read_or_create(running).redis_url, set_as_current=False)

    with app.connection_for_write() as connection, connection.SimpleQueue("trial") as queue:
        queue.put({"id": 7})
        message = queue.get(timeout=5)
        message.ack()

    assert message.payload == {"id": 7}


def test_two_starts_at_once_make_one_server(running):
    services.stop(running)
    command = [sys.executable, "-m", "prevent_portal.embedded", "start", str(running)]

    starts = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = {start.communicate(timeout=60)[0] for start in starts}

    found = services.status(running)
    assert told == {f"PostgreSQL: running, process {found.postgres}\nRedis: running, process {found.redis}\n"}


def test_stop_ends_its_own_services_and_no_others(running, tmp_path):
    other = tmp_path / "other"
    services.ensure_running(other)
    other_place = place_of(other)
    try:
        before = services.status(running)

        stopped = services.stop(other)

        assert stopped is True
        assert services.status(other) == services.Status(None, None)
        assert services.status(running) == before
        assert services.stop(other) is False
    finally:
        services.stop(other)
        shutil.rmtree(other_place.services)  # outside tmp_path when root runs the tests


def test_data_of_another_postgresql_is_refused_with_what_to_do(running):
    services.stop(running)
    version = place_of(running).postgres_data / "PG_VERSION"
    true_version = version.read_text()
    version.write_text("13\n")
    try:
        with pytest.raises(ServiceError) as refusal:
            services.ensure_running(running)
    finally:
        version.write_text(true_version)

    assert "was made by PostgreSQL 13; this release brings 18. Make a backup with the release" in str(refusal.value)


def test_the_reason_postgresql_gives_is_passed_on_in_one_line(running, monkeypatch):
    services.stop(running)
    monkeypatch.setattr(postgres, "CONFIGURATION", postgres.CONFIGURATION + "max_connections = 'many'\n")

    with pytest.raises(
        ServiceError, match=r"PostgreSQL did not start: .*postgresql\.conf.* contains errors.*\(see "
    ) as refusal:
        services.ensure_running(running)

    assert "\n" not in str(refusal.value)


def test_a_full_disk_is_named_before_anything_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(services, "LEAST_FREE_BYTES", shutil.disk_usage(tmp_path).total + 1)

    with pytest.raises(ServiceError, match=r"Only \d+ MB are free on the disk that holds .*; \d+ MB are needed\."):
        services.ensure_running(tmp_path)

    assert not place_of(tmp_path).postgres_data.exists()
    shutil.rmtree(place_of(tmp_path).services)


def test_a_cluster_that_could_not_be_finished_leaves_nothing_that_looks_finished(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "SUPERUSER", "no/such;user" * 100)  # initdb refuses it after it made its folder

    with pytest.raises(ServiceError, match="The database could not be made"):
        services.ensure_running(tmp_path)

    place = place_of(tmp_path)
    assert sorted(path.name for path in place.services.iterdir()) == ["logs", "run"]
    assert redis.running_pid(place) is None
    shutil.rmtree(place.services)


def test_status_of_a_folder_never_used_makes_nothing(tmp_path):
    assert services.status(tmp_path) == services.Status(None, None)
    assert services.stop(tmp_path) is False
    assert list(tmp_path.iterdir()) == []
