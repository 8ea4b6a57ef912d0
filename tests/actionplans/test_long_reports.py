"""Reports of a plan that is too long for one piece, and for one PDF."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from actionplans import actions, queries, report_content, report_parts, shelves
from actionplans.actions import reporting
from actionplans.models import PlanReport
from foundation import jobs
from foundation.core.acting import acting_as
from foundation.documents import chapters
from foundation.jobs.models import Job
from foundation.jobs.reports import TooLongForPdf
from tests.conftest import NOW
from tests.factories.actionplans import action, plan
from tests.foundation.documents.pdf_checks import assert_is_accessible


@pytest.fixture
def long_plan(lead):
    """A plan with five actions and a note on the first."""
    of = plan(lead, title="Delivery plan")
    rows = [action(lead, of, title=f"Action number {number}", now=NOW) for number in range(1, 6)]
    with acting_as(lead):
        actions.report_progress(action_id=rows[0].pk, note="Nine of ten signed", by=lead, now=NOW)
    return of


def asked(by, of, kind, **also):
    with acting_as(by):
        return actions.request_report(plan_id=of.pk, kind=kind, marking="official_sensitive", by=by, now=NOW, **also)


def made(report, by):
    with acting_as(by):
        jobs.run_here(report.job, at=NOW)
        report.refresh_from_db()
        return report.file.bytes.open().read()


@pytest.mark.parametrize("kind", ["full", "quarterly"])
def test_a_long_report_of_a_plan_is_one_accessible_document_with_every_action(
    committed, monkeypatch, lead, long_plan, kind
):
    monkeypatch.setattr(chapters, "ROWS_IN_A_PART", 13)
    monkeypatch.setattr(report_parts, "MOST_ROWS_IN_ONE", 2)
    also = {"quarter_from": date(2026, 10, 1)} if kind == "quarterly" else {}

    content = made(asked(lead, long_plan, kind, **also), lead)

    assert_is_accessible(content)
    reader = PdfReader(io.BytesIO(content))
    pages = [page.extract_text() for page in reader.pages]
    text = " ".join(" ".join(pages).split())
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert all("OFFICIAL-SENSITIVE" in page for page in pages)
    assert all(f"Action number {number}" in text for number in range(1, 6))
    if kind == "full":
        titles = [" ".join(each.title.split()) for each in reader.outline if not isinstance(each, list)]
        assert titles[-3:] == [
            f"{number} Under no objective: {rows} of 5"
            for number, rows in ((3, "1 to 2"), (4, "3 to 4"), (5, "5 to 5"))
        ]
        assert text.count("Nine of ten signed") == 1


def test_a_report_holds_more_actions_than_a_page_shows(monkeypatch, lead, long_plan):
    monkeypatch.setattr(shelves, "MOST", 2)

    with acting_as(lead):
        [group] = queries.by_objective(lead, long_plan, NOW.date())

    assert len(group.lines) == 5


def test_a_timeline_on_paper_is_cut_into_drawings_that_fit_a_page_and_says_what_it_leaves_out(
    monkeypatch, lead, long_plan
):
    monkeypatch.setattr(report_content, "ON_ONE_DRAWING", 2)
    report = asked(lead, long_plan, "board")
    with acting_as(lead):
        report = PlanReport.objects.select_related("plan__owner").get(pk=report.pk)
        whole = report_content.build(acting=lead, report=report, now=NOW)
        monkeypatch.setattr(report_content, "MOST_DRAWN", 3)
        cut = report_content.build(acting=lead, report=report, now=NOW)

    assert ([len(chart.rows) for chart in whole.charts], whole.undrawn) == ([2, 2, 1], False)
    assert ([len(chart.rows) for chart in cut.charts], cut.drawn, cut.undrawn) == ([2, 1], 3, True)


# ---- More than a PDF holds
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("full", "This plan has 6 actions, notes and moved due dates, and a full PDF holds up to 4. Choose the spread"),
        ("board", "This plan has 5 actions, and a PDF holds up to 4. Choose the spreadsheet"),
    ],
)
def test_more_than_a_pdf_holds_is_refused_before_a_job_begins(monkeypatch, lead, long_plan, client_for, kind, said):
    monkeypatch.setattr(reporting, "MOST_ACTIONS", 4)
    monkeypatch.setattr(reporting, "MOST_IN_FULL", 4)

    with pytest.raises(TooLongForPdf, match=said):
        asked(lead, long_plan, kind)
    page = client_for(lead).post(
        f"/action-plans/{long_plan.reference}/report/", {"kind": kind, "marking": "official_sensitive"}
    )

    assert page.context["form"].errors["kind"][0].startswith(said)
    with acting_as(lead):
        assert (PlanReport.objects.count(), Job.objects.count()) == (0, 0)


def test_a_spreadsheet_is_never_too_long(monkeypatch, lead, long_plan):
    monkeypatch.setattr(reporting, "MOST_ACTIONS", 4)
    monkeypatch.setattr(reporting, "MOST_IN_FULL", 4)

    assert asked(lead, long_plan, "xlsx").job is not None
