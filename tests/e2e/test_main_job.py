"""The main job, from signing in to the document an inspector gets and the log that shows how it came about."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from foundation.accounts.models import User
from foundation.ledger import sealing
from tests.conftest import make_membership, make_organisation
from tests.e2e.axe import assert_accessible
from tests.e2e.test_passkeys import PASSWORD, add_first_passkey
from tests.foundation.documents.pdf_checks import assert_is_accessible
from tests.foundation.jobs.ground import Process

ANSWERS = {
    "LA-05": ("Met", "A board of all statutory partners meets every quarter."),
    "LA-10": ("Partly met", "The assessment is from last year; the new profile came in October."),
    "LA-20": ("Exceeded", "Hire conditions were tried out with three venues."),
}


@pytest.fixture
def lead(committed: None) -> User:
    membership = make_membership(make_organisation(), "prevent_lead", "records_manager", name="Asha Winterbourne")
    membership.user.set_password(PASSWORD)
    membership.user.save(update_fields=["password"])
    return membership.user


def answer(page: Page, code: str, status: str, comment: str) -> None:
    page.goto(f"/compliance/requirements/{code}/answer/")
    page.get_by_role("radio", name=status, exact=True).check()
    page.get_by_label("How do you meet it, and what is missing?").fill(comment)
    page.get_by_role("button", name="Save answer").click()
    expect(page.get_by_text(f"Answer to {code} saved")).to_be_visible()


def add_evidence(page: Page, code: str, title: str) -> None:
    page.get_by_role("button", name="Link evidence").click()
    page.get_by_role("button", name="Add new evidence").click()
    page.get_by_role("radio", name="A note").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Note").fill("Seen by the lead and kept with the minutes.")
    page.get_by_role("button", name="Save evidence").click()
    page.get_by_role("radio", name=title).check()
    page.get_by_role("button", name="Link it").click()
    expect(page.get_by_text(f"Evidence linked to {code}")).to_be_visible()


def test_a_lead_answers_the_duty_and_exports_the_compliance_pdf(
    worker: Process, page: Page, lead: User, tmp_path: Path
) -> None:
    add_first_passkey(page, lead)

    page.goto("/compliance/")
    expect(page.get_by_role("heading", name="The duty at a glance")).to_be_visible()
    assert_accessible(page)
    for code, (status, comment) in ANSWERS.items():
        answer(page, code, status, comment)
        assert_accessible(page)
        add_evidence(page, code, f"Evidence for {code}")
        assert_accessible(page)

    page.goto("/compliance/reports/new/")
    assert_accessible(page)
    page.get_by_role("button", name="Make the report").click()
    expect(page.get_by_role("button", name="Open the report")).to_be_visible(timeout=60_000)
    assert_accessible(page)
    page.get_by_role("button", name="Open the report").click()
    sha256 = page.locator(".portal-hash").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the PDF").click()
    pdf = Path(download.value.path()).read_bytes()

    assert_is_accessible(pdf)
    text = " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(pdf)).pages).split())
    for code, (_status, comment) in ANSWERS.items():
        assert comment in text
        assert f"Evidence for {code}" in text
    assert "Asha Winterbourne" in text
    assert len(pikepdf.open(BytesIO(pdf)).pages) > 5

    page.goto("/compliance/reports/verify/")
    page.locator("input[type=file]").set_input_files({"name": "copy.pdf", "mimeType": "application/pdf", "buffer": pdf})
    page.get_by_role("button", name="Check this copy").click()
    expect(page.get_by_role("heading", name="Genuine")).to_be_visible()
    expect(page.get_by_text(sha256)).to_be_visible()

    page.goto("/audit/")
    assert_accessible(page)
    log = page.get_by_role("main").inner_text()
    for step in ("Answered a requirement", "Linked evidence", "Added evidence", "report"):
        assert step.lower() in log.lower()
    sealing.seal()
    call_command("verify_audit")
