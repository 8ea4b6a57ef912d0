"""The register as a spreadsheet: asked for and kept as every report, with a row for every risk and typed cells."""

import hashlib
import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation import jobs
from foundation.accounts.authentication import STRONG_AT
from foundation.core.acting import STRONG_FOR, acting_as
from foundation.core.exceptions import RuleBroken
from foundation.documents import copies
from foundation.files.models import StoredFile
from foundation.jobs import actions as job_actions
from foundation.jobs.models import Job
from foundation.jobs.workflow import Failure
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from foundation.organisations.roles import ROLES
from risk import actions, register_spreadsheets
from risk.models import Assessment, RiskReport
from tests.conftest import NOW
from tests.factories import actionplans, profiles
from tests.factories import risk as factories

MAKERS = {"prevent_lead", "senior_approver"}
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked(by, row, marking="official_sensitive"):
    with acting_as(by):
        return actions.request_report(assessment_id=row.pk, kind="xlsx", marking=marking, by=by, now=NOW)


def made(report, by, at=NOW):
    """The report as its job left it, and its workbook."""
    with acting_as(by):
        jobs.run_here(Job.objects.get(pk=report.job_id), at=at)
        report = RiskReport.objects.visible_to(by).with_state().select_related("file").get(pk=report.pk)
        content = report.file.bytes.open().read()
    assert hashlib.sha256(content).hexdigest() == report.sha256
    return report, openpyxl.load_workbook(io.BytesIO(content))


def told(book):
    """Every row by its code: a dictionary of what stands under each heading."""
    headings, *rows = book["Risks"].iter_rows(values_only=True)
    return {row[0]: dict(zip(headings, row, strict=True)) for row in rows}


def about(book):
    return dict(book["About this file"].iter_rows(values_only=True, max_col=2))


