"""Runs web, workers and scheduler under one parent in the foreground, and stops everything with it."""

import ctypes
import http
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from prevent_portal.embedded import services
from prevent_portal.embedded.exceptions import ServiceError
from prevent_portal.embedded.processes import started_at

LOG_BYTES = 10_000_000
READY_SECONDS = 120
STOP_SECONDS = 20
LONGEST_PAUSE = 30
STEADY_SECONDS = 60  # a process that lived this long starts again without delay
SERVICES_EVERY_SECONDS = 5
PR_SET_PDEATHSIG = 1
GIVES_WAY = 10  # on a small machine a report being drawn does not slow the pages, nor four processes that start at once


@dataclass
class Child:
    """One of our processes and how often it failed lately. ``gives_way``: pages come before what it does."""

    name: str
    command: list[str]
    gives_way: bool = True
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    failures: int = 0
    start_again_at: float = 0.0


@dataclass
class Supervisor:
    """The parent of the portal's processes for one var folder and port."""

    var_dir: Path
    port: int
    environment: Mapping[str, str]
    children: list[Child]  # the web server first: it says when the portal is ready
    stopping: bool = False

    def run(self, since: float) -> int:
        """Start everything, say when it is ready, and stay until told to stop. Returns the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        try:
            refuse_second_run(self.var_dir)
            for child in self.children:
                self._start(child)
            if self._wait_until_ready():
                say(f"Started in {time.time() - since:.0f} seconds.")
                say(f"Ready: http://localhost:{self.port}")
            self._watch()
        finally:
            self._stop_all()
        return 0

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self.stopping:  # asked twice: do not wait for anybody
            for child in self.children:
                _signal_group(child, signal.SIGKILL)
        self.stopping = True

    def _start(self, child: Child) -> None:
        log_path = self.var_dir / "logs" / f"{child.name}.log"
        with _open_log(log_path) as log:
            child.process = subprocess.Popen(  # noqa: S603 -- our own commands, no shell
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                start_new_session=True,  # Ctrl-C reaches us alone, and we can end the group with its grandchildren
                preexec_fn=_before_it_runs(os.getpid(), gives_way=child.gives_way),
            )
        child.began = time.monotonic()
        self._write_record()

    def _wait_until_ready(self) -> bool:
        deadline = time.monotonic() + READY_SECONDS
        while not self.stopping:
            if is_ready(self.port):
                return True
            self._restart_what_died()
            web = self.children[0]
            if web.failures >= 3:
                raise ServiceError(f"The web server does not start: {self._last_line(web)}")
            if time.monotonic() > deadline:
                raise ServiceError(f"The portal did not answer within {READY_SECONDS} seconds. {self._see(web)}")
            time.sleep(0.1)
        return False

    def _watch(self) -> None:
        look_at_services = time.monotonic() + SERVICES_EVERY_SECONDS
        while not self.stopping:
            self._restart_what_died()
            if time.monotonic() > look_at_services:
                if not services.status(self.var_dir).running:
                    say("PostgreSQL or Redis has stopped; starting it again.")
                    services.ensure_running(self.var_dir)
                look_at_services = time.monotonic() + SERVICES_EVERY_SECONDS
            time.sleep(0.2)

    def _restart_what_died(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                _signal_group(child, signal.SIGKILL)
                child.failures = 1 if now - child.began > STEADY_SECONDS else child.failures + 1
                pause = min(2 ** (child.failures - 1), LONGEST_PAUSE)
                say(
                    f"The {child.name} stopped ({_ending(child.process.returncode)}); "
                    f"starting it again in {pause} s. {self._see(child)}"
                )
                child.process, child.start_again_at = None, now + pause
            elif child.process is None and now >= child.start_again_at and not self.stopping:
                self._start(child)

    def _stop_all(self) -> None:
        running = [child for child in self.children if child.process is not None]
        if running:
            say("Stopping.")
        for child in running:
            if child.process is not None:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in running:
            if child.process is not None:
                try:
                    child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    say(f"The {child.name} was busy and was ended; its job is taken up again at the next start.")
                _signal_group(child, signal.SIGKILL)
                child.process.wait()
        services.stop(self.var_dir)
        if running:
            _record(self.var_dir).unlink(missing_ok=True)
            say("Everything is stopped.")

    def _write_record(self) -> None:
        pids = [child.process.pid for child in self.children if child.process is not None]
        text = json.dumps({"parent": _identity(os.getpid()), "children": [_identity(pid) for pid in pids]})
        temporary = _record(self.var_dir).with_suffix(".new")
        temporary.write_text(text)
        temporary.replace(_record(self.var_dir))

    def _see(self, child: Child) -> str:
        return f"See {self.var_dir / 'logs' / child.name}.log."

    def _last_line(self, child: Child) -> str:
        text = (self.var_dir / "logs" / f"{child.name}.log").read_text(errors="replace").strip()
        last = text.splitlines()[-1].rstrip(".") if text else "it said nothing"
        return f"{last}. {self._see(child)}"


def commands(port: int) -> list[Child]:
    """The portal's own processes; docker-compose.yml runs the same commands."""
    cores = len(os.sched_getaffinity(0))
    celery = [sys.executable, "-m", "celery", "--app", "prevent_portal.celery:app"]
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:prevent_portal.gunicorn_settings"]
    worker, quiet = [*celery, "worker", "-Q"], ["--without-gossip", "--without-mingle"]
    return [
        Child(  # one process reads the code, and its workers have it from there
            "web",
            [*gunicorn, "--preload", "--bind", f"127.0.0.1:{port}", "prevent_portal.wsgi:application"],
            gives_way=False,
        ),
        Child("worker", [*worker, "celery", "--concurrency", str(cores), *quiet]),
        Child("worker-long", [*worker, "long", "-n", "long@%h", "--concurrency", "1", *quiet]),
        Child("scheduler", [*celery, "beat", "--pidfile="]),
    ]


