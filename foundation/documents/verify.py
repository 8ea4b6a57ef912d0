"""Is this the document we made? The checksum says so; the report id inside says which one to compare with."""

import hashlib
from io import BytesIO

import pikepdf

from foundation.documents.process import ChildProcess, Limits, PdfFailed, never

LARGEST_UPLOAD = 30 << 20
LIMITS = Limits(seconds=10, megabytes=256)
BEGINNINGS = (b"%PDF-", b"PK\x03\x04")  # of a PDF, and of a packed file as every workbook is


class NotReadable(Exception):
    """The upload is nothing this portal could have made: too large, no PDF and no workbook. The text can be shown."""


def checksum(produced: bytes) -> str:
    """The SHA-256 of a file, as 64 hexadecimal digits."""
    return hashlib.sha256(produced).hexdigest()


def page_count(produced: bytes) -> int:
    """How many pages a document we made has. Not for uploads."""
    with pikepdf.open(BytesIO(produced)) as document:
        return len(document.pages)


def read_properties(upload: bytes) -> dict[str, str]:
    """What an upload claims about itself; {} when nothing.

    A PDF claims ReportId, AsAt, GeneratedAt, Marking and Version, a workbook its ReportId. A claim proves nothing:
    compare ``checksum`` with the one kept for that report id. The file is opened in a child process with limits. Raises
    NotReadable.
    """
    if len(upload) > LARGEST_UPLOAD:
        raise NotReadable(f"The file is larger than {LARGEST_UPLOAD >> 20} MB")
    if not upload.startswith(BEGINNINGS):
        raise NotReadable("The file is neither a PDF nor a spreadsheet")
    try:
        with ChildProcess("inspect") as child:
            answer, _ = child.ask({"do": "inspect"}, [upload], limits=LIMITS, cancelled=never)
    except PdfFailed:
        raise NotReadable("The file could not be read") from None
    return dict(answer["properties"])