# ---- What it holds
def test_a_row_tells_all_that_is_kept_of_a_risk(committed, lead, draft, entry):
    with acting_as(lead):
        for version, text, strength in ((2, "Filter online", "strong"), (3, "Visitors signed in", "untested")):
            actions.add_control(entry_id=entry.pk, version=version, text=text, strength=strength, by=lead, now=NOW)
    factories.score(lead, entry, residual=(2, 2), target=(1, 2), reason="Fewer visits since the filter")
    factories.own(lead, entry, lead.membership_id, next_review_on=date(2027, 3, 1))
    profiles.linked(lead, profiles.answered(lead, profiles.recommendation(lead)), entry.risk)
    first, second = actionplans.action(lead), actionplans.action(lead)
    with acting_as(lead):
        for action in (second, first):
            actionplans.actions.link_risk(action_id=action.pk, risk_id=entry.risk_id, by=lead, now=NOW)

    _report, book = made(asked(lead, draft), lead)

    row = told(book)["R1"]
    wanted = {
        "Risk": "Drawn in online", "Inherent: likelihood": 4, "Inherent: impact": 4, "Inherent": 16,
        "Current: likelihood": 2, "Current: impact": 2, "Current": 4, "Current, in words": "4: Unlikely, Moderate",
        "Why the current score last changed": "Fewer visits since the filter", "Target": 2,
        "Controls and how well they hold": "Filter online (Effective)\nVisitors signed in (Not tested)",
        "Response": "Treat: reduce it by actions", "Owner": lead.membership.name,
        "Next review": datetime(2027, 3, 1), "Months between reviews": 12,  # noqa: DTZ001 -- a spreadsheet's day
        "Recommendations of the local profile": "R1, Local profile 2026: Accepted",
        "Actions": f"{first.code}; {second.code}", "Marking": "OFFICIAL-SENSITIVE", "Closed": None,
        "To be put right": None,
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted


def test_the_second_sheet_says_what_it_is_of_and_counts(committed, lead, draft, entry):
    factories.close(lead, factories.risk(lead, draft, "Gone by"), reason="The hall was sold")

    report, book = made(asked(lead, draft), lead)

    facts = about(book)
    wanted = {
        "Title": "Risk 2026", "Organisation": lead.organisation.name, "Marking": "OFFICIAL-SENSITIVE",
        "Period": "1 January 2026 to 31 December 2026", "Report ID": report.reference,
        "Status": "DRAFT, not approved", "Asked for by": lead.membership.name, "Open risks": 1,
        "Open risks with an owner": 0, "Open risks with something to put right": 1, "Closed risks": 1, "Rows": "2",
    }  # fmt: skip
    assert {name: facts[name] for name in wanted} == wanted
    assert "National threat level" in facts
    row = told(book)["R2"]
    assert (row["Closed"].date(), row["Why it was closed"], row["To be put right"]) == (
        NOW.date(), "The hall was sold", None,
    )  # fmt: skip


def test_its_bands_count_as_the_pdf_counts_them(committed, lead, draft, entry):
    factories.risk(lead, draft, "Not scored yet")

    _report, book = made(asked(lead, draft), lead)

    facts = about(book)
    counted = {name: count for name, count in facts.items() if name.startswith("Open risks, current score: ")}
    assert sum(counted.values()) == facts["Open risks"] == 2
    assert counted["Open risks, current score: Not scored"] == 1


def test_it_is_made_to_be_read_on_a_screen(committed, lead, draft, entry):
    _report, book = made(asked(lead, draft), lead)

    sheet = book["Risks"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref.startswith("A1:")) == ("C2", True)
    assert (sheet["B2"].alignment.wrap_text, sheet.column_dimensions["B"].width > 30) == (True, True)
    assert "OFFICIAL-SENSITIVE" in sheet.oddHeader.center.text


@pytest.mark.parametrize("template", ["prompts", "short"])
def test_a_form_without_scores_has_columns_without_scores(committed, lead, template):
    row = factories.assessment(lead, "Nursery", template=template)
    entry = factories.risk(lead, row, "Visiting speakers")
    with acting_as(lead):
        actions.answer_prompts(
            entry_id=entry.pk, version=1, description="", management="Speakers are checked",
            further_action="Write it down", owner_id=None, target_on=date(2026, 9, 1), next_review_on=None,
            by=lead, now=NOW,
        )  # fmt: skip

    _report, book = made(asked(lead, row), lead)

    (risk,) = told(book).values()
    assert (risk["How it is managed now"], risk["Further action needed"]) == ("Speakers are checked", "Write it down")
    assert risk["To be done by"].date() == date(2026, 9, 1)
    assert risk["To be put right"] == "Nobody owns this risk"
    assert not [name for name in (*risk, *about(book)) if "core" in name or "ikelihood" in name or "Target" in name]


@pytest.mark.parametrize("typed", ['=HYPERLINK("http://example.com","x")', "+1+1", "-2", "@SUM(A1)", "0012"])
def test_what_is_typed_stays_text(committed, lead, typed):
    row = factories.assessment(lead, typed, summary=typed)
    factories.risk(lead, row, typed, description=typed)

    _report, book = made(asked(lead, row), lead)

    cells = [book["Risks"]["B2"], book["Risks"]["D2"], book["About this file"]["B1"]]
    assert [(cell.value, cell.data_type) for cell in cells] == [(typed, "s")] * 3
    assert about(book)["Summary"] == typed


def test_an_approved_version_says_who_approved_it_and_a_superseded_one_stands_as_it_did(
    committed, lead, approver, approved, entry
):
    later = NOW + timedelta(days=1)
    with acting_as(lead):
        copied = actions.copy_forward(
            assessment_id=approved.pk, title="Risk 2027", period_from=date(2027, 1, 1), period_to=date(2027, 12, 31),
            by=lead, now=later,
        )  # fmt: skip
    _report, counting = made(asked(lead, approved), lead)
    factories.send(lead, copied, approver, now=later)
    factories.approve(approver, copied, now=later)
    factories.close(lead, entry, now=later + timedelta(days=1))

    _report, superseded = made(asked(lead, approved), lead, at=later + timedelta(days=2))

    assert about(counting)["Status"] == "Approved by Approver, 23 November 2026"
    assert about(superseded)["Status"] == "Approved by Approver, 23 November 2026; superseded, 24 November 2026"
    row = told(superseded)["R1"]
    assert (row["Closed"], "To be put right" in row, about(superseded)["Open risks"]) == (None, False, 1)


# ---- Of whom, and for whom
def test_it_holds_nothing_of_another_organisation(committed, lead, acting_for, other_organisation, draft, entry):
    other_lead = acting_for("prevent_lead", organisation=other_organisation)
    theirs = factories.assessment(other_lead, "Theirs")
    factories.risk(other_lead, theirs, "Their risk")

    _report, book = made(asked(lead, draft), lead)

    assert [row["Risk"] for row in told(book).values()] == ["Drawn in online"]
    with pytest.raises(Assessment.DoesNotExist):
        asked(lead, theirs)


@pytest.mark.parametrize("role", sorted(set(ROLES) - MAKERS))
def test_who_may_not_report_gets_none(lead, acting_for, draft, role):
    reader = acting_for(role)

    with pytest.raises(PermissionDenied, match="does not include making risk reports"):
        asked(reader, draft)


def test_a_marking_below_that_of_the_register_is_refused(lead, draft):
    with pytest.raises(RuleBroken, match="the report tells what has that marking"):
        asked(lead, draft, marking="official")


@pytest.mark.parametrize(("kind", "pages"), [("xlsx", 3), ("full", None)])
def test_the_database_wants_pages_of_a_pdf_and_none_of_a_spreadsheet(committed, lead, draft, kind, pages):
    report, _book = made(asked(lead, draft), lead)

    with acting_as(lead), pytest.raises(IntegrityError, match="risk_report_document_whole"), transaction.atomic():
        RiskReport.objects.filter(pk=report.pk).update(kind=kind, pages=pages)


# ---- Made once, for a register of any length
def test_after_a_failure_another_try_keeps_one_document(committed, lead, draft, entry):
    report = asked(lead, draft)
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
        assert [kept.original_name for kept in StoredFile.objects.filter(purpose="risk.report")] == [
            f"{report.reference}.xlsx"
        ]
        assert Notice.objects.filter(kind="risk.report_ready", target_reference=report.reference).count() == 1


def test_more_risks_take_no_more_queries(lead, draft):
    def queries():
        with acting_as(lead):
            report = RiskReport(
                assessment=draft, marking="official_sensitive", requested_by=lead.membership, kind="xlsx"
            )
            with CaptureQueriesContext(connection) as found:
                _document, sheet = register_spreadsheets.build(acting=lead, report=report, now=NOW)
                rows = list(sheet.rows)
                sheet.facts()
        return len(rows), len(found)

    factories.risk(lead, draft, "One")
    one, before = queries()
    for number in range(12):
        entry = factories.risk(lead, draft, f"Risk {number}")
        with acting_as(lead):
            actions.add_control(entry_id=entry.pk, version=1, text="Filter", strength="weak", by=lead, now=NOW)
    many, after = queries()

    assert (one, many, after) == (1, 13, before)


# ---- The pages
def test_it_is_asked_for_and_taken_on_pages(committed, lead, draft, entry, client_for):
    browser = client_for(lead)
    form = browser.get(f"{draft.get_absolute_url()}report/").content.decode()
    posted = browser.post(f"{draft.get_absolute_url()}report/", {"kind": "xlsx", "marking": "official_sensitive"})
    with acting_as(lead):
        report = RiskReport.objects.visible_to(lead).select_related("job").get()
    made(report, lead)

    page = browser.get(report.get_absolute_url()).content.decode()
    job = browser.get(posted["Location"]).content.decode()
    taken = browser.get(f"{report.get_absolute_url()}download/")

    assert "The register as a spreadsheet" in form
    assert ("Download the spreadsheet" in page, "Spreadsheet (XLSX)" in page) == (True, True)
    assert not [word for word in ("Download the PDF", "Pages") if word in page]
    assert "Download the spreadsheet" in job
    assert (taken["Content-Type"], taken["Content-Security-Policy"]) == (TYPE, "sandbox")
    assert f'filename="risk-{report.reference}.xlsx"' in taken["Content-Disposition"]
    assert b"".join(taken.streaming_content).startswith(b"PK")
    with acting_as(lead):
        assert Event.objects.filter(verb="file.opened").count() == 1


def test_taking_it_asks_who_one_is_once_that_is_long_ago(committed, lead, draft, client_for):
    report, _book = made(asked(lead, draft), lead)
    browser = client_for(lead)
    session = browser.session
    session[STRONG_AT] -= STRONG_FOR.total_seconds()
    session.save()

    taken = browser.get(f"{report.get_absolute_url()}download/")

    assert (taken.status_code, taken["Location"].startswith("/accounts/confirm/?")) == (302, True)


def test_a_copy_of_it_is_known_again(committed, lead, draft):
    report, _book = made(asked(lead, draft), lead)

    with acting_as(lead):
        found = copies.by_checksum(lead, report.sha256)

    assert (found.reference, str(found.what)) == (report.reference, "Spreadsheet of a risk register")