def refuse_port_in_use(port: int) -> None:
    """Raise ServiceError when somebody listens on the port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except PermissionError:
            raise ServiceError(
                f"Port {port} needs special rights. Choose one above 1023: PORT=8000 make demo"
            ) from None
        except OSError:
            raise ServiceError(
                f"Port {port} is in use by another program. Stop it, or choose another port: PORT={port + 1} make demo"
            ) from None


def refuse_second_run(var_dir: Path) -> None:
    """Raise ServiceError when the portal runs from this folder; end what a killed run left behind."""
    try:
        found = json.loads(_record(var_dir).read_text())
        parent, children = found["parent"], found["children"]
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError):  # cut off when the machine stopped: nothing of it can run now
        _record(var_dir).unlink()
        return
    if _lives(parent) and parent["pid"] != os.getpid():
        raise ServiceError(
            f"The portal runs already from {var_dir} (process {parent['pid']}). "
            f"Use it, or stop it with Ctrl-C there or: kill {parent['pid']}"
        )
    for child in children:
        if _lives(child):
            say(f"Ending process {child['pid']} of a run that was killed.")
            os.killpg(child["pid"], signal.SIGKILL)
    _record(var_dir).unlink()


def is_ready(port: int) -> bool:
    """Whether the web server answers and reaches its database."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def say(line: str) -> None:
    """One line to the person at the terminal, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _record(var_dir: Path) -> Path:
    return var_dir / "supervisor.json"


def _identity(pid: int) -> dict[str, int | None]:
    return {"pid": pid, "started_at": started_at(pid)}


def _lives(identity: dict[str, int]) -> bool:
    return started_at(identity["pid"]) == identity["started_at"] is not None


def _signal_group(child: Child, number: signal.Signals) -> None:
    if child.process is not None:
        try:
            os.killpg(child.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return


def _ending(status: int) -> str:
    return f"exit status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"


def _open_log(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def _before_it_runs(parent: int, *, gives_way: bool) -> Callable[[], None]:
    """Dies with its parent, and leaves the processor to others first if it gives way."""
    libc = ctypes.CDLL(None, use_errno=True)

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died between fork and here
            os._exit(1)
        if gives_way:
            os.nice(GIVES_WAY)

    return ask_kernel
