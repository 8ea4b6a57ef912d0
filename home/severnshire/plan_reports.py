"""Quarterly reports of the county's delivery plan, each made a week after its quarter as the plan stood then."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from actionplans import actions
from actionplans.models import Plan
from actionplans.quarters import Quarter
from actionplans.workflow import PlanStatus
from foundation import jobs
from foundation.core.acting import Acting
from foundation.core.markings import Marking
from home.severnshire.moments import DAYS_IN_A_MONTH
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import COUNTY, OrganisationEntry

DAYS_AFTER = 7
# What the board was asked to decide, the earlier quarter first.
DECISIONS = (
    "Agree that contract managers are trained by the procurement team and not by an outside provider.",
    "Decide who pays for the family mentoring scheme after March. Note that one risk was lowered.",
)


def deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """The reports of the last two quarters that have ended."""
    if entry.key != COUNTY:
        return
    today = cast.moments.today
    last = Quarter.of(today).before
    for quarter, decisions in zip((last.before, last), DECISIONS, strict=True):
        days_ago = max((today - quarter.last).days - DAYS_AFTER, 0)
        at = cast.moments.at_work(days_ago / DAYS_IN_A_MONTH, f"county/plan-report/{quarter.first}")
        yield Deed(at, f"{entry.key}/lead", _make(quarter, decisions))


def _make(quarter: Quarter, decisions: str) -> Callable[[Acting, datetime], None]:
    def make(by: Acting, now: datetime) -> None:
        plan = Plan.objects.visible_to(by).filter(status=PlanStatus.ACTIVE, period_from__lte=quarter.last).first()
        if plan is None:  # the quarter ended before the plan began
            return
        report = actions.request_report(
            plan_id=plan.pk,
            kind="quarterly",
            quarter_from=quarter.first,
            decisions=decisions,
            marking=Marking.OFFICIAL,
            by=by,
            now=now,
        )
        assert report.job is not None
        done = jobs.run_here(report.job, at=now + timedelta(minutes=1))
        if done.failure_code:
            raise RuntimeError(f"Quarterly report {report} was not made: {done.failure_sentence}")

    return make
