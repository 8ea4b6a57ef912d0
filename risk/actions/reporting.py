"""Reports of the risk room: asked for, made by a job, kept with their hash."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation import jobs, ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.markings import Marking
from foundation.files import actions as files
from foundation.files.examination.types import FileType
from foundation.jobs.actions.reporting import lock_for_another_try
from foundation.jobs.reports import check_length, check_marking
from risk import permissions, queries
from risk.models import Assessment, CtlpEdition, RiskReport
from risk.models.reports import ReportKind

JOB = "risk.make_report"
PURPOSE = "risk.report"
# What the parts of one PDF can be put together of in the memory that a process may have.
MOST_RISKS = {ReportKind.BOARD: 5_000, ReportKind.FULL: 1_500}
TOO_LONG = {
    ReportKind.BOARD: gettext_lazy(
        "This version has %(count)s risks, and a PDF for the board holds up to %(most)s. Choose the spreadsheet: it"
        " holds all of them."
    ),
    ReportKind.FULL: gettext_lazy(
        "This version has %(count)s risks, and a full PDF holds up to %(most)s. Choose the spreadsheet: it holds all of"
        " them."
    ),
}


@transaction.atomic
def request_report(*, assessment_id: int, kind: str, marking: str, by: Acting, now: datetime) -> RiskReport:
    """Ask for a report of any version of the register; a job makes it. ``kind`` is any but "response".

    Raises RuleBroken for a marking below that of the assessment, and TooLongForPdf for more risks than a PDF holds.
    """
    permissions.check_can_report(by)
    if ReportKind(kind) == ReportKind.RESPONSE:
        raise ValueError(kind)
    assessment = Assessment.objects.visible_to(by).get(pk=assessment_id)
    check_marking(marking, assessment.marking)
    _check_length(kind, assessment, by)
    return _request(by, now, assessment=assessment, kind=ReportKind(kind), marking=Marking(marking))


@transaction.atomic
def request_response(*, edition_id: int, marking: str, by: Acting, now: datetime) -> RiskReport:
    """Ask for the answers to one edition of the local profile as a document; a job makes it.

    Raises RuleBroken for a marking below that of the edition, and where it has no recommendation yet.
    """
    permissions.check_can_report(by)
    edition = CtlpEdition.objects.visible_to(by).get(pk=edition_id)
    check_marking(marking, edition.marking)
    if not edition.recommendations.exists():
        raise RuleBroken(_("This edition has no recommendation yet, so there is nothing to answer."))
    return _request(by, now, edition=edition, kind=ReportKind.RESPONSE, marking=Marking(marking))


@transaction.atomic
def make_report_again(*, report_id: int, by: Acting, now: datetime) -> RiskReport:
    """Ask once more for a report that failed or was cancelled. A job of its own makes it, in the name of ``by``."""
    permissions.check_can_report(by)
    report = _locked(report_id, by)
    lock_for_another_try(report, RiskReport.objects.visible_to(by).with_state(), by)
    if report.assessment is not None:
        _check_length(report.kind, report.assessment, by)
    ledger.record("risk.report_requested_again", actor=by, target=report, at=now)
    return _queue(report, by, now)


@transaction.atomic
def store_report(*, report_id: int, document: bytes, pages: int | None, by: Acting, now: datetime) -> RiskReport:
    """Keep the finished document and its hash: a PDF, or a workbook, which has no pages, as its kind says.

    A second delivery of the same job finds it there and keeps the first.
    """
    permissions.check_can_report(by)
    report = _locked(report_id, by)
    if report.file_id is not None:
        return report
    kind = FileType.XLSX if report.is_spreadsheet else FileType.PDF
    report.file = files.keep_made(
        content=document, file_type=kind, name=f"{report.reference}.{kind}", purpose=PURPOSE, by=by, now=now
    )
    report.sha256, report.pages, report.finished_at = hashlib.sha256(document).hexdigest(), pages, now
    report.save(update_fields=["file", "sha256", "pages", "finished_at"])
    ledger.record("risk.report_made", actor=by, target=report, at=now, sha256=report.sha256, pages=pages)
    notifications.notify(membership_id=report.requested_by_id, kind="risk.report_ready", target=report, by=by, now=now)
    return report


def _check_length(kind: str, assessment: Assessment, by: Acting) -> None:
    """Before a job begins that could only fail."""
    most = MOST_RISKS.get(ReportKind(kind))
    if most is not None:
        check_length(queries.entries(by, assessment).count(), most, TOO_LONG[ReportKind(kind)])


def _request(
    by: Acting,
    now: datetime,
    *,
    kind: ReportKind,
    marking: Marking,
    assessment: Assessment | None = None,
    edition: CtlpEdition | None = None,
) -> RiskReport:
    report = RiskReport.objects.create(
        organisation=by.organisation,
        kind=kind,
        assessment=assessment,
        edition=edition,
        marking=marking,
        requested_at=now,
        requested_by=by.membership,
    )
    subject = assessment or edition
    assert subject is not None
    ledger.record(
        "risk.report_requested", actor=by, target=report, at=now, of=subject.reference, kind=kind, marking=marking
    )
    return _queue(report, by, now)


def _queue(report: RiskReport, by: Acting, now: datetime) -> RiskReport:
    report.job = jobs.queue(JOB, by=by, now=now, report_id=report.pk)
    report.save(update_fields=["job"])
    return report


def _locked(report_id: int, by: Acting) -> RiskReport:
    return RiskReport.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=report_id)
