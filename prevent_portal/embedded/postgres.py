"""Starts and stops a PostgreSQL server of our own: on a Unix socket only, a password for everybody."""

import shutil
import time
from pathlib import Path

from prevent_portal.embedded.addresses import Credentials
from prevent_portal.embedded.exceptions import ServiceError
from prevent_portal.embedded.places import Places
from prevent_portal.embedded.processes import ServiceUser, command_line, started_at
from prevent_portal.embedded.programs import postgres_programs

SUPERUSER = "postgres"
START_SECONDS = 60
STOP_SECONDS = 30

# Small on purpose: a demonstration machine has two cores, and the tests make and drop databases.
CONFIGURATION = """\
# Written at every start by prevent_portal/embedded/postgres.py.
listen_addresses = ''
unix_socket_directories = '{run}'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = 128MB
dynamic_shared_memory_type = 'posix'
max_wal_size = 1GB
random_page_cost = 1.1
timezone = 'UTC'
log_timezone = 'UTC'
log_min_duration_statement = 5s
log_line_prefix = '%m [%p] %u '
log_parameter_max_length = 0  # values may be personal
log_parameter_max_length_on_error = 0
log_error_verbosity = 'terse'
"""
WHO_MAY_CONNECT = """\
# Written at every start by prevent_portal/embedded/postgres.py. Nobody is trusted without a password.
local all all scram-sha-256
local replication all reject
"""


def start(place: Places, user: ServiceUser, credentials: Credentials) -> bool:
    """Make the database cluster if there is none and start it. False when it was running already."""
    if running_pid(place) is not None:
        return False
    programs = postgres_programs(place, user)
    if not place.postgres_data.exists():
        _make_cluster(programs, place, user, credentials)
    _check_version(programs, place)
    user.write(place.postgres_data / "postgresql.conf", CONFIGURATION.format(run=place.run))
    user.write(place.postgres_data / "pg_hba.conf", WHO_MAY_CONNECT)
    _forget_dead_server(place)

    command = [str(programs / "pg_ctl"), "start", "-D", str(place.postgres_data), "-l", str(place.postgres_log)]
    written_before = _size(place.postgres_log)
    result = user.run([*command, "-w", "-s", "-t", str(START_SECONDS)], timeout=START_SECONDS + 30)
    if result.returncode != 0:
        raise ServiceError(_why_not_started(place, written_before, result.stderr))
    return True


def stop(place: Places, user: ServiceUser) -> bool:
    """Stop the server: sessions are ended, nothing committed is lost. False when it was not running."""
    pid = running_pid(place)
    if pid is None:
        return False
    pg_ctl = postgres_programs(place, user) / "pg_ctl"
    for mode in ("fast", "immediate"):  # immediate loses nothing either; the next start replays the log
        user.run([pg_ctl, "stop", "-D", place.postgres_data, "-m", mode, "-w", "-s", "-t", str(STOP_SECONDS)])
        if running_pid(place) != pid:
            return True
    raise ServiceError(f"PostgreSQL (process {pid}) does not stop. See {place.postgres_log}.")


def running_pid(place: Places) -> int | None:
    """The process number of the server on this data folder, if one is alive."""
    try:
        pid = int((place.postgres_data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if started_at(pid) is not None and _is_ours(pid, place) else None


def _is_ours(pid: int, place: Places) -> bool:
    words = command_line(pid)
    return bool(words) and Path(words[0]).name == "postgres" and str(place.postgres_data) in words


def _make_cluster(programs: Path, place: Places, user: ServiceUser, credentials: Credentials) -> None:
    """Build the cluster beside its final place, so that a broken attempt leaves nothing that looks finished."""
    unfinished = place.postgres_data.with_name("postgres.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file = place.services / "superuser-password"
    user.write(password_file, credentials.superuser + "\n")
    try:
        result = user.run(
            [
                programs / "initdb", "-D", unfinished, "-U", SUPERUSER, "--pwfile", password_file,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale-provider", "builtin",
                "--locale", "C.UTF-8", "--lc-collate", "C", "--lc-ctype", "C", "--data-checksums",
            ]
        )  # fmt: skip
    finally:
        password_file.unlink(missing_ok=True)
    if result.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise ServiceError(_explain(result.stderr, place) or f"The database could not be made: {_last(result.stderr)}")
    unfinished.rename(place.postgres_data)


def _check_version(programs: Path, place: Places) -> None:
    wanted = programs.parent.name.removeprefix("pginstall")
    try:
        found = (place.postgres_data / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise ServiceError(
            f"{place.postgres_data} is not a database folder ({error.strerror}). "
            "Move it away to begin with an empty database, or restore a backup."
        ) from error
    if found != wanted:
        raise ServiceError(
            f"The database in {place.postgres_data} was made by PostgreSQL {found}; this release brings {wanted}. "
            "Make a backup with the release that made it and restore it here, or move the folder away to begin anew."
        )


def _forget_dead_server(place: Places) -> None:
    """Remove what a killed server left behind; its number may belong to another process by now."""
    (place.postgres_data / "postmaster.pid").unlink(missing_ok=True)
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (place.run / name).unlink(missing_ok=True)
    # Children of a killed server notice within moments; a new server refuses to start beside them.
    deadline = time.monotonic() + 10
    while _orphans(place) and time.monotonic() < deadline:
        time.sleep(0.1)


def _orphans(place: Places) -> bool:
    """Whether a process still works in the data folder."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cwd").readlink() == place.postgres_data:
                    return True
            except OSError:  # gone, or not ours to look at
                continue
    return False


def _why_not_started(place: Places, written_before: int, said: str) -> str:
    try:
        with place.postgres_log.open(errors="replace") as log:
            log.seek(written_before)
            written = log.read()
    except OSError:
        written = ""
    reasons = [line.partition("FATAL:")[2].strip() for line in written.splitlines() if "FATAL:" in line]
    reason = reasons[-1] if reasons else _last(said)
    return _explain(written + said, place) or f"PostgreSQL did not start: {reason} (see {place.postgres_log})."


def _explain(text: str, place: Places) -> str | None:
    if "No space left on device" in text:
        return f"The disk that holds {place.services} is full. Free some space and start again; nothing is lost."
    return None


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"
