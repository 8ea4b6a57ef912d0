"""Reports of a plan: asked for, made by a job, kept with their hash."""

import hashlib
from datetime import datetime

from django.db import transaction

from actionplans import permissions
from actionplans.models import Plan, PlanReport, ReportKind
from foundation import jobs, ledger, notifications
from foundation.core.acting import Acting
from foundation.core.markings import Marking
from foundation.files import actions as files
from foundation.files.examination.types import FileType

JOB = "actionplans.make_report"
PURPOSE = "actionplans.report"


@transaction.atomic
def request_report(*, plan_id: int, kind: str, marking: str, by: Acting, now: datetime) -> PlanReport:
    """Ask for a report of a plan as it stands; a job makes it."""
    permissions.check_can_report(by)
    plan = Plan.objects.visible_to(by).get(pk=plan_id)
    report = PlanReport.objects.create(
        organisation=by.organisation,
        plan=plan,
        kind=ReportKind(kind),
        marking=Marking(marking),
        requested_at=now,
        requested_by=by.membership,
    )
    ledger.record(
        "plan.report_requested", actor=by, target=report, at=now, plan=plan.reference, kind=kind, marking=marking
    )
    report.job = jobs.queue(JOB, by=by, now=now, report_id=report.pk)
    report.save(update_fields=["job"])
    return report


@transaction.atomic
def store_report(*, report_id: int, pdf: bytes, pages: int, by: Acting, now: datetime) -> PlanReport:
    """Keep the finished document and its hash. A second delivery of the same job finds it there and keeps the first."""
    report = PlanReport.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=report_id)
    permissions.check_can_report(by)
    if report.file_id is not None:
        return report
    report.file = files.keep_made(
        content=pdf, file_type=FileType.PDF, name=f"{report.reference}.pdf", purpose=PURPOSE, by=by, now=now
    )
    report.sha256, report.pages, report.finished_at = hashlib.sha256(pdf).hexdigest(), pages, now
    report.save(update_fields=["file", "sha256", "pages", "finished_at"])
    ledger.record("plan.report_made", actor=by, target=report, at=now, sha256=report.sha256, pages=pages)
    notifications.notify(
        membership_id=report.requested_by_id, kind="actionplans.report_ready", target=report, by=by, now=now
    )
    return report
