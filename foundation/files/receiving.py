"""Takes uploads in. What arrives is sealed under a key that only this request knows, before it touches a disk.

A view that takes files says so with ``@accepts_files``; to any other view, and to anybody who may not open the view,
files are thrown away as they arrive. An upload that breaks off leaves nothing: its temporary file never had a name.
"""

import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from foundation.core.access import declared_on
from foundation.files.examination.types import LARGEST, MEGABYTE
from foundation.files.sealing import SealedWriter, new_key, open_sealed

View = TypeVar("View", bound=Callable[..., Any])
logger = logging.getLogger(__name__)

PLACE = "files.upload"
BESIDE_FILES = MEGABYTE
# A file over its limit is read to its end and thrown away, so that the person gets a sentence and not a broken
# connection. Beyond this even that ends.
STILL_READ = 10


@dataclass(frozen=True)
class FileLimits:
    """What one view takes: so many files, each so large."""

    max_bytes: int = LARGEST
    max_files: int = 1


def accepts_files(max_bytes: int = LARGEST, max_files: int = 1) -> Callable[[View], View]:
    """This view takes uploads, up to these limits. Put it under ``@requires(…)``."""

    def declare(view: View) -> View:
        view.accepts_files = FileLimits(max_bytes, max_files)  # type: ignore[attr-defined]
        return view

    return declare


class SealedUpload(UploadedFile):
    """An uploaded file, readable and seekable in clear.

    ``thrown_away`` is empty, or why there is no content: ``too_large`` or ``no_room``.
    """

    def __init__(self, file: IO[bytes] | None, name: str, size: int, *, content_type: str, thrown_away: str) -> None:
        super().__init__(file=file, name=name, content_type=content_type, size=size)
        self.thrown_away = thrown_away

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


class SealedUploadHandler(FileUploadHandler):
    """Django's upload handler for all of the portal. The only one: nothing is ever spooled in clear."""

    chunk_size = 64 * 1024

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.limits = _limits(request)
        self.count = 0
        self._raw: IO[bytes] | None = None
        self._why = ""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 -- Django passes it by position, and its stubs by this name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        files = self.limits.max_bytes * self.limits.max_files * STILL_READ if self.limits else 0
        if content_length > files + BESIDE_FILES:
            raise RequestDataTooBig("The request is larger than this page takes.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.limits is None:
            logger.warning("A file was sent to a page that takes none and was thrown away")
            raise SkipFile
        self.count += 1
        if self.count > self.limits.max_files:
            raise SkipFile
        self._drop("")
        self._received = 0
        self._key = new_key()
        try:
            self._raw = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as the request
            self._writer = SealedWriter(self._raw, self._key, place=PLACE)
        except OSError:
            self._drop("no_room")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self.limits is not None
        self._received += len(raw_data)
        if self._received > self.limits.max_bytes * STILL_READ:
            raise StopUpload(connection_reset=True)
        if self._received > self.limits.max_bytes:
            self._drop("too_large")
        elif self._raw is not None:
            try:
                self._writer.write(raw_data)
            except OSError:
                self._drop("no_room")

    def file_complete(self, file_size: int) -> SealedUpload:
        file = None
        if self._raw is not None:
            try:
                size = self._writer.finish()
                self._raw.flush()
                file = open_sealed(self._raw, self._key, place=PLACE, size=size)
                self._raw = None
            except OSError:
                self._drop("no_room")
        return SealedUpload(
            file,
            self.file_name or "",
            file_size,
            content_type=self.content_type or "",
            thrown_away="" if file else self._why,
        )

    def upload_interrupted(self) -> None:
        self._drop("broken_off")

    def _drop(self, why: str) -> None:
        self._why = why
        if self._raw is not None:
            try:
                self._raw.close()
            except OSError:
                logger.warning("A temporary file could not be written to its end")
            self._raw = None


def _limits(request: HttpRequest | None) -> FileLimits | None:
    """What the page asked for takes from this person; None is nothing."""
    match = request.resolver_match if request is not None else None
    if match is None:
        return None
    limits: FileLimits | None = getattr(match.func, "accepts_files", None)
    access, acting = declared_on(match.func), getattr(request, "acting", None)
    if limits is None or access is None:
        return None
    if access.kind == "public":
        return limits
    if acting is None or (access.kind == "requires" and not acting.may(access.permission)):
        return None
    return limits
