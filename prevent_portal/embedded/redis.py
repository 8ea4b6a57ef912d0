"""Starts and stops a Redis server of our own: on a Unix socket only, with a password."""

import contextlib
import os
import signal
import socket
import time
from pathlib import Path

from prevent_portal.embedded.addresses import Credentials
from prevent_portal.embedded.exceptions import ServiceError
from prevent_portal.embedded.places import Places
from prevent_portal.embedded.processes import ServiceUser, command_line, started_at
from prevent_portal.embedded.programs import redis_program

START_SECONDS = 30
STOP_SECONDS = 20

CONFIGURATION = """\
# Written at every start by prevent_portal/embedded/redis.py.
port 0
unixsocket {socket}
unixsocketperm 700
requirepass {password}
daemonize yes
pidfile {pidfile}
logfile {log}
dir {data}
appendonly yes
save ""
maxmemory-policy noeviction
"""


def start(place: Places, user: ServiceUser, credentials: Credentials) -> bool:
    """Start the server and wait until it answers. False when it was running already."""
    if running_pid(place) is not None:
        return False
    program = redis_program(place, user)
    user.own(place.redis_data)
    for leftover in (place.redis_socket, _pidfile(place)):
        leftover.unlink(missing_ok=True)
    configuration = place.redis_data / "redis.conf"
    user.write(
        configuration,
        CONFIGURATION.format(
            socket=place.redis_socket,
            password=credentials.redis,
            pidfile=_pidfile(place),
            log=place.redis_log,
            data=place.redis_data,
        ),
    )
    result = user.run([program, configuration])
    deadline = time.monotonic() + START_SECONDS
    while result.returncode == 0 and time.monotonic() < deadline:
        if _answers(place, credentials):
            return True
        time.sleep(0.02)
    raise ServiceError(f"Redis did not start: {_last_line(place.redis_log) or result.stdout} (see {place.redis_log}).")


def stop(place: Places) -> bool:
    """Stop the server after it wrote everything to disk. False when it was not running."""
    pid = running_pid(place)
    if pid is None:
        return False
    for asked, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, asked)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if started_at(pid) is None:
                return True
            time.sleep(0.02)
    raise ServiceError(f"Redis (process {pid}) does not stop. See {place.redis_log}.")


def running_pid(place: Places) -> int | None:
    """The process number of the server on this socket, if one is alive."""
    try:
        pid = int(_pidfile(place).read_text())
    except (FileNotFoundError, ValueError):
        return None
    # Redis writes its socket into its process title: "redis-server unixsocket:/…/redis.sock".
    ours = any(str(place.redis_socket) in word for word in command_line(pid))
    return pid if ours and started_at(pid) is not None else None


def _pidfile(place: Places) -> Path:
    return place.run / "redis.pid"


def _answers(place: Places, credentials: Credentials) -> bool:
    """Whether the server takes our password and has read its data back."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(place.redis_socket))
            connection.sendall(f"AUTH {credentials.redis}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := connection.recv(1024)):
                answer += part
        except OSError:
            return False
    return answer == b"+OK\r\n+PONG\r\n"


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return lines[-1].partition("#")[2].strip() or lines[-1] if lines else ""
