"""Compliance reports: asked for, made by a job, kept with their hash."""

import hashlib
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance import permissions, queries
from compliance.models import ComplianceReport, Theme
from foundation import jobs, ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.markings import Marking
from foundation.files import actions as files
from foundation.files.examination.types import FileType
from foundation.jobs.actions.reporting import lock_for_another_try

JOB = "compliance.make_report"
PURPOSE = "compliance.report"


@transaction.atomic
def request_report(
    *,
    theme_code: str,
    as_at: date,
    marking: str,
    with_evidence: bool,
    by: Acting,
    now: datetime,
    period_from: date | None = None,
) -> ComplianceReport:
    """Ask for a compliance report; a job makes it. Without its first day, the period is ``queries.period_start``.

    Raises RuleBroken for a day in the future, before the organisation began or after it closed, and for a period that
    begins after its end or before the organisation.
    """
    permissions.check_can_report(by)
    _check_day(as_at, by, now)
    if period_from is None:
        period_from = queries.period_start(by, as_at)
    _check_period(period_from, as_at, by)
    report = ComplianceReport.objects.create(
        organisation=by.organisation,
        theme=Theme.objects.get(pk=theme_code) if theme_code else None,
        period_from=period_from,
        as_at=as_at,
        marking=Marking(marking),
        with_evidence=with_evidence,
        requested_at=now,
        requested_by=by.membership,
    )
    ledger.record(
        "report.requested",
        actor=by,
        target=report,
        at=now,
        period_from=period_from,
        as_at=as_at,
        theme=theme_code or "all",
        marking=marking,
    )
    return _queue(report, by, now)


@transaction.atomic
def make_again(*, report_id: int, by: Acting, now: datetime) -> ComplianceReport:
    """Ask once more for a report that failed or was cancelled. A job of its own makes it, in the name of ``by``."""
    report = _locked(report_id, by)
    permissions.check_can_report(by, report)
    lock_for_another_try(report, ComplianceReport.objects.visible_to(by).with_state(), by)
    ledger.record("report.requested_again", actor=by, target=report, at=now)
    return _queue(report, by, now)


@transaction.atomic
def store_report(*, report_id: int, pdf: bytes, pages: int, by: Acting, now: datetime) -> ComplianceReport:
    """Keep the finished document and its hash. A second delivery of the same job finds it there and keeps the first."""
    report = _locked(report_id, by)
    permissions.check_can_report(by, report)
    if report.file_id is not None:
        return report
    report.file = files.keep_made(
        content=pdf, file_type=FileType.PDF, name=f"{report.reference}.pdf", purpose=PURPOSE, by=by, now=now
    )
    report.sha256, report.pages, report.finished_at = hashlib.sha256(pdf).hexdigest(), pages, now
    report.save(update_fields=["file", "sha256", "pages", "finished_at"])
    ledger.record("report.made", actor=by, target=report, at=now, sha256=report.sha256, pages=pages)
    notifications.notify(
        membership_id=report.requested_by_id, kind="compliance.report_ready", target=report, by=by, now=now
    )
    return report


def _queue(report: ComplianceReport, by: Acting, now: datetime) -> ComplianceReport:
    report.job = jobs.queue(JOB, by=by, now=now, report_id=report.pk)
    report.save(update_fields=["job"])
    return report


def _locked(report_id: int, by: Acting) -> ComplianceReport:
    return ComplianceReport.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=report_id)


def _check_day(as_at: date, by: Acting, now: datetime) -> None:
    organisation = by.organisation
    if as_at > timezone.localdate(now):
        raise RuleBroken(_("The date must be today or in the past."))
    if as_at < organisation.active_from:
        raise RuleBroken(_("%(name)s did not exist on that day.") % {"name": organisation.name})
    if not organisation.is_active(as_at):
        raise RuleBroken(
            _("%(name)s closed on %(day)s. Choose that day or an earlier one.")
            % {"name": organisation.name, "day": f"{organisation.active_to:%-d %B %Y}"}
        )


def _check_period(first: date, last: date, by: Acting) -> None:
    if first > last:
        raise RuleBroken(_("The period must begin on or before the day that the report is as at."))
    if first < by.organisation.active_from:
        raise RuleBroken(
            _("%(name)s did not exist on the first day of the period. It began on %(day)s.")
            % {"name": by.organisation.name, "day": f"{by.organisation.active_from:%-d %B %Y}"}
        )
