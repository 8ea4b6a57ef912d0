"""The portal and the bare page behind a real gunicorn, and a worker on the scratch database: settings as in service."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from prevent_portal.benchmarks.ground import DATABASE, OWN_REDIS, Place

PORTAL = "prevent_portal.wsgi:application"
BARE = "prevent_portal.benchmarks.served:application"
ROOT = Path(settings.BASE_DIR)
SECONDS_TO_START = 60
SECONDS_TO_STOP = 30


@contextmanager
def web(application: str, *, workers: int) -> Iterator[tuple[int, int]]:
    """Gunicorn as in service, on a port of this machine only. Gives the port and the pid of its master."""
    port = free_port()
    options = ["--config", "python:prevent_portal.gunicorn_settings", "--workers", str(workers)]
    command = ["-m", "gunicorn", *options, "--bind", f"127.0.0.1:{port}", application]
    with _running("web", command) as process:
        wait_until(lambda: _answers(port), SECONDS_TO_START)
        yield port, process.pid


@contextmanager
def worker() -> Iterator[int]:
    """A Celery worker with one process, as in service. Gives the pid of its master."""
    options = ["--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    log = _log("worker")
    log.unlink(missing_ok=True)
    with _running(
        "worker", ["-m", "celery", "--app", "prevent_portal.celery:app", "worker", "-n", "bench@%h", *options]
    ) as process:
        wait_until(lambda: b" ready." in log.read_bytes(), SECONDS_TO_START)
        yield process.pid


def request_bytes(place: Place, path: str) -> bytes:
    """A request of the lead's browser, as the proxy would hand it on."""
    cookies = place.client().cookies
    session = cookies[settings.SESSION_COOKIE_NAME].value
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: localhost",
        "X-Forwarded-Proto: https",
        "X-Forwarded-For: 127.0.0.1",
        f"Cookie: __Host-session={session}",
        "Connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def ask(port: int, request: bytes) -> int:
    """Send a request, read the answer to its end and return its status."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS_TO_START) as connection:
        connection.sendall(request)
        head = connection.recv(65_536)
        while connection.recv(65_536):
            pass
    return int(head[9:12])


def wait_until(true: Callable[[], object], seconds: float) -> None:
    """Look twenty times a second. Raises TimeoutError when it does not come true."""
    ends_at = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends_at:
            raise TimeoutError(f"not within {seconds:.0f} seconds")
        time.sleep(0.05)


@contextmanager
def _running(name: str, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    log = _log(name)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        process = subprocess.Popen(  # noqa: S603 -- our own commands, no shell
            [sys.executable, *command],
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _environment() -> dict[str, str]:
    """As an installation would set it, with the scratch database and a Redis database of the benchmark's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "prevent_portal.settings",
        "PORTAL_VAR_DIR": str(settings.VAR_DIR),
        "PORTAL_DATABASE_URL": settings.DATABASE_URL.replace("/portal?", f"/{DATABASE}?"),
        "PORTAL_REDIS_URL": OWN_REDIS,
        "PORTAL_SECRET_KEY": settings.SECRET_KEY,
        "PORTAL_ENCRYPTION_KEYS": settings.ENCRYPTION_KEYS,
        "PORTAL_HOSTS": "localhost",
        "PORTAL_ADDRESS": "https://localhost",
        "PORTAL_PROXY_COUNT": "1",
        "PORTAL_EMAIL_URL": "dummymail://",
    }


def _log(name: str) -> Path:
    return Path(settings.VAR_DIR) / "logs" / f"bench-{name}.log"


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
