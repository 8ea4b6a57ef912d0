import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from prevent_portal.embedded import services, supervisor
from prevent_portal.embedded.exceptions import ServiceError
from prevent_portal.embedded.processes import started_at

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "tests.prevent_portal.stand_in_portal"]


@pytest.fixture
def port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


@pytest.fixture
def start(scratch, port) -> Iterator[Callable[..., subprocess.Popen]]:
    """``start()``: a portal in the foreground of a process of its own; killed with the test."""
    started = []

    def begin(*words: str) -> subprocess.Popen:
        command = [*COMMAND, str(scratch), str(port), *words]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def read_until(output: IO[str], wanted: str) -> list[str]:
    lines = []
    for line in output:
        lines.append(line.rstrip("\n"))
        if re.search(wanted, line):
            return lines
    raise AssertionError(f"{wanted!r} was not said in {lines}")


def children_of(var_dir: Path) -> list[int]:
    return [child["pid"] for child in json.loads((var_dir / "supervisor.json").read_text())["children"]]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, "it did not happen within 15 seconds"
        time.sleep(0.05)


def test_ready_is_the_last_thing_said_after_the_seconds_it_took(start, port):
    lines = read_until(start().stdout, "Ready")

    assert len(lines) == 2
    assert re.fullmatch(r"Started in \d+ seconds\.", lines[0])
    assert lines[1] == f"Ready: http://localhost:{port}"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_leaves_nothing_running(start, scratch, number):
    portal = start()
    read_until(portal.stdout, "Ready")
    children = children_of(scratch)

    portal.send_signal(number)
    said = portal.stdout.read().splitlines()

    assert portal.wait(timeout=30) == 0
    assert said == ["Stopping.", "Everything is stopped."]
    assert [pid for pid in children if started_at(pid) is not None] == []
    assert services.status(scratch) == services.Status(None, None)


def test_a_child_that_crashed_is_started_again_and_it_says_so(start, scratch):
    portal = start()
    read_until(portal.stdout, "Ready")
    web, worker = children_of(scratch)

    os.kill(worker, signal.SIGKILL)
    said = read_until(portal.stdout, "worker")

    assert said == [
        f"The worker stopped (signal SIGKILL); starting it again in 1 s. See {scratch / 'logs' / 'worker.log'}."
    ]
    wait_until(lambda: len(children_of(scratch)) == 2 and children_of(scratch)[1] != worker)
    assert children_of(scratch)[0] == web


def test_redis_that_stopped_is_started_again(start, scratch):
    portal = start()
    read_until(portal.stdout, "Ready")

    os.kill(services.status(scratch).redis, signal.SIGKILL)
    read_until(portal.stdout, "PostgreSQL or Redis has stopped; starting it again")

    wait_until(lambda: services.status(scratch).running)


def test_children_of_a_killed_parent_die_with_it(start, scratch):
    portal = start()
    read_until(portal.stdout, "Ready")
    children = children_of(scratch)

    portal.kill()

    wait_until(lambda: not [pid for pid in children if started_at(pid) is not None])


def test_what_a_killed_run_left_behind_is_ended_by_the_next(start, scratch):
    left = subprocess.Popen(["sleep", "600"], start_new_session=True)
    record = {"parent": {"pid": 2**22, "started_at": 1}, "children": [supervisor._identity(left.pid)]}
    scratch.joinpath("supervisor.json").write_text(json.dumps(record))

    said = read_until(start().stdout, "Ready")

    assert said[0] == f"Ending process {left.pid} of a run that was killed."
    assert left.wait(timeout=5) == -signal.SIGKILL


def test_a_process_that_only_has_the_number_of_a_left_one_is_not_touched(start, scratch):
    somebody = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        record = {"parent": {"pid": 2**22, "started_at": 1}, "children": [{"pid": somebody.pid, "started_at": 1}]}
        scratch.joinpath("supervisor.json").write_text(json.dumps(record))

        supervisor.refuse_second_run(scratch)

        assert somebody.poll() is None
    finally:
        somebody.kill()
        somebody.wait()


def test_a_second_run_from_the_same_folder_is_refused(start, scratch):
    first = start()
    read_until(first.stdout, "Ready")

    second = start()
    said = second.stdout.read()

    assert second.wait(timeout=30) == 1
    assert said == (
        f"The portal runs already from {scratch} (process {first.pid}). "
        f"Use it, or stop it with Ctrl-C there or: kill {first.pid}\n"
    )
    assert services.status(scratch).running


def test_a_port_in_use_is_named_with_what_to_do(port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()

        with pytest.raises(ServiceError) as refusal:
            supervisor.refuse_port_in_use(port)

    assert str(refusal.value) == (
        f"Port {port} is in use by another program. Stop it, or choose another port: PORT={port + 1} make demo"
    )


def test_a_web_server_that_never_starts_ends_the_run_with_its_reason(start, scratch):
    portal = start("broken")

    said = portal.stdout.read().splitlines()

    assert portal.wait(timeout=30) == 1
    assert said[-1] == (f"The web server does not start: No module named portal. See {scratch / 'logs' / 'web.log'}.")
    assert services.status(scratch) == services.Status(None, None)
