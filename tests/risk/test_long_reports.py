"""Reports of a register that is too long for one piece: drawn in parts, one document in the end."""

import io

import pikepdf
import pytest
from pypdf import PdfReader

from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.documents import chapters
from foundation.jobs.context import JobContext
from foundation.jobs.models import Job
from foundation.jobs.reports import TooLongForPdf
from foundation.ledger.models import Event
from risk import actions, report_parts
from risk.actions import reporting
from risk.models import RiskReport
from risk.models.reports import ReportKind
from tests.conftest import NOW
from tests.factories import risk as factories
from tests.foundation.documents.pdf_checks import Tree, assert_is_accessible

TITLES = [f"Risk number {number}" for number in range(1, 6)]


@pytest.fixture
def small_parts(monkeypatch):
    """Two risks to a part."""
    monkeypatch.setattr(chapters, "ROWS_IN_A_PART", 30)
    monkeypatch.setattr(report_parts, "MOST_ROWS_IN_ONE", 10)


@pytest.fixture
def register(lead):
    row = factories.assessment(lead)
    for title in TITLES:
        factories.score(lead, factories.risk(lead, row, title))
    return row


def asked(by, row, kind="full"):
    with acting_as(by):
        return actions.request_report(assessment_id=row.pk, kind=kind, marking="official_sensitive", by=by, now=NOW)


def made(report, by):
    with acting_as(by):
        jobs.run_here(Job.objects.get(pk=report.job_id), at=NOW)
        report = RiskReport.objects.visible_to(by).get(pk=report.pk)
        return report, report.file.bytes.open().read()


def test_a_long_report_is_one_accessible_document_that_says_what_it_is_on_every_page(
    committed, small_parts, lead, register
):
    report, content = made(asked(lead, register), lead)

    assert_is_accessible(content)
    reader = PdfReader(io.BytesIO(content))
    assert report.pages == len(reader.pages)
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert text.count(f"Page {number} of {len(reader.pages)}") == 1
        assert all(said in text for said in ("DRAFT", "OFFICIAL-SENSITIVE", report.reference, "as at 23 November 2026"))
    with pikepdf.open(io.BytesIO(content)) as opened:
        tree = Tree(opened)
        assert len(tree.of_kind("Part")) == 4  # after the front: the checks, and the risks in three parts
        assert opened.docinfo["/PortalReportId"] == report.reference


def test_it_holds_every_risk_once_with_its_tables_under_chapters_numbered_through(
    committed, small_parts, lead, register
):
    _report, content = made(asked(lead, register), lead)

    reader = PdfReader(io.BytesIO(content))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    told = [text.count(f"Scores of R{number}") for number in range(1, 6)]
    assert told == [text.count(f"What is recorded of R{number}") for number in range(1, 6)] == [1] * 5
    bookmarks = [each.title for each in reader.outline if not isinstance(each, list)]
    assert [" ".join(each.split()) for each in bookmarks] == [
        "1 Summary",
        "2 Where the risks stand",
        "3 Top risks",
        "4 What changed",
        "5 Checks outstanding",
        "6 Every risk: 1 to 2 of 5",
        "7 Every risk: 3 to 4 of 5",
        "8 Every risk: 5 to 5 of 5",
    ]
    pages = [reader.get_destination_page_number(each) for each in reader.outline if not isinstance(each, list)]
    assert pages == sorted(pages)
    assert text.count("To check that a copy of this report is genuine") == text.count("About this version") == 1


def test_a_long_report_tells_what_a_short_one_tells(committed, monkeypatch, lead, register):
    def words(content):
        pages = PdfReader(io.BytesIO(content)).pages
        return set(" ".join(page.extract_text() for page in pages).split())

    _report, short = made(asked(lead, register), lead)
    monkeypatch.setattr(chapters, "ROWS_IN_A_PART", 30)
    monkeypatch.setattr(report_parts, "MOST_ROWS_IN_ONE", 10)
    _report, long = made(asked(lead, register), lead)

    missing = {word for word in words(short) - words(long) if word.isalpha()}
    assert missing == set()


def test_a_long_form_without_scores_is_cut_as_well(committed, small_parts, lead):
    row = factories.assessment(lead, "Nursery", template="prompts")
    for title in TITLES:
        factories.risk(lead, row, title)

    _report, content = made(asked(lead, row), lead)

    assert_is_accessible(content)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    assert "Risks and how they are managed" in text
    assert [text.count(f"What is recorded of R{number}") for number in range(1, 6)] == [1] * 5
    assert "Likelihood" not in text


def test_whoever_waits_sees_how_many_parts_are_drawn(committed, small_parts, monkeypatch, lead, register):
    seen = []
    monkeypatch.setattr(
        JobContext, "progress", lambda self, done, total=0, message="": seen.append((done, total, message))
    )

    made(asked(lead, register), lead)

    assert seen[0] == (0, 3, "reading")
    assert [each for each in seen if each[2] == "drawing"][-1] == (6, 7, "drawing")
    assert seen[-1] == (6, 7, "keeping")


# ---- More than a PDF holds
@pytest.mark.parametrize(
    ("kind", "said"), [("full", "a full PDF holds up to 4"), ("board", "a PDF for the board holds up to 4")]
)
def test_more_than_a_pdf_holds_is_refused_before_a_job_begins(monkeypatch, lead, register, kind, said):
    monkeypatch.setattr(reporting, "MOST_RISKS", {ReportKind.FULL: 4, ReportKind.BOARD: 4})

    with pytest.raises(TooLongForPdf, match=f"This version has 5 risks, and .*{said}. Choose the spreadsheet"):
        asked(lead, register, kind)

    with acting_as(lead):
        assert (RiskReport.objects.count(), Job.objects.count()) == (0, 0)
        assert not Event.objects.filter(verb="risk.report_requested").exists()


def test_as_many_as_a_pdf_holds_are_not_refused_and_a_spreadsheet_never_is(monkeypatch, lead, register):
    monkeypatch.setattr(reporting, "MOST_RISKS", {ReportKind.FULL: 5, ReportKind.BOARD: 4})

    assert asked(lead, register, "full").job is not None
    assert asked(lead, register, "xlsx").job is not None


def test_one_that_failed_is_not_begun_again_when_the_register_grew_too_long(committed, monkeypatch, lead, register):
    report = asked(lead, register)
    with acting_as(lead):
        Job.objects.filter(pk=report.job_id).delete()
    monkeypatch.setattr(reporting, "MOST_RISKS", {ReportKind.FULL: 4})

    with acting_as(lead), pytest.raises(RuleBroken, match="Choose the spreadsheet"):
        actions.make_report_again(report_id=report.pk, by=lead, now=NOW)


def test_the_page_says_it_beside_the_versions_and_keeps_the_marking(monkeypatch, lead, register, client_for):
    monkeypatch.setattr(reporting, "MOST_RISKS", {ReportKind.FULL: 4})
    typed = {"kind": "full", "marking": "official_sensitive"}

    page = client_for(lead).post(f"{register.get_absolute_url()}report/", typed)

    assert page.context["form"].errors == {
        "kind": [
            "This version has 5 risks, and a full PDF holds up to 4. Choose the spreadsheet: it holds all of them."
        ]
    }
    assert page.context["form"]["marking"].value() == "official_sensitive"
