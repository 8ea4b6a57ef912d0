"""``python -m prevent_portal.embedded start|stop|status [var_dir]``, and ``run [var_dir] -- command``."""

import os
import subprocess
import sys
from pathlib import Path

from prevent_portal.embedded import services
from prevent_portal.embedded.exceptions import ServiceError


def main(arguments: list[str]) -> int:
    """Do what the arguments say and return the exit status."""
    words, _, command = _split(arguments)
    if not words or words[0] not in {"start", "stop", "status", "run"} or len(words) > 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    named = words[1] if len(words) == 2 else os.environ.get("PORTAL_VAR_DIR") or "var"
    var_dir = Path(named).resolve()
    try:
        return _run(var_dir, command) if words[0] == "run" else _do(words[0], var_dir)
    except ServiceError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _split(arguments: list[str]) -> tuple[list[str], str, list[str]]:
    if "--" not in arguments:
        return arguments, "", []
    at = arguments.index("--")
    return arguments[:at], "--", arguments[at + 1 :]


def _do(verb: str, var_dir: Path) -> int:
    if verb == "start":
        services.ensure_running(var_dir)
    elif verb == "stop":
        services.stop(var_dir)
    found = services.status(var_dir)
    for name, pid in (("PostgreSQL", found.postgres), ("Redis", found.redis)):
        sys.stdout.write(f"{name}: {f'running, process {pid}' if pid else 'not running'}\n")
    return 0 if verb != "status" or found.running else 3


def _run(var_dir: Path, command: list[str]) -> int:
    """Run a command with the services up, and stop them afterwards unless they ran before."""
    ran_before = services.status(var_dir).running
    services.ensure_running(var_dir)
    try:
        return subprocess.run(command, check=False).returncode  # noqa: S603 -- the caller's own command
    finally:
        if not ran_before:
            services.stop(var_dir)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
