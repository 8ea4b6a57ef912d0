"""Says whether a copy of a report is, byte for byte, what the portal made."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from foundation import ledger
from foundation.core.acting import Acting
from foundation.documents import copies, verify
from foundation.documents.copies import Made


@dataclass(frozen=True)
class Verdict:
    """``genuine``, ``altered`` (it claims to be a report of ours, but is not what we made) or ``unknown``."""

    code: str
    sha256: str
    report: Made | None = None


def check(upload: UploadedFile, *, acting: Acting, now: datetime) -> Verdict:
    """Compare an uploaded copy with what was made. Nothing of it is kept; that somebody checked is recorded."""
    digest, content = hashlib.sha256(), bytearray()
    for chunk in upload.chunks():
        digest.update(chunk)
        if len(content) <= verify.LARGEST_UPLOAD:
            content += chunk
    verdict = _judge(digest.hexdigest(), bytes(content), acting)
    ledger.record(
        "report.copy_checked",
        actor=acting,
        target=verdict.report.row if verdict.report else None,
        at=now,
        verdict=verdict.code,
    )
    return verdict


def _judge(sha256: str, content: bytes, acting: Acting) -> Verdict:
    if genuine := copies.by_checksum(acting, sha256):
        return Verdict("genuine", sha256, genuine)
    try:
        claimed = verify.read_properties(content).get("ReportId", "")
    except verify.NotReadable:
        claimed = ""
    if claimed and (report := copies.by_reference(acting, claimed)):
        return Verdict("altered", sha256, report)
    return Verdict("unknown", sha256)
