"""The actions of a plan as a spreadsheet: asked for and kept as every report, with a row for every action."""

import hashlib
import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from actionplans import action_spreadsheets, actions
from actionplans.models import Plan, PlanReport
from foundation import jobs
from foundation.accounts.authentication import STRONG_AT
from foundation.core.acting import STRONG_FOR, acting_as
from foundation.core.exceptions import RuleBroken
from foundation.documents import copies
from foundation.files.models import StoredFile
from foundation.jobs import actions as job_actions
from foundation.jobs.models import Job
from foundation.jobs.workflow import Failure
from foundation.notifications.models import Notice
from foundation.organisations.roles import ROLES
from tests.conftest import NOW, make_organisation
from tests.factories import actionplans as factories
from tests.factories import profiles
from tests.factories.partnerships import join, partnership

MAKERS = {"prevent_lead", "senior_approver"}
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked(by, of, **fields):
    wanted = {"kind": "xlsx", "marking": "official"} | fields
    with acting_as(by):
        return actions.request_report(plan_id=of.pk, by=by, now=NOW, **wanted)


def made(report, by):
    """The report as its job left it, and its workbook."""
    with acting_as(by):
        jobs.run_here(Job.objects.get(pk=report.job_id), at=NOW)
        report = PlanReport.objects.visible_to(by).with_state().select_related("file").get(pk=report.pk)
        content = report.file.bytes.open().read()
    assert hashlib.sha256(content).hexdigest() == report.sha256
    return report, openpyxl.load_workbook(io.BytesIO(content))


def told(book):
    """Every row by its title: a dictionary of what stands under each heading."""
    headings, *rows = book["Actions"].iter_rows(values_only=True)
    return {row[2]: dict(zip(headings, row, strict=True)) for row in rows}


def about(book):
    return dict(book["About this file"].iter_rows(values_only=True, max_col=2))


@pytest.fixture
def of(lead):
    return factories.plan(lead, title="Delivery plan")


