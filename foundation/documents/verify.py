"""Is this the document we made? The checksum says so; the report id inside says which one to compare with."""

import hashlib
from io import BytesIO

import pikepdf

from foundation.documents.process import ChildProcess, Limits, PdfFailed, never

LARGEST_UPLOAD = 30 << 20
LIMITS = Limits(seconds=10, megabytes=256)


class NotReadable(Exception):
    """The upload is no PDF this portal could have made: too large, or not a PDF. The text can be shown."""


def checksum(produced: bytes) -> str:
    """The SHA-256 of a file, as 64 hexadecimal digits."""
    return hashlib.sha256(produced).hexdigest()


def page_count(produced: bytes) -> int:
    """How many pages a document we made has. Not for uploads."""
    with pikepdf.open(BytesIO(produced)) as document:
        return len(document.pages)


def read_properties(upload: bytes) -> dict[str, str]:
    """What an uploaded PDF claims about itself: ReportId, AsAt, GeneratedAt, Marking, Version; {} when nothing.

    A claim proves nothing: compare ``checksum`` with the one kept for that report id. The file is opened in a child
    process with limits. Raises NotReadable.
    """
    if len(upload) > LARGEST_UPLOAD:
        raise NotReadable(f"The file is larger than {LARGEST_UPLOAD >> 20} MB")
    if not upload.startswith(b"%PDF-"):
        raise NotReadable("The file is not a PDF")
    try:
        with ChildProcess("inspect") as child:
            answer, _ = child.ask({"do": "inspect"}, [upload], limits=LIMITS, cancelled=never)
    except PdfFailed:
        raise NotReadable("The file could not be read") from None
    return dict(answer["properties"])
