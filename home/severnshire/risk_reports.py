"""Reports of the county's register and its answers to the latest profile, as the board and the police got them."""

from datetime import timedelta

from foundation import jobs
from foundation.core.acting import Acting
from foundation.core.markings import Marking
from home.severnshire.people import Cast
from risk import actions, queries
from risk.models import CtlpEdition, RiskReport

DAYS_AGO = 6
MARKED = Marking.OFFICIAL_SENSITIVE


def make_risk_reports(cast: Cast) -> int:
    """Have the reports made, last week. Returns how many there are."""
    at = cast.moments.at_work(DAYS_AGO / 30.44, "county/risk-reports")
    with cast.acting("county/lead", at) as by:
        asked = _ask(by)
        for report in asked:
            assert report.job is not None
            done = jobs.run_here(report.job, at=at + timedelta(minutes=1))
            if done.failure_code:
                raise RuntimeError(f"Risk report {report} was not made: {done.failure_sentence}")
    return len(asked)


def _ask(by: Acting) -> list[RiskReport]:
    approved = queries.approved(by)
    assert approved is not None
    edition = CtlpEdition.objects.visible_to(by).order_by("-issued_on", "-pk")[0]
    return [
        actions.request_report(assessment_id=approved.pk, kind=kind, marking=MARKED, by=by, now=by.at)
        for kind in ("board", "full", "xlsx")
    ] + [actions.request_response(edition_id=edition.pk, marking=MARKED, by=by, now=by.at)]
