"""A copy of a report of the risk room or of a plan is recognised, by whom it concerns."""

import io
import re
import zipfile
from dataclasses import replace

import openpyxl
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


# ---- Spreadsheets
def a_spreadsheet(lead, draft):
    return actions.request_report(assessment_id=draft.pk, kind="xlsx", marking="official_sensitive", by=lead, now=NOW)


def saved_again(content):
    """As a person does who opens it, types something and saves."""
    opened = openpyxl.load_workbook(io.BytesIO(content))
    opened.worksheets[0]["A2"] = "Another word"
    return saved(opened)


def with_claim(claim):
    """A workbook that somebody made up, with a report id of their choice."""
    workbook = openpyxl.Workbook()
    workbook.properties.keywords = claim
    return saved(workbook)


def saved(workbook):
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def checked(browser, content):
    response = browser.post("/compliance/reports/verify/", {"copy": SimpleUploadedFile("copy.xlsx", content)})
    return response.context["result"], " ".join(response.content.decode().split())


def test_a_spreadsheet_that_was_saved_again_tells_which_report_it_was_and_what_to_do(
    committed, lead, draft, client_for
):
    report, content = made(a_spreadsheet, lead, draft)

    result, page = checked(client_for(lead), saved_again(content))

    assert (result.code, result.report.reference) == ("altered", report.reference)
    assert (
        f"This file says it is report {report.reference}, but it is not, byte for byte, what the portal made." in page
    )
    for said in (
        "To open a spreadsheet and save it is enough", "Spreadsheet of a risk register", "23 November 2026",
        lead.organisation.name, "download this report afresh",
    ):  # fmt: skip
        assert said in page


def test_a_made_up_file_with_the_id_of_a_report_is_never_genuine(committed, lead, draft, client_for):
    report, _content = made(a_spreadsheet, lead, draft)

    result, page = checked(client_for(lead), with_claim(report.reference))

    assert result.code == "altered"
    assert "or somebody wrote this report ID into another file" in page


def test_of_other_organisations_nothing_is_said(committed, lead, draft, other_organisation, client_for):
    """The same words for a report of others, one that never was, and a file without any id."""
    report, content = made(a_spreadsheet, lead, draft)
    stranger = client_for(acting_of(make_membership(other_organisation, "prevent_lead")))
    uploads = (content, saved_again(content), with_claim(report.reference), with_claim("zzzz-zzzzz"), with_claim(None))

    found = [checked(stranger, upload) for upload in uploads]

    assert [(result.code, result.report) for result, _page in found] == [("unknown", None)] * 5
    pages = {re.sub(r"SHA-256: \w+|nonce=\S+|value=\S+", "", page) for _result, page in found}
    assert len(pages) == 1
    assert report.reference not in pages.pop()


def test_whoever_may_not_read_risks_learns_nothing_of_a_risk_report(committed, lead, draft):
    _report, content = made(a_spreadsheet, lead, draft)
    with acting_as(lead):
        without = replace(lead, permissions=lead.permissions - {"risk.view"})
        verdict = verification.check(SimpleUploadedFile("copy.xlsx", saved_again(content)), acting=without, now=NOW)

    assert (verdict.code, verdict.report) == ("unknown", None)


def test_a_file_that_is_too_much_to_unpack_is_not_known(committed, lead, client_for):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/core.xml", b" " * (64 << 20))

    result, page = checked(client_for(lead), bomb.getvalue())

    assert result.code == "unknown"
    assert "a program that saved it again left out the report ID" in page
