"""Both services together: start what is not running, stop what is ours."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prevent_portal.embedded import addresses, postgres, redis
from prevent_portal.embedded.addresses import Addresses
from prevent_portal.embedded.exceptions import ServiceError
from prevent_portal.embedded.places import FOR_ROOT, Places
from prevent_portal.embedded.processes import service_user
from prevent_portal.embedded.provision import provision

LOCK_SECONDS = 120
# A new cluster takes about 60 MB and its log of changes up to 1 GB more; below this a start only makes things worse.
LEAST_FREE_BYTES = 200_000_000


@dataclass(frozen=True)
class Status:
    """Process numbers of the running services; None for one that is not running."""

    postgres: int | None
    redis: int | None

    @property
    def running(self) -> bool:
        """Whether both services run."""
        return self.postgres is not None and self.redis is not None


def ensure_running(var_dir: Path) -> Addresses:
    """Start PostgreSQL and Redis under ``var_dir`` unless they run, and return how to reach them.

    When it returns, both answer, and the roles are as ``roles.sql`` says. Raises ServiceError otherwise.
    """
    found = addresses.read_or_create(var_dir)
    credentials = addresses.credentials(var_dir)
    place = Places(var_dir, credentials.installation)
    with _one_at_a_time(var_dir), _disk_explained(place):
        user = service_user(place.services)
        if FOR_ROOT in place.services.parents:
            FOR_ROOT.mkdir(parents=True, exist_ok=True)
            FOR_ROOT.chmod(0o755)
        for folder in (place.services, place.run, place.postgres_log.parent):
            user.own(folder)
        _check_space(place)
        postgres.start(place, user, credentials)
        provision(place, credentials)
        redis.start(place, user, credentials)
    return found


def stop(var_dir: Path) -> bool:
    """Stop both services under ``var_dir``; those of other folders are left alone. False when none was running."""
    if not (var_dir / "secrets" / "services.json").exists():
        return False
    place = Places(var_dir, addresses.credentials(var_dir).installation)
    with _one_at_a_time(var_dir):
        stopped = [redis.stop(place), postgres.stop(place, service_user(place.services))]
    return any(stopped)


def status(var_dir: Path) -> Status:
    """What runs now."""
    if not (var_dir / "secrets" / "services.json").exists():
        return Status(None, None)
    place = Places(var_dir, addresses.credentials(var_dir).installation)
    return Status(postgres.running_pid(place), redis.running_pid(place))


@contextmanager
def _one_at_a_time(var_dir: Path) -> Iterator[None]:
    """Two starts at the same moment follow each other; the lock goes when its process ends, however it ends."""
    descriptor = os.open(var_dir / "services.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ServiceError(
                        f"Another start or stop under {var_dir} has not finished for {LOCK_SECONDS} seconds. "
                        "End it first."
                    ) from None
                time.sleep(0.1)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _disk_explained(place: Places) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or place.services
        raise ServiceError(f"{where}: {error.strerror}. Put that right and start again; nothing is lost.") from error


def _check_space(place: Places) -> None:
    free = shutil.disk_usage(place.services).free
    if free < LEAST_FREE_BYTES:
        raise ServiceError(
            f"Only {free // 1_000_000} MB are free on the disk that holds {place.services}; "
            f"{LEAST_FREE_BYTES // 1_000_000} MB are needed. Free some space and start again; nothing is lost."
        )
