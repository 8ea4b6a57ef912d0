"""Which folders the embedded services use."""

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# PostgreSQL refuses to run as root, and as another user it cannot enter a checkout under /root.
FOR_ROOT = Path("/var/lib/prevent-portal")
# A socket's path may have 107 bytes; the longest name we put there is ".s.PGSQL.5432.lock".
LONGEST_RUN_DIR = 107 - len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Places:
    """Folders of the services that belong to one var folder. Computed only; nothing is made here."""

    var_dir: Path
    installation: str

    @cached_property
    def services(self) -> Path:
        """Everything the service user owns: data, sockets and logs of PostgreSQL and Redis."""
        beside = self.var_dir.resolve() / "services"
        elsewhere = FOR_ROOT / self.installation
        if elsewhere.exists():  # a choice once made stays, or a changed mode bit would hide the data
            return elsewhere
        if os.geteuid() == 0 and not beside.exists() and not open_to_others(beside.parent):
            return elsewhere
        return beside

    @cached_property
    def run(self) -> Path:
        """The folder of both sockets."""
        beside = self.services / "run"
        if len(os.fsencode(beside)) <= LONGEST_RUN_DIR:
            return beside
        digest = hashlib.sha256(os.fsencode(self.services)).hexdigest()[:16]
        return Path("/tmp") / f"prevent-portal-{digest}"  # noqa: S108 -- made 0700 and checked to be ours

    @property
    def postgres_data(self) -> Path:
        return self.services / "postgres"

    @property
    def postgres_log(self) -> Path:
        return self.services / "logs" / "postgres.log"

    @property
    def redis_data(self) -> Path:
        return self.services / "redis"

    @property
    def redis_log(self) -> Path:
        return self.services / "logs" / "redis.log"

    @property
    def redis_socket(self) -> Path:
        return self.run / "redis.sock"

    @property
    def programs(self) -> Path:
        """Copies of the service programs, made only where the service user cannot reach the originals."""
        return self.services / "programs"


def open_to_others(path: Path) -> bool:
    """Whether a user with no special rights can pass through every folder above ``path`` and ``path`` itself."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents] if folder.exists())
