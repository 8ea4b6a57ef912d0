"""The child process: warms up, then does what it is asked, under limits it cannot lift.

It is started without the portal's settings or environment, so a document that breaks it finds no secret to take.
"""

import gc
import logging
import os
import resource
import signal
import sys
from typing import Any

from foundation.documents.child import frames
from foundation.documents.child.refusals import Refused

MEGABYTE = 1024 * 1024
# Libraries and font files are mapped, not used up: they count as address space but not as memory.
ADDRESS_SPACE_BESIDE_MEMORY = 256
SECONDS_BEFORE_THE_CHILD_ENDS_ITSELF = 5


def main(kind: str) -> None:
    """Serve requests from standard input until it closes."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not end up inside an answer.
    os.dup2(2, 1)
    # A log line may quote the document, and nobody reads it here.
    logging.getLogger().addHandler(logging.NullHandler())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _warm_up(kind)
    while request := frames.read(requests):
        answer, blobs = _answer(*request)
        for piece in frames.pack(answer, blobs):
            answers.write(piece)
        answers.flush()
        del request, blobs
        gc.collect()


def _warm_up(kind: str) -> None:
    if kind == "render":
        from foundation.documents.child import rendering  # noqa: F401, PLC0415 -- what makes the start slow
    else:
        from foundation.documents.child import inspecting, merging  # noqa: F401, PLC0415
    # Boxes of a document live until it is written, so looking for garbage among them costs a fifth of the time and
    # finds nothing; the memory limit holds all the same.
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)


def _answer(header: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    _limit(megabytes=header["megabytes"], seconds=header["seconds"])
    try:
        return _do(header, blobs)
    except MemoryError:
        return {"error": "too_large"}, []
    except Refused as refused:
        return {"error": "failed", "reason": str(refused)}, []
    except RecursionError:
        return {"error": "failed", "reason": "The document is nested too deeply"}, []
    except Exception as error:
        # The text of an exception may quote the document, so only its kind leaves this process.
        return {"error": "failed", "reason": type(error).__name__}, []
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _do(header: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    if header["do"] == "render":
        from foundation.documents.child import rendering  # noqa: PLC0415

        pdf, pages = rendering.pdf_from_html(
            blobs[0].decode(),
            title=header["title"],
            lang=header["lang"],
            identity=header["identity"],
            part=header["part"],
        )
        return {"pages": pages}, [pdf]
    if header["do"] == "furniture":
        from foundation.documents.child import rendering  # noqa: PLC0415

        return {}, [rendering.untagged_pages(blobs[0].decode())]
    if header["do"] == "merge":
        from foundation.documents.child import merging  # noqa: PLC0415

        return {}, [merging.merge(blobs[1:], furniture=blobs[0])]
    from foundation.documents.child import inspecting  # noqa: PLC0415

    return {"properties": inspecting.properties(blobs[0])}, []


def _limit(*, megabytes: int, seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_AS, ((megabytes + ADDRESS_SPACE_BESIDE_MEMORY) * MEGABYTE,) * 2)
    # The parent kills first. If the parent has gone, nobody would, so the system ends this process without asking it.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + SECONDS_BEFORE_THE_CHILD_ENDS_ITSELF)
