"""The sign-in sheet: asked for by who runs training, made by a job, with everybody on the list and room for others."""

import io

import pytest
from pypdf import PdfReader

from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.conftest import NOW
from tests.factories.sessions import booked, planned
from training import copies, sign_in_sheet
from training.actions import reporting, sessions


def ask_for_sheet(by, session):
    with acting_as(by):
        return reporting.request_sheet(session_id=session.pk, by=by, now=NOW)


@pytest.fixture
def session(manager, course, people):
    session = planned(manager, course, places=2, accreditation="Accredited")
    booked(manager, session, *people(3, staff_number=""))
    return session


def test_it_has_everybody_on_the_list_who_waits_and_ten_blank_rows(manager, session):
    report = ask_for_sheet(manager, session)

    with acting_as(manager):
        sheet = sign_in_sheet.build(acting=manager, report=report, now=NOW)

    assert [[row.name for row in part.rows] for part in sheet.parts] == [
        ["Person 01", "Person 02"],
        ["Person 03"],
        [""] * 10,
    ]
    assert {str(label): value for label, value in sheet.facts}["Trainer"] == "Tom Trainer, Accredited"


def test_the_document_is_tagged_and_says_what_it_is(manager, session):
    report = ask_for_sheet(manager, session)

    with acting_as(manager):
        jobs.run_here(report.job)
        report.refresh_from_db()
        content = report.file.bytes.open().read()

    document = PdfReader(io.BytesIO(content))
    text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712 -- an object of pypdf
    assert document.trailer["/Root"]["/Lang"] == "en-GB"
    for words in ("Prevent in an hour", "Person 01", "Signature", "OFFICIAL", report.reference, "Staff number"):
        assert words in text
    with acting_as(manager):
        assert str(copies.find(manager, {"sha256": report.sha256}).what) == "Sign-in sheet"


def test_a_cancelled_session_has_none(manager, session):
    with acting_as(manager):
        sessions.cancel_session(session_id=session.pk, reason="Ill", by=manager, now=NOW)

    with pytest.raises(RuleBroken, match="was cancelled"):
        ask_for_sheet(manager, session)


def test_its_page_names_the_session(manager, session, client_for):
    report = ask_for_sheet(manager, session)

    page = client_for(manager).get(report.get_absolute_url())

    assert "Prevent in an hour on 24 November 2026" in page.content.decode()


def test_it_is_not_offered_among_the_reports_of_a_day(manager, session, within):
    within(manager)

    with pytest.raises(RuleBroken, match="from the page of what it is of"):
        reporting.request_report(kind="sheet", as_at=NOW.date(), marking="official", by=manager, now=NOW)
