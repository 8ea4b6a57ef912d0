"""One child process that makes or reads a PDF: started ahead of need, watched, killed at its limits.

A Celery worker's processes may not have multiprocessing children, and a thread cannot be killed, so this is a plain
Python process spoken to through its standard streams.
"""

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.documents.child import frames

PROJECT = Path(__file__).resolve().parents[2]
START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from foundation.documents.child.main import main; main(sys.argv[2])"
)
# What fontconfig needs to find its fonts and its cache. Nothing else of the portal's environment reaches the child.
ENVIRONMENT_PASSED_ON = ("PATH", "HOME", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LD_LIBRARY_PATH")
SECONDS_TO_START = 30
SECONDS_BETWEEN_LOOKS = 0.2
CHUNK = 1 << 16
LARGEST_ANSWER = 256 << 20
# How the C libraries end a process that may have no more memory, and what they say before they do.
ABORTED = frozenset({-6, -5, -11, -7})
OUT_OF_MEMORY = (b"MemoryError", b"failed to allocate", b"annot allocate memory", b"bad_alloc", b"out of memory")


class PdfFailed(Exception):
    """The document could not be made. The text never quotes the document."""


class PdfTooLarge(PdfFailed):
    """The document needed more memory, rows or bytes than one document may have."""


class PdfTooSlow(PdfFailed):
    """The document was not finished when its time was up."""


class PdfCancelled(PdfFailed):
    """Somebody asked for the work to stop."""


@dataclass(frozen=True)
class Limits:
    """What one document (or one part of a long one) may use."""

    seconds: float = 60
    megabytes: int = 512


def never() -> bool:
    """The cancel callback of work nobody can cancel."""
    return False


class ChildProcess:
    """A running child. Use as a context manager: leaving it ends the process, whatever happened."""

    def __init__(self, kind: str) -> None:
        self.owner = os.getpid()
        self._errors = bytearray()
        self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter and module, no words from outside
            [sys.executable, "-I", "-c", START, str(PROJECT), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd="/",
            env={"LC_ALL": "C.UTF-8"} | {key: os.environ[key] for key in ENVIRONMENT_PASSED_ON if key in os.environ},
            start_new_session=True,
        )
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            os.set_blocking(stream.fileno(), False)  # type: ignore[union-attr]

    def __enter__(self) -> "ChildProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def pid(self) -> int:
        return self._process.pid

    def usable(self) -> bool:
        """Whether this process started the child and the child still runs: a fork must leave its parent's alone."""
        return self.owner == os.getpid() and self._process.poll() is None

    def end(self) -> None:
        """Kill the child and leave nothing of it behind. Safe to call twice, and in a fork that only inherited it."""
        if self.owner == os.getpid():
            self._process.kill()
            self._process.wait()
        else:
            self._process.returncode = 0  # the fork has no child to wait for
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            stream.close()  # type: ignore[union-attr]

    def ask(
        self, request: dict[str, Any], blobs: list[bytes], *, limits: Limits, cancelled: Callable[[], bool]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Send a request and wait for its answer. On any exception the child is dead."""
        request = {**request, "seconds": limits.seconds, "megabytes": limits.megabytes}
        try:
            answer, results = self._talk(frames.pack(request, blobs), limits, cancelled)
        except BaseException:
            self.end()
            raise
        if error := answer.get("error"):
            self.end()
            raise PdfTooLarge("The document is too large") if error == "too_large" else PdfFailed(answer["reason"])
        return answer, results

    def _talk(
        self, pieces: list[bytes], limits: Limits, cancelled: Callable[[], bool]
    ) -> tuple[dict[str, Any], list[bytes]]:
        outgoing, incoming = memoryview(b"".join(pieces)), bytearray()
        length: int | None = None
        ends_at = time.monotonic() + limits.seconds
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        with selectors.DefaultSelector() as selector:
            selector.register(stdin, selectors.EVENT_WRITE)
            selector.register(stdout, selectors.EVENT_READ)
            selector.register(stderr, selectors.EVENT_READ)
            while True:
                if cancelled():
                    raise PdfCancelled("The work was cancelled")
                left = ends_at - time.monotonic()
                if left <= 0:
                    raise PdfTooSlow(f"The document was not finished after {limits.seconds:g} seconds")
                for key, _ in selector.select(min(left, SECONDS_BETWEEN_LOOKS)):
                    if key.fileobj is stdin:
                        try:
                            outgoing = outgoing[os.write(stdin.fileno(), outgoing[:CHUNK]) :]
                        except BrokenPipeError:
                            outgoing = outgoing[:0]
                        if not outgoing:
                            selector.unregister(stdin)
                        continue
                    arrived = os.read(key.fd, CHUNK)
                    if key.fileobj is stderr:
                        # Kept only to tell why a child died; it may quote the document, so it is never logged.
                        self._errors = (self._errors + arrived)[-4000:]
                        if not arrived:
                            selector.unregister(stderr)
                        continue
                    if not arrived:
                        raise self._died()
                    incoming += arrived
                    length = length or frames.whole(incoming)
                    if len(incoming) > LARGEST_ANSWER:
                        raise PdfTooLarge("The document is too large to hand over")
                    if length is not None and len(incoming) >= length:
                        return frames.unpack(incoming)

    def _died(self) -> PdfFailed:
        code = self._process.wait()
        if self._process.stderr:
            self._errors += self._process.stderr.read() or b""
        if code in ABORTED or any(words in self._errors for words in OUT_OF_MEMORY):
            return PdfTooLarge("The document needed more memory than it may have")
        return PdfFailed(f"The process making the document ended with code {code}")