# ---- What it holds
def test_a_row_tells_all_that_is_kept_of_an_action(committed, lead, of):
    risk = factories.risk(lead)
    recommendation = profiles.answered(lead, profiles.recommendation(lead))
    needed = factories.action(lead, of, title="Find a room")
    with acting_as(lead):
        objective = actions.add_objective(plan_id=of.pk, title="Venues", by=lead, now=NOW)
        row = actions.add_action(
            plan_id=of.pk, objective_id=objective.pk, supporter_ids=(), by=lead, now=NOW,
            description=factories.described(
                lead, due_on=NOW.date() - timedelta(days=3), cost=Decimal("1250.50"), funding="Home Office grant",
                repeats="after_done", every_months=6,
            ),
        )  # fmt: skip
        actions.rate(action_id=row.pk, version=1, rag="green", reason="One hirer is left", by=lead, now=NOW)
        for note in ("Six signed", "Nine of ten signed"):
            actions.report_progress(action_id=row.pk, note=note, percent=90, by=lead, now=NOW)
        moved = NOW.date() - timedelta(days=1)
        actions.move_due(action_id=row.pk, version=2, due_on=moved, reason="Half term", by=lead, now=NOW)
        actions.link_risk(action_id=row.pk, risk_id=risk.pk, by=lead, now=NOW)
        actions.link_recommendation(action_id=row.pk, recommendation_id=recommendation.pk, by=lead, now=NOW)
        actions.add_dependency(action_id=row.pk, needs_id=needed.pk, by=lead, now=NOW)

    _report, book = made(asked(lead, of), lead)

    found = told(book)["Brief all hirers"]
    days = {name: found[name].date() for name in ("Start", "Due", "First due", "Last progress")}
    wanted = {
        "Objective": "Venues", "Ref": row.code, "Owner": lead.membership.name, "Accountable": lead.membership.name,
        "Priority": "Medium", "Times the due date moved": 1, "Status": "In progress", "Computed from dates": "Overdue",
        "Own rating": "On track", "Reason for the own rating": "One hirer is left", "Per cent done": 90,
        "Latest progress note": f"Nine of ten signed ({lead.membership.name})", "Cost in pounds": 1250.5,
        "Funding": "Home Office grant", "How we will know that it worked": "9 of 10 hirers signed", "Risks": risk.code,
        "Recommendations of the local profile": "R1, Local profile 2026", "Waits for": needed.code,
        "Repeats": "So many months after it was last done: every 6 months", "Outcome": None,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted
    assert days == {
        "Start": date(2026, 10, 1), "Due": moved, "First due": NOW.date() - timedelta(days=3),
        "Last progress": NOW.date(),
    }  # fmt: skip
    assert [name for name in found if name in ("Reported by", "Comment of the member")] == []


def test_the_second_sheet_says_what_it_is_of_and_counts(committed, lead, of):
    factories.action(lead, of, title="Late", due_on=NOW.date() - timedelta(days=3))
    factories.complete(lead, factories.action(lead, of, title="Done"), impact="Fewer incidents")
    factories.action(lead, title="Of another plan")

    report, book = made(asked(lead, of, marking="official_sensitive"), lead)

    facts = about(book)
    wanted = {
        "Title": "Delivery plan", "Organisation": lead.organisation.name, "Marking": "OFFICIAL-SENSITIVE",
        "Period": "1 April 2026 to 31 March 2027", "Report ID": report.reference, "Status": "Draft",
        "Asked for by": lead.membership.name, "Actions": 2, "Actions done": 1, "Actions overdue": 1,
        "Actions drifting": 0, "Rows": "2",
    }  # fmt: skip
    assert {name: facts[name] for name in wanted} == wanted
    done = told(book)["Done"]
    assert (done["Outcome"], done["Impact"], done["Finished"].date()) == ("All signed", "Fewer incidents", NOW.date())
    assert done["Times the due date moved"] == 0
    assert (book["Actions"].freeze_panes, book["Actions"].auto_filter.ref.startswith("A1:")) == ("D2", True)


@pytest.mark.parametrize("typed", ['=HYPERLINK("http://example.com","x")', "+1+1", "-2", "@SUM(A1)", "0012"])
def test_what_is_typed_stays_text(committed, lead, typed):
    of = factories.plan(lead, title=typed)
    factories.action(lead, of, title=typed, success_measure=typed)

    _report, book = made(asked(lead, of), lead)

    cells = [book["Actions"]["C2"], book["About this file"]["B1"]]
    assert [(cell.value, cell.data_type) for cell in cells] == [(typed, "s")] * 2
    assert told(book)[typed]["How we will know that it worked"] == typed


def test_a_partnership_reads_of_its_members_what_they_report(committed, acting_for):
    board, member = partnership(), make_organisation("Ashmere District Council")
    join(board, member)
    chair, owner = acting_for("prevent_lead", organisation=board), acting_for("prevent_lead", organisation=member)
    of = factories.plan(chair, title="Partnership plan")
    factories.action(chair, of, title="Ours")
    theirs = factories.active(owner, title="Theirs", description="Stays with them", cost=Decimal(5))
    factories.active(owner, title="Not reported")
    factories.place(chair, factories.report(owner, board, theirs, comment="From us"), of)

    _report, book = made(asked(chair, of), chair)

    rows = told(book)
    found = rows["Theirs"]
    assert set(rows) == {"Ours", "Theirs"}
    assert (found["Reported by"], found["Owner"]) == ("Ashmere District Council", "Ashmere District Council")
    assert (found["Comment of the member"], found["Due"].date()) == ("From us", date(2026, 12, 31))
    assert [found[name] for name in ("Accountable", "Priority", "Cost in pounds", "What exactly is done")] == [None] * 4
    assert (about(book)["Actions"], rows["Ours"]["Reported by"]) == (2, None)


# ---- Of whom, and for whom
def test_it_holds_nothing_of_another_organisation(committed, lead, acting_for, other_organisation, of):
    other_lead = acting_for("prevent_lead", organisation=other_organisation)
    theirs = factories.plan(other_lead)
    factories.action(other_lead, theirs, title="Their action")
    factories.action(lead, of, title="Ours")

    _report, book = made(asked(lead, of), lead)

    assert list(told(book)) == ["Ours"]
    with pytest.raises(Plan.DoesNotExist):
        asked(lead, theirs)


@pytest.mark.parametrize("role", sorted(set(ROLES) - MAKERS))
def test_who_may_not_report_gets_none(lead, acting_for, of, role):
    reader = acting_for(role)

    with pytest.raises(PermissionDenied, match="does not include reports"):
        asked(reader, of)


@pytest.mark.parametrize("kind", ["xlsx", "full"])
def test_a_marking_below_that_of_the_plan_is_refused(lead, kind):
    of = factories.plan(lead, marking="official_sensitive")

    with pytest.raises(RuleBroken, match="the report tells what has that marking"):
        asked(lead, of, kind=kind)


def test_too_low_a_marking_is_said_beside_the_field(lead, client_for):
    of = factories.plan(lead, marking="official_sensitive")

    page = client_for(lead).post(f"/action-plans/{of.reference}/report/", {"kind": "xlsx", "marking": "official"})

    assert page.context["form"].errors["marking"] == [
        "Select OFFICIAL-SENSITIVE: the report tells what has that marking."
    ]


@pytest.mark.parametrize(("kind", "pages"), [("xlsx", 3), ("full", None)])
def test_the_database_wants_pages_of_a_pdf_and_none_of_a_spreadsheet(committed, lead, of, kind, pages):
    report, _book = made(asked(lead, of), lead)

    with acting_as(lead), pytest.raises(IntegrityError, match="plan_report_document_whole"), transaction.atomic():
        PlanReport.objects.filter(pk=report.pk).update(kind=kind, pages=pages)


# ---- Made once, for a plan of any length
def test_after_a_failure_another_try_keeps_one_document(committed, lead, of):
    report = asked(lead, of)
    with acting_as(lead):
        job = Job.objects.get(pk=report.job_id)
    claimed = job_actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW)
    job_actions.failed(claimed, code=Failure.CRASHED, now=NOW)
    with acting_as(lead):
        report = actions.make_report_again(report_id=report.pk, by=lead, now=NOW)

    report, _book = made(report, lead)
    with acting_as(lead):
        again = actions.store_report(report_id=report.pk, document=b"PK other", pages=None, by=lead, now=NOW)

    assert (report.state, report.pages, again.sha256) == ("ready", None, report.sha256)
    with acting_as(lead):
        kept = StoredFile.objects.filter(purpose="actionplans.report")
        assert [each.original_name for each in kept] == [f"{report.reference}.xlsx"]
        assert Notice.objects.filter(kind="actionplans.report_ready", target_reference=report.reference).count() == 1


