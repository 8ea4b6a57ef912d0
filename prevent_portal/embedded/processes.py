"""What the services need to know about processes: who is alive, who may run what."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prevent_portal.embedded.exceptions import ServiceError

SERVICE_USER = "prevent-portal"


@dataclass(frozen=True)
class ServiceUser:
    """Who runs PostgreSQL and Redis: ourselves, or an unprivileged user when we are root."""

    uid: int
    gid: int

    @classmethod
    def ourselves(cls) -> "ServiceUser":
        """The user who runs this process."""
        return cls(os.geteuid(), os.getegid())

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()

    def own(self, folder: Path) -> None:
        """Make ``folder`` exist, belong to this user and be closed to everybody else."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid not in {self.uid, os.geteuid()}:
            raise ServiceError(
                f"{folder} belongs to somebody else. Remove it, or set PORTAL_VAR_DIR to another folder."
            )
        if found.st_uid != self.uid:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)

    def write(self, path: Path, text: str) -> None:
        """Replace a file that only this user may read."""
        temporary = path.with_name(f".{path.name}.new")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            if self.is_other:
                os.fchown(file.fileno(), self.uid, self.gid)
        temporary.replace(path)

    def run(
        self, command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, timeout: int = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this user in a session of its own and return when it ends."""
        words = [str(part) for part in command]
        try:
            return subprocess.run(  # noqa: S603 -- our own programs, no shell
                words,
                capture_output=True,
                text=True,
                check=False,
                timeout=timeout,
                cwd="/",
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C at the terminal reaches the supervisor, not the services
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", **(environment or {})},
                user=self.uid if self.is_other else None,
                group=self.gid if self.is_other else None,
                extra_groups=[] if self.is_other else None,
            )
        except subprocess.TimeoutExpired as error:
            raise ServiceError(
                f"{words[0]} did not finish within {timeout} seconds. Is the machine overloaded?"
            ) from error
        except PermissionError as error:
            raise ServiceError(f"{words[0]} cannot be run by user number {self.uid}: {error.strerror}.") from error


def service_user(data_folder: Path) -> ServiceUser:
    """The user for the services: the data folder's owner once there is one."""
    if os.geteuid() != 0:
        return ServiceUser.ourselves()
    if data_folder.exists() and (found := data_folder.stat()).st_uid != 0:
        return ServiceUser(found.st_uid, found.st_gid)
    for name in (SERVICE_USER, "postgres"):
        if user := _find(name):
            return user
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if useradd:
        command = [
            useradd,
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            SERVICE_USER,
        ]
        subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- fixed command
    user = _find(SERVICE_USER) or _find("nobody")
    if user is None:
        raise ServiceError("PostgreSQL must not run as root. Make a user for it: useradd --system prevent-portal")
    return user


def _find(name: str) -> ServiceUser | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return ServiceUser(entry.pw_uid, entry.pw_gid)


def started_at(pid: int) -> int | None:
    """When a living process started, in clock ticks since boot; None when there is none (a zombie counts as none).

    A process number together with this moment names one process for ever: numbers come back, moments do not.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    after_name = stat.rpartition(")")[2].split()
    return None if after_name[0] in {"Z", "X"} else int(after_name[19])


def command_line(pid: int) -> list[str]:
    """The command line of a living process, or nothing."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []
