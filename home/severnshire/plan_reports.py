"""Reports of the county's delivery plan: of each quarter a week after it, and its actions as a spreadsheet."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from actionplans import actions
from actionplans.models import Plan
from actionplans.quarters import Quarter
from actionplans.workflow import PlanStatus
from foundation import jobs
from foundation.core.acting import Acting
from home.severnshire.moments import DAYS_IN_A_MONTH
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import COUNTY, OrganisationEntry

DAYS_AFTER = 7
SPREADSHEET_DAYS_AGO = 5
# What the board was asked to decide, the earlier quarter first.
DECISIONS = (
    "Agree that contract managers are trained by the procurement team and not by an outside provider.",
    "Decide who pays for the family mentoring scheme after March. Note that one risk was lowered.",
)


def deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """The reports of the last two quarters that have ended, and last week the actions as a spreadsheet."""
    if entry.key != COUNTY:
        return
    today = cast.moments.today
    last = Quarter.of(today).before
    for quarter, decisions in zip((last.before, last), DECISIONS, strict=True):
        days_ago = max((today - quarter.last).days - DAYS_AFTER, 0)
        at = cast.moments.at_work(days_ago / DAYS_IN_A_MONTH, f"county/plan-report/{quarter.first}")
        yield Deed(at, f"{entry.key}/lead", _make_of_quarter(quarter, decisions))
    at = cast.moments.at_work(SPREADSHEET_DAYS_AGO / DAYS_IN_A_MONTH, f"county/plan-spreadsheet/{today}")
    yield Deed(at, f"{entry.key}/lead", _make_spreadsheet)


def _make_of_quarter(quarter: Quarter, decisions: str) -> Callable[[Acting, datetime], None]:
    def make(by: Acting, now: datetime) -> None:
        plan = _active(by, quarter.last)
        if plan is not None:  # the quarter may have ended before the plan began
            _make(plan, by, now, kind="quarterly", quarter_from=quarter.first, decisions=decisions)

    return make


def _make_spreadsheet(by: Acting, now: datetime) -> None:
    plan = _active(by, timezone.localdate(now))
    if plan is not None:
        _make(plan, by, now, kind="xlsx")


def _active(by: Acting, on: date) -> Plan | None:
    """The plan that is worked on, if it had begun."""
    return Plan.objects.visible_to(by).filter(status=PlanStatus.ACTIVE, period_from__lte=on).first()


def _make(plan: Plan, by: Acting, now: datetime, **wanted: Any) -> None:
    report = actions.request_report(plan_id=plan.pk, marking=plan.marking, by=by, now=now, **wanted)
    assert report.job is not None
    done = jobs.run_here(report.job, at=now + timedelta(minutes=1))
    if done.failure_code:
        raise RuntimeError(f"Report {report} of a plan was not made: {done.failure_sentence}")
