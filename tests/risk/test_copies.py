"""A copy of a report of the risk room or of a plan is recognised, by whom it concerns."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from actionplans import actions as actionplans
from compliance import verification
from foundation import jobs
from foundation.core.acting import acting_as
from risk import actions
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import actionplans as plans


def of_an_assessment(lead, draft):
    return actions.request_report(assessment_id=draft.pk, kind="board", marking="official_sensitive", by=lead, now=NOW)


def of_a_plan(lead, _draft):
    plan = plans.plan(lead)
    with acting_as(lead):
        return actionplans.request_report(plan_id=plan.pk, kind="board", marking="official", by=lead, now=NOW)


def made(ask, lead, draft):
    """A finished report and its bytes."""
    with acting_as(lead):
        report = ask(lead, draft)
        jobs.run_here(report.job, at=NOW)
        report.refresh_from_db()
        return report, report.file.bytes.open().read()


def verdict_of(content, by):
    with acting_as(by):
        return verification.check(SimpleUploadedFile("copy.pdf", content), acting=by, now=NOW)


@pytest.mark.parametrize(
    ("ask", "what"),
    [(of_an_assessment, "Report of a risk assessment"), (of_a_plan, "Report of an action plan")],
)
def test_a_copy_is_genuine_or_altered_and_unknown_to_others(committed, lead, draft, other_organisation, ask, what):
    report, content = made(ask, lead, draft)
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))

    genuine, altered = verdict_of(content, lead), verdict_of(content + b"\n%changed", lead)
    elsewhere = verdict_of(content, stranger)

    assert (genuine.code, genuine.report.reference, str(genuine.report.what)) == ("genuine", report.reference, what)
    assert (altered.code, altered.report.reference) == ("altered", report.reference)
    assert (elsewhere.code, elsewhere.report) == ("unknown", None)


def test_the_page_says_what_a_genuine_copy_is(committed, acting_for, lead, draft, client_for):
    report, content = made(of_an_assessment, lead, draft)
    inspector = client_for(acting_for("inspector"))

    page = inspector.post("/compliance/reports/verify/", {"copy": SimpleUploadedFile("copy.pdf", content)})

    said = f"Report of a risk assessment {report.reference}, as at 23 November 2026, exactly as the portal made it."
    assert said in page.content.decode()
