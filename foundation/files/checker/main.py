"""The checking process: reads one file from standard input, answers with one line of JSON and perhaps a redrawn image.

It is started without the portal's settings or environment, under limits it cannot lift, so a file that breaks a parser
finds no secret, no database and little time. It knows no Django.
"""

import json
import os
import resource
import sys
from typing import BinaryIO

from foundation.files.checker.refused import Refused

MEGABYTE = 1 << 20
MEMORY = 1024 * MEGABYTE
PROCESSOR_SECONDS = 20


def main() -> None:
    """Check the file named by type in argv[2]; argv[3] is how many bytes an answer may have."""
    expected, max_bytes = sys.argv[2], int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    content = sys.stdin.buffer.read()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up inside the answer
    _answer(answers, content, expected, max_bytes)
    answers.flush()


def _answer(answers: BinaryIO, content: bytes, expected: str, max_bytes: int) -> None:
    from foundation.files.checker.sniffing import looks_like  # noqa: PLC0415

    found = looks_like(content)
    redrawn = None
    try:
        redrawn = check(content, expected, found, max_bytes)
        answer = {"verdict": "redrawn" if redrawn is not None else "accepted"}
    except Refused as refused:
        answer = {"verdict": "refused", "code": refused.code, "found": found}
    except (MemoryError, RecursionError):
        answer = {"verdict": "refused", "code": "took_too_long", "found": found}
    except Exception:
        # A parser that stumbles has met a file that is not what its readers expect.
        answer = {"verdict": "refused", "code": "damaged", "found": found}
    answers.write(json.dumps(answer).encode() + b"\n")
    if redrawn is not None:
        answers.write(redrawn)


def check(content: bytes, expected: str, found: str, max_bytes: int) -> bytes | None:
    """Raise Refused, or return what to store instead of what came (images only). Loads only the parser it needs."""
    if expected == "pdf":
        from foundation.files.checker import pdfs  # noqa: PLC0415

        pdfs.check(content, found)
        return None
    if expected in {"docx", "xlsx", "pptx"}:
        from foundation.files.checker import office  # noqa: PLC0415

        office.check(content, expected, found)
        return None
    if expected in {"odt", "ods"}:
        from foundation.files.checker import open_documents  # noqa: PLC0415

        open_documents.check(content, expected, found)
        return None
    if expected in {"png", "jpeg", "webp"}:
        from foundation.files.checker import images  # noqa: PLC0415

        return images.redraw(content, expected, found, max_bytes)
    from foundation.files.checker import text  # noqa: PLC0415

    text.check(content, expected, found)
    return None
