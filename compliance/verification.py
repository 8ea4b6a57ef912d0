"""Says whether a copy of a report is, byte for byte, what the portal made."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from compliance.models import ComplianceReport
from foundation import ledger
from foundation.core.acting import Acting
from foundation.documents import verify


@dataclass(frozen=True)
class Verdict:
    """``genuine``, ``altered`` (it claims to be a report of ours, but is not what we made) or ``unknown``."""

    code: str
    sha256: str
    report: ComplianceReport | None = None


def check(upload: UploadedFile, *, acting: Acting, now: datetime) -> Verdict:
    """Compare an uploaded copy with what was made. Nothing of it is kept; that somebody checked is recorded."""
    digest, content = hashlib.sha256(), bytearray()
    for chunk in upload.chunks():
        digest.update(chunk)
        if len(content) <= verify.LARGEST_UPLOAD:
            content += chunk
    verdict = _judge(digest.hexdigest(), bytes(content), acting)
    ledger.record("report.copy_checked", actor=acting, target=verdict.report, at=now, verdict=verdict.code)
    return verdict


def _judge(sha256: str, content: bytes, acting: Acting) -> Verdict:
    reports = ComplianceReport.objects.visible_to(acting).select_related("theme", "requested_by")
    if genuine := reports.filter(sha256=sha256).first():
        return Verdict("genuine", sha256, genuine)
    try:
        claimed = verify.read_properties(content).get("ReportId", "")
    except verify.NotReadable:
        claimed = ""
    if claimed and (report := reports.filter(reference=claimed).first()):
        return Verdict("altered", sha256, report)
    return Verdict("unknown", sha256)
