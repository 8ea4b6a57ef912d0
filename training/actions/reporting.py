"""Reports of training: asked for, made by a job, kept with their hash."""

import hashlib
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import jobs, ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.markings import Marking
from foundation.files import actions as files
from foundation.jobs.actions.reporting import lock_for_another_try
from training import permissions
from training.models import ReportKind, TaughtSession, TrainingReport
from training.return_files import definitions
from training.return_periods import period_of
from training.workflow import SessionStatus

JOB, SHEET_JOB = "training.make_report", "training.make_sheet"
PURPOSE = "training.report"


@transaction.atomic
def request_report(
    *, kind: str, as_at: date, with_names: bool = False, marking: str, by: Acting, now: datetime
) -> TrainingReport:
    """Ask for a report of a day, today or past; a job makes it. ``with_names`` counts for figures alone.

    Raises RuleBroken for a day to come.
    """
    permissions.check_can_report(by)
    if kind in (ReportKind.RETURN, ReportKind.SHEET):
        raise RuleBroken(_("Make this document from the page of what it is of."))
    if as_at > timezone.localdate(now):
        raise RuleBroken(_("Enter today or a day that has passed."))
    report = TrainingReport.objects.create(
        organisation=by.organisation,
        kind=ReportKind(kind),
        as_at=as_at,
        with_names=with_names and kind == ReportKind.FIGURES,
        marking=Marking(marking),
        requested_at=now,
        requested_by=by.membership,
    )
    ledger.record(
        "training.report_requested",
        actor=by,
        target=report,
        at=now,
        kind=report.kind,
        as_at=as_at,
        with_names=report.with_names,
        marking=marking,
    )
    return _queue(report, by, now)


@transaction.atomic
def request_return_report(
    *, definition: str, period_from: date, marking: str, by: Acting, now: datetime
) -> TrainingReport:
    """Ask for the figures of a return in the period that begins on a day, as it is defined now; a job makes it.

    Raises RuleBroken for a return this version does not know, and for a period that has not begun or is none.
    """
    permissions.check_can_report(by)
    asked, today = definitions().get(definition), timezone.localdate(now)
    if asked is None:
        raise RuleBroken(_("This version of the portal does not know that return."))
    period = period_of(asked.every, period_from)
    if period.first != period_from or period_from > today:
        raise RuleBroken(_("Select a period of the list."))
    report = TrainingReport.objects.create(
        organisation=by.organisation,
        kind=ReportKind.RETURN,
        as_at=min(period.last, today),
        definition=asked.code,
        definition_version=asked.version,
        period_from=period_from,
        marking=Marking(marking),
        requested_at=now,
        requested_by=by.membership,
    )
    ledger.record(
        "training.return_requested",
        actor=by,
        target=report,
        at=now,
        definition=asked.code,
        definition_version=asked.version,
        period_from=period_from,
        marking=marking,
    )
    return _queue(report, by, now)


@transaction.atomic
def request_sheet(*, session_id: int, by: Acting, now: datetime) -> TrainingReport:
    """Ask for the sign-in sheet of a session, with everybody who has a place now; a job makes it.

    Raises RuleBroken for a session that was cancelled.
    """
    session = TaughtSession.objects.visible_to(by).get(pk=session_id)
    permissions.check_can_run_session(by, session)
    if session.status == SessionStatus.CANCELLED:
        raise RuleBroken(_("This session was cancelled."))
    report = TrainingReport.objects.create(
        organisation=by.organisation,
        kind=ReportKind.SHEET,
        session=session,
        as_at=timezone.localdate(now),
        with_names=True,
        marking=Marking.OFFICIAL,
        requested_at=now,
        requested_by=by.membership,
    )
    ledger.record("training.sheet_requested", actor=by, target=report, at=now, session=session.reference)
    return _queue(report, by, now)


@transaction.atomic
def make_report_again(*, report_id: int, by: Acting, now: datetime) -> TrainingReport:
    """Ask once more for a report that failed or was cancelled. A job of its own makes it, in the name of ``by``."""
    report = _locked(report_id, by)
    permissions.check_can_take_report(by, report)
    lock_for_another_try(report, TrainingReport.objects.visible_to(by).with_state(), by)
    ledger.record("training.report_requested_again", actor=by, target=report, at=now)
    return _queue(report, by, now)


@transaction.atomic
def store_report(*, report_id: int, document: bytes, pages: int | None, by: Acting, now: datetime) -> TrainingReport:
    """Keep the finished document and its hash. A second delivery of the same job finds it there and keeps the first."""
    report = _locked(report_id, by)
    permissions.check_can_take_report(by, report)
    if report.file_id is not None:
        return report
    kind = report.file_type
    report.file = files.keep_made(
        content=document, file_type=kind, name=f"{report.reference}.{kind}", purpose=PURPOSE, by=by, now=now
    )
    report.sha256, report.pages, report.finished_at = hashlib.sha256(document).hexdigest(), pages, now
    report.save(update_fields=["file", "sha256", "pages", "finished_at"])
    ledger.record("training.report_made", actor=by, target=report, at=now, sha256=report.sha256, pages=pages)
    notifications.notify(
        membership_id=report.requested_by_id, kind="training.report_ready", target=report, by=by, now=now
    )
    return report


def _queue(report: TrainingReport, by: Acting, now: datetime) -> TrainingReport:
    job = SHEET_JOB if report.kind == ReportKind.SHEET else JOB
    report.job = jobs.queue(job, by=by, now=now, report_id=report.pk)
    report.save(update_fields=["job"])
    return report


def _locked(report_id: int, by: Acting) -> TrainingReport:
    rows = TrainingReport.objects.visible_to(by).select_related("session")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=report_id)
