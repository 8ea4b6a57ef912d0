"""Reports of a plan: asked for, made by a job, kept with their hash."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans import gathering, permissions
from actionplans.models import Action, DueChange, Plan, PlanReport, Progress, ReportKind
from actionplans.quarters import Quarter
from foundation import jobs, ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.markings import Marking
from foundation.files import actions as files
from foundation.files.examination.types import FileType
from foundation.jobs.actions.reporting import lock_for_another_try
from foundation.jobs.reports import check_length, check_marking

JOB = "actionplans.make_report"
PURPOSE = "actionplans.report"
# What the parts of one PDF can be put together of in the memory that a process may have.
MOST_ACTIONS = 5_000
MOST_IN_FULL = 5_000  # actions, notes of progress and moved due dates
TOO_LONG = gettext_lazy(
    "This plan has %(count)s actions, and a PDF holds up to %(most)s. Choose the spreadsheet: it holds all of them."
)
TOO_LONG_IN_FULL = gettext_lazy(
    "This plan has %(count)s actions, notes and moved due dates, and a full PDF holds up to %(most)s. Choose the"
    " spreadsheet: it holds all actions."
)


@transaction.atomic
def request_report(
    *,
    plan_id: int,
    kind: str,
    marking: str,
    by: Acting,
    now: datetime,
    quarter_from: date | None = None,
    decisions: str = "",
) -> PlanReport:
    """Ask for a report of a plan as it stands; a job makes it. ``quarter_from`` is the first day of a quarter.

    Raises RuleBroken for a marking below that of the plan, for a quarterly report without a quarter, and for a quarter
    that has not begun or that the plan does not reach into; TooLongForPdf for more than a PDF holds.
    """
    permissions.check_can_report(by)
    plan = Plan.objects.visible_to(by).get(pk=plan_id)
    check_marking(marking, plan.marking)
    if kind == ReportKind.QUARTERLY:
        _check_quarter(quarter_from, plan, timezone.localdate(now))
    else:
        quarter_from, decisions = None, ""
    _check_length(kind, plan, by)
    report = PlanReport.objects.create(
        organisation=by.organisation,
        plan=plan,
        kind=ReportKind(kind),
        quarter_from=quarter_from,
        decisions=decisions.strip(),
        marking=Marking(marking),
        requested_at=now,
        requested_by=by.membership,
    )
    ledger.record(
        "plan.report_requested",
        actor=by,
        target=report,
        at=now,
        plan=plan.reference,
        kind=kind,
        marking=marking,
        quarter_from=quarter_from,
    )
    return _queue(report, by, now)


@transaction.atomic
def make_report_again(*, report_id: int, by: Acting, now: datetime) -> PlanReport:
    """Ask once more for a report that failed or was cancelled. A job of its own makes it, in the name of ``by``."""
    permissions.check_can_report(by)
    report = _locked(report_id, by)
    lock_for_another_try(report, PlanReport.objects.visible_to(by).with_state(), by)
    _check_length(report.kind, report.plan, by)
    ledger.record("plan.report_requested_again", actor=by, target=report, at=now)
    return _queue(report, by, now)


@transaction.atomic
def store_report(
    *,
    report_id: int,
    document: bytes,
    pages: int | None,
    by: Acting,
    now: datetime,
    figures: Mapping[str, int] | None = None,
) -> PlanReport:
    """Keep the finished document, its hash and the figures it shows: a PDF, or a workbook without pages.

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
    report.figures = dict(figures or {})
    report.save(update_fields=["file", "sha256", "pages", "finished_at", "figures"])
    ledger.record("plan.report_made", actor=by, target=report, at=now, sha256=report.sha256, pages=pages)
    notifications.notify(
        membership_id=report.requested_by_id, kind="actionplans.report_ready", target=report, by=by, now=now
    )
    return report


def _queue(report: PlanReport, by: Acting, now: datetime) -> PlanReport:
    report.job = jobs.queue(JOB, by=by, now=now, report_id=report.pk)
    report.save(update_fields=["job"])
    return report


def _locked(report_id: int, by: Acting) -> PlanReport:
    return PlanReport.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=report_id)


def _check_length(kind: str, plan: Plan, by: Acting) -> None:
    """Before a job begins that could only fail."""
    if kind == ReportKind.SPREADSHEET:
        return
    count = Action.objects.visible_to(by).filter(plan=plan).count() + gathering.placed_in(by, plan)
    if kind != ReportKind.FULL:
        check_length(count, MOST_ACTIONS, TOO_LONG)
        return
    for rows in (Progress.objects.visible_to(by), DueChange.objects.visible_to(by)):
        count += rows.filter(action__plan=plan).count()
    check_length(count, MOST_IN_FULL, TOO_LONG_IN_FULL)


def _check_quarter(first: date | None, plan: Plan, today: date) -> None:
    if first is None:
        raise RuleBroken(_("Select the quarter that the report is of."))
    if first != Quarter.of(first).first:
        raise RuleBroken(_("A quarter begins on the first day of January, April, July or October."))
    if first > today:
        raise RuleBroken(_("That quarter has not begun."))
    if first > plan.period_to or Quarter(first).last < plan.period_from:
        raise RuleBroken(_("The plan does not reach into that quarter."))