def test_more_actions_take_no_more_queries(lead, of):
    def queries():
        with acting_as(lead):
            report = PlanReport(plan=of, marking="official", requested_by=lead.membership, kind="xlsx")
            with CaptureQueriesContext(connection) as found:
                sheet = action_spreadsheets.build(acting=lead, report=report, now=NOW)
                rows = list(sheet.rows)
                sheet.facts()
        return len(rows), len(found)

    first = factories.action(lead, of)
    before = queries()
    for _each in range(12):
        row = factories.action(lead, of)
        with acting_as(lead):
            actions.report_progress(action_id=row.pk, note="Begun", by=lead, now=NOW)
            actions.add_dependency(action_id=row.pk, needs_id=first.pk, by=lead, now=NOW)
    after = queries()

    assert (before[0], after) == (1, (13, before[1]))


# ---- The pages
def test_it_is_asked_for_and_taken_on_pages(committed, lead, of, client_for):
    browser = client_for(lead)
    posted = browser.post(f"/action-plans/{of.reference}/report/", {"kind": "xlsx", "marking": "official"})
    with acting_as(lead):
        report = PlanReport.objects.visible_to(lead).select_related("job").get()
    made(report, lead)

    page = browser.get(report.get_absolute_url()).content.decode()
    taken = browser.get(f"{report.get_absolute_url()}download/")

    assert posted["Location"] == f"/jobs/{report.job.reference}/"
    assert ("Download the spreadsheet" in page, "Spreadsheet (XLSX)" in page) == (True, True)
    assert not [word for word in ("Download the PDF", "Pages") if word in page]
    assert (taken["Content-Type"], taken["Content-Security-Policy"]) == (TYPE, "sandbox")
    assert f'filename="action-plan-{report.reference}.xlsx"' in taken["Content-Disposition"]
    assert b"".join(taken.streaming_content).startswith(b"PK")


def test_taking_it_asks_who_one_is_once_that_is_long_ago(committed, lead, of, client_for):
    report, _book = made(asked(lead, of), lead)
    browser = client_for(lead)
    session = browser.session
    session[STRONG_AT] -= STRONG_FOR.total_seconds()
    session.save()

    taken = browser.get(f"{report.get_absolute_url()}download/")

    assert (taken.status_code, taken["Location"].startswith("/accounts/confirm/?")) == (302, True)


def test_a_copy_of_it_is_known_again(committed, lead, of):
    report, _book = made(asked(lead, of), lead)

    with acting_as(lead):
        found = copies.by_checksum(lead, report.sha256)

    assert (found.reference, str(found.what)) == (report.reference, "Spreadsheet of an action plan")
