"""A real ClamAV daemon with three signatures of our own, and short ways to make stored files."""

import hashlib
import io
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from foundation.core.acting import Acting, acting_as
from foundation.files import actions, owners
from foundation.files.examination import EVERYTHING, examine
from foundation.files.models import StoredFile
from foundation.files.scanning import _connection
from tests.conftest import NOW

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
HARMFUL_TEXT = b"These words stand for a harmful file in the tests of the portal."
PURPOSE = "test.record"
CONFIGURATION = """
Foreground yes
LocalSocket {folder}/clamd.ctl
LocalSocketMode 600
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
LogFile {folder}/clamd.log
PidFile {folder}/clamd.pid
MaxThreads 4
StreamMaxLength {stream}M
MaxScanSize {size}M
MaxFileSize {size}M
AlertExceedsMax {tells}
AlertEncrypted {tells}
AlertOLE2Macros {tells}
"""


class Daemon:
    """One clamd of the tests' own, on a socket of its own."""

    def __init__(self, *, tells: bool = True, size: int = 25, stream: int = 25) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="clamd-", dir="/tmp"))
        (self.folder / "signatures").mkdir()
        (self.folder / "signatures" / "portal.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
        digest, length = hashlib.md5(HARMFUL_TEXT).hexdigest(), len(HARMFUL_TEXT)
        (self.folder / "signatures" / "portal.hdb").write_text(f"{digest}:{length}:Portal.Test.Harmful\n")
        answer = "yes" if tells else "no"
        (self.folder / "clamd.conf").write_text(
            CONFIGURATION.format(folder=self.folder, tells=answer, size=size, stream=stream)
        )
        self.url = f"unix:{self.folder}/clamd.ctl"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Daemon":
        self.process = subprocess.Popen(
            ["/usr/sbin/clamd", f"--config-file={self.folder}/clamd.conf"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(150):
            try:
                _connection(self.url, 2).ping()
                return self
            except OSError:
                assert self.process.poll() is None, (self.folder / "clamd.log").read_text()
                time.sleep(0.1)
        raise AssertionError("clamd did not start within 15 seconds")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def make_daemon() -> Iterator[Callable[..., Daemon]]:
    if not Path("/usr/sbin/clamd").exists():
        pytest.skip("clamd is not installed: apt-get install clamav-daemon")
    made: list[Daemon] = []

    def make(**options: Any) -> Daemon:
        made.append(Daemon(**options).start())
        return made[-1]

    yield make
    for daemon in made:
        daemon.remove()


@pytest.fixture(scope="module")
def shared_daemon() -> Iterator[Daemon]:
    if not Path("/usr/sbin/clamd").exists():
        pytest.skip("clamd is not installed: apt-get install clamav-daemon")
    daemon = Daemon().start()
    yield daemon
    daemon.remove()


@pytest.fixture
def scanner(shared_daemon: Daemon, settings: Any) -> Daemon:
    """The portal is connected to a working scanner."""
    settings.CLAMD_URL = shared_daemon.url
    return shared_daemon


@pytest.fixture
def open_to_all() -> Iterator[None]:
    """A room whose files everybody of the organisation may open."""
    owners.register(PURPOSE, _everybody)
    yield
    owners._owners.pop(PURPOSE)


def _everybody(acting: Acting, stored_file: StoredFile) -> bool:
    return True


def put(
    acting: Acting, content: bytes = b"Some words.\n", name: str = "note.txt", purpose: str = PURPOSE
) -> StoredFile:
    """Upload as a form would."""
    with acting_as(acting):
        examined = examine(io.BytesIO(content), name, EVERYTHING)
        return actions.receive(examined=examined, purpose=purpose, by=acting, now=NOW)
