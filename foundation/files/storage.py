"""Where sealed files lie: a folder outside the web root, or S3-compatible storage where one is configured.

A store knows nothing about people or clear text. Names are addresses made here (organisation / keyed hash), never
anything a person typed.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

from django.conf import settings
from django.core.files import File
from django.utils.module_loading import import_string

from foundation.core.faults import fault

NAME = re.compile(r"\A[0-9]+/[0-9a-f]{64}\Z")


class BytesMissing(Exception):
    """The row says there are bytes, and the store has none."""


class Store(Protocol):
    """Keeps sealed bytes under a name."""

    def put(self, name: str, sealed: IO[bytes]) -> None:
        """Keep everything that ``sealed`` holds. When this returns, a power loss does not lose it.

        Raises OSError, and keeps nothing, when there is no room.
        """

    def open(self, name: str) -> BinaryIO:
        """Read it back. Raises BytesMissing."""

    def delete(self, name: str) -> None:
        """Remove it, if it is there."""

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Everything that is kept, and when it was put there (UTC)."""


class DirectoryStore:
    """Files in a folder: written aside, synced, renamed, and the folder synced, so that a name is never half a file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.aside = root / "incoming"

    def put(self, name: str, sealed: IO[bytes]) -> None:
        place = self._place(name)
        _make_folder(place.parent)
        _make_folder(self.aside)
        self._write(place, sealed)
        fault("files.before_commit")

    def _write(self, place: Path, sealed: IO[bytes]) -> None:
        number, written = tempfile.mkstemp(dir=self.aside)
        try:
            with os.fdopen(number, "wb") as file:
                sealed.seek(0)
                while piece := sealed.read(1 << 20):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            fault("files.before_rename")
            os.replace(written, place)
        except BaseException:
            Path(written).unlink(missing_ok=True)
            raise
        _sync_folder(place.parent)

    def open(self, name: str) -> BinaryIO:
        try:
            return self._place(name).open("rb")
        except FileNotFoundError as error:
            raise BytesMissing(name) from error

    def delete(self, name: str) -> None:
        self._place(name).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, datetime]]:
        if not self.root.exists():
            return
        for place in self.root.glob("[0-9]*/[0-9a-f][0-9a-f]/*"):
            changed = datetime.fromtimestamp(place.stat().st_mtime, UTC)
            yield f"{place.parent.parent.name}/{place.name}", changed

    def half_written(self) -> Iterator[tuple[Path, datetime]]:
        """What a crash left behind in the folder for files on their way in."""
        if self.aside.exists():
            for place in self.aside.iterdir():
                yield place, datetime.fromtimestamp(place.stat().st_mtime, UTC)

    def _place(self, name: str) -> Path:
        if not NAME.match(name):
            raise ValueError("A stored file's name is made here and looks otherwise.")
        owner, _, address = name.partition("/")
        return self.root / owner / address[:2] / address


class RemoteStore:
    """The same on S3-compatible storage, through django-storages. Putting an object there is all or nothing."""

    def __init__(self) -> None:
        self.remote = import_string("storages.backends.s3.S3Storage")(
            bucket_name=settings.S3_BUCKET,
            endpoint_url=settings.S3_ENDPOINT or None,
            access_key=settings.S3_ACCESS_KEY,
            secret_key=settings.S3_SECRET_KEY,
            location="files",
            file_overwrite=True,  # an address is one content: what lies there already is an orphan of the same
            default_acl=None,
        )

    def put(self, name: str, sealed: IO[bytes]) -> None:
        sealed.seek(0)
        self.remote.save(self._checked(name), File(sealed))
        fault("files.before_commit")

    def open(self, name: str) -> BinaryIO:
        if not self.remote.exists(self._checked(name)):
            raise BytesMissing(name)
        return cast(BinaryIO, self.remote.open(name, "rb"))

    def delete(self, name: str) -> None:
        self.remote.delete(self._checked(name))

    def names(self) -> Iterator[tuple[str, datetime]]:
        for owner in self.remote.listdir("")[0]:
            for address in self.remote.listdir(owner)[1]:
                name = f"{owner}/{address}"
                yield name, self.remote.get_modified_time(name)

    def _checked(self, name: str) -> str:
        if not NAME.match(name):
            raise ValueError("A stored file's name is made here and looks otherwise.")
        return name


def store() -> Store:
    """The store this installation uses."""
    return _remote() if settings.S3_BUCKET else DirectoryStore(Path(settings.FILES_DIR))


@lru_cache(maxsize=1)
def _remote() -> RemoteStore:
    return RemoteStore()


def _make_folder(folder: Path) -> None:
    """Make it with all above it, each entered in its parent for good."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
