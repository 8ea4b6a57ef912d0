"""Evidence in a browser: a file goes in by its form and comes out as a download; refusals keep what was typed."""

import os
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from foundation.core.acting import acting_as
from foundation.evidence import actions
from foundation.files.models import StoredFile
from foundation.organisations.models import Organisation
from tests.conftest import NOW
from tests.e2e.axe import violations
from tests.e2e.going import follow, press
from tests.factories import evidence
from tests.foundation.files import samples

SHOTS = os.environ.get("SHOTS")


def look(page, name: str) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_file_is_added_refused_replaced_and_downloaded(lead, page_for, tmp_path, width):
    with acting_as(lead):
        Organisation.objects.filter(pk=lead.organisation_id).update(open_unscanned_files=True)
    page = page_for(lead, width=width)
    page.goto("/evidence/")
    look(page, f"{width}-empty")
    press(page, "Add the first piece")
    look(page, f"{width}-kind")
    page.get_by_label("A file").check()
    press(page, "Continue")

    page.get_by_label("Title").fill("Minutes of the Prevent board, May 2026")
    liar = {"name": "minutes.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00 not a PDF at all"}
    page.locator("input[type=file]").set_input_files(files=[liar])
    press(page, "Save evidence")
    expect(page.get_by_role("alert")).to_contain_text("its content is something else (a program)")
    expect(page).to_have_title("Error: Add evidence – Prevent Portal")
    expect(page.get_by_label("Title")).to_have_value("Minutes of the Prevent board, May 2026")
    look(page, f"{width}-refused")
    good = {"name": "Minutes – Mai.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()}
    page.locator("input[type=file]").set_input_files(files=[good])
    press(page, "Save evidence")
    expect(page.get_by_role("heading", level=1)).to_have_text("Minutes of the Prevent board, May 2026")
    look(page, f"{width}-item")

    with page.expect_download() as download:
        page.get_by_role("link", name="Minutes – Mai.pdf").click()
    assert download.value.suggested_filename == "Minutes – Mai.pdf"
    assert Path(download.value.path()).read_bytes() == good["buffer"]


@pytest.mark.parametrize("width", [1280, 320])
def test_the_library_an_item_its_history_and_a_conflict_can_be_read(lead, page_for, width):
    item = evidence.note(lead, "Risk assessment signed off", owner_id=lead.membership_id)
    evidence.note(lead, "Training record", expires_on=date(2026, 2, 1))
    gone = evidence.note(lead, "Policy, first draft with a rather long title that has to wrap on a narrow screen")
    with acting_as(lead):
        actions.withdraw(evidence_id=gone.pk, version=1, reason="Replaced by the final text.", by=lead, now=NOW)
    page = page_for(lead, width=width)
    page.goto("/evidence/")
    look(page, f"{width}-library")
    page.goto(f"/evidence/{item.reference}/change/")
    look(page, f"{width}-change")
    with acting_as(lead):
        changed = actions.Description(title="Theirs", note="Other words.", effective_from=date(2026, 1, 1))
        actions.revise(evidence_id=item.pk, version=1, description=changed, by=lead, now=NOW)
    page.get_by_label("Title").fill("Mine")
    press(page, "Save evidence")
    expect(page.get_by_role("heading", name="Somebody saved first")).to_be_visible()
    look(page, f"{width}-conflict")
    press(page, "Save evidence")
    follow(page, "History of this evidence")
    look(page, f"{width}-history")
    page.goto(f"/evidence/{item.reference}/withdraw/")
    look(page, f"{width}-withdraw")
    page.goto(f"/evidence/{gone.reference}/")
    look(page, f"{width}-withdrawn")


def test_a_file_that_may_not_be_opened_says_why(lead, page_for):
    page = page_for(lead)
    page.goto("/evidence/add/?kind=file")
    page.get_by_label("Title").fill("Note")
    page.locator("input[type=file]").set_input_files(
        files=[{"name": "note.txt", "mimeType": "text/plain", "buffer": b"words\n"}]
    )
    press(page, "Save evidence")
    look(page, "not-scanned")
    with acting_as(lead):
        address = StoredFile.objects.get().get_absolute_url()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("You cannot do this")
    look(page, "refused-download")
