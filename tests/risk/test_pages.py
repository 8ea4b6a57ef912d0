"""The pages of the risk room: happy paths, refusals, conflicts and lists that do not grow in queries."""

from datetime import date, timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.organisations.roles import Role
from risk import actions
from risk.models import Assessment, Comment, Entry
from risk.workflow import Status
from tests.conftest import NOW
from tests.factories import risk as factories
from tests.risk.pages import of, queries_of

LATER = NOW + timedelta(days=1)
PAGES = ("", "matrix/", "compare/", "review/")


def period(first=(1, 1, 2027), last=(31, 12, 2027)):
    return {f"period_from_{n}": first[n] for n in range(3)} | {f"period_to_{n}": last[n] for n in range(3)}


def test_an_assessment_is_begun_with_starter_risks(browser, lead):
    typed = {"title": "Risk 2027", "template": "scored", "marking": "official", "starters": ["online", "tension"]}

    response = browser.post("/risk/assessments/new/", typed | period(), follow=True)

    with acting_as(lead):
        row = Assessment.objects.visible_to(lead).get()
    assert response.redirect_chain == [(f"/risk/assessments/{row.reference}/", 302)]
    page = response.content.decode()
    assert "People are drawn in online" in page
    assert "Tension rises after an event elsewhere" in page


def test_starter_risks_are_those_of_the_sector(browser):
    page = browser.get("/risk/assessments/new/").content.decode()

    assert "Out-of-school settings are not known to us" in page
    assert "A student society is used to recruit" not in page


@pytest.mark.parametrize("page", PAGES)
def test_each_page_of_an_assessment_opens_for_those_who_may_read_and_shows_its_marking(
    client_for, acting_for, approved, page
):
    response = client_for(acting_for(Role.INSPECTOR)).get(f"/risk/assessments/{approved.reference}/{page}")

    content = response.content.decode()
    assert response.status_code == 200
    assert "OFFICIAL-SENSITIVE" in content
    assert "Add a risk" not in content


def test_the_overview_shows_the_approved_register_and_what_needs_attention(browser, approved):
    page = browser.get("/risk/").content.decode()

    assert "approved on 23 November 2026 by Approver" in page
    assert "Drawn in online" in page
    assert "Nobody owns this risk" in page
    assert "no control says why" in page


def test_a_risk_closed_after_the_approval_stays_in_what_was_approved_and_says_since_when(
    browser, lead, approved, entry
):
    register = approved.get_absolute_url()
    before = [browser.get("/risk/").context["figures"], browser.get(f"{register}matrix/").context["cells"]]

    with acting_as(lead):
        actions.close_risk(risk_id=entry.risk_id, version=1, reason="No longer there", by=lead, now=LATER)

    overview, matrix = browser.get("/risk/"), browser.get(f"{register}matrix/")
    assert [overview.context["figures"], matrix.context["cells"]] == before
    assert "Closed since the approval" in overview.content.decode()
    assert "Closed since 24 November 2026" in browser.get(of(entry)).content.decode()
    assert "Closed since 24 November 2026" in browser.get(register).content.decode()
    assert "Drawn in online (closed since 24 November 2026)" in matrix.content.decode()
    assert "Nobody owns this risk" not in overview.content.decode()


def test_a_risk_closed_while_the_assessment_was_written_does_not_count_in_it(browser, lead, approver, draft, entry):
    gone = factories.risk(lead, draft, "Gone")
    with acting_as(lead):
        actions.close_risk(risk_id=gone.risk_id, version=1, reason="No longer there", by=lead, now=NOW)
    written = browser.get(f"/risk/assessments/{draft.reference}/matrix/").content.decode()
    factories.send(lead, draft, approver)
    factories.approve(approver, draft)

    overview = browser.get("/risk/").content.decode()

    assert "Gone" not in written
    assert "Gone" not in overview
    assert "Closed since the approval" not in overview


def test_an_empty_room_says_what_to_do(browser, client_for, acting_for):
    assert "/risk/assessments/new/" in browser.get("/risk/").content.decode()
    reader = client_for(acting_for(Role.BOARD_MEMBER)).get("/risk/").content.decode()

    assert "A Prevent or safeguarding lead begins it here." in reader
    assert "/risk/assessments/new/" not in reader


def test_the_way_to_approval_on_its_pages(browser, client_for, lead, approver, draft, entry):
    browser.post(f"/risk/assessments/{draft.reference}/send/", {"version": 1, "approver_id": approver.membership_id})
    senior = client_for(approver)
    assert "waits for your approval" in senior.get("/risk/").content.decode()
    senior.post(f"/risk/assessments/{draft.reference}/comment/", {"text": "Well argued"})

    with acting_as(lead):
        version = Assessment.objects.visible_to(lead).get().version
        assert Comment.objects.visible_to(lead).get().text == "Well argued"
    senior.post(f"/risk/assessments/{draft.reference}/approve/", {"version": version, "note": "Agreed"})

    with acting_as(lead):
        row = Assessment.objects.visible_to(lead).get()
        assert (row.status, row.approval_note) == (Status.APPROVED, "Agreed")
    page = browser.get(of(entry, "score/"), follow=True)
    assert page.redirect_chain == [(of(entry), 302)]
    assert "This assessment is kept as it is" in page.content.decode()


def test_an_approved_assessment_is_copied_forward_and_compared(browser, lead, approved, entry):
    response = browser.post(
        f"/risk/assessments/{approved.reference}/copy/", {"title": "Risk 2027"} | period(), follow=True
    )
    assert "Copied into a new draft" in response.content.decode()
    with acting_as(lead):
        copy = Assessment.objects.visible_to(lead).get(status=Status.DRAFT)
        moved = Entry.objects.visible_to(lead).get(assessment=copy)
    factories.score(lead, moved, residual=(4, 4))
    factories.risk(lead, copy, "Brand new")

    page = browser.get(f"/risk/assessments/{copy.reference}/compare/").content.decode()

    assert "Score raised: 1" in page
    assert "New: 1" in page
    assert "Raised by 7" in page
    matrix = browser.get(f"/risk/assessments/{copy.reference}/matrix/").content.decode()
    assert "<polygon" in matrix
    assert f"/risk/assessments/{copy.reference}/?cell=4x4" in matrix


def test_two_versions_stand_older_first_from_either_side_and_without_a_choice(browser, lead, approved, entry):
    with acting_as(lead):
        copy = actions.copy_forward(
            assessment_id=approved.pk,
            title="The year after",
            period_from=date(2027, 4, 1),
            period_to=date(2028, 3, 31),
            by=lead,
            now=NOW,
        )

    pages = [browser.get(f"/risk/assessments/{each.reference}/compare/").content.decode() for each in (approved, copy)]

    for page in pages:
        head = page.partition("<thead")[2].partition("</thead>")[0]
        assert head.index(approved.title) < head.index("The year after")


FILTERS = [
    ("theme=premises", {"Speaker"}),
    ("owner=none", {"Speaker", "Drawn in online"}),
    ("place=library", {"Speaker"}),
    ("source=incident", {"Speaker"}),
    ("ideology=islamist", {"Speaker"}),
    ("band=1", {"Drawn in online"}),
    ("cell=3x3", {"Drawn in online"}),
    ("sort=title", {"Speaker", "Drawn in online"}),
]


@pytest.mark.parametrize(("asked", "found"), FILTERS)
def test_the_register_is_narrowed_and_the_file_holds_the_same(browser, lead, draft, entry, asked, found):
    factories.risk(
        lead, draft, "Speaker", theme="premises", places="Central library", source="incident", ideologies=["islamist"]
    )

    page = browser.get(f"/risk/assessments/{draft.reference}/?{asked}").content.decode()
    file = b"".join(browser.get(f"/risk/assessments/{draft.reference}/?{asked}&export=csv")).decode()

    assert {title for title in ("Speaker", "Drawn in online") if f">{title}</a>" in page} == found
    assert {title for title in ("Speaker", "Drawn in online") if title in file} == found


def test_the_register_is_searched(browser, lead, draft, entry):
    factories.risk(lead, draft, "Speaker")

    page = browser.post(f"/risk/assessments/{draft.reference}/", {"search": "speak"}, follow=True).content.decode()

    assert ">Speaker</a>" in page
    assert ">Drawn in online</a>" not in page


@pytest.mark.parametrize("page", [*PAGES, "?export=csv"])
def test_no_page_of_an_assessment_asks_more_when_there_are_more_risks(browser, lead, draft, entry, page):
    address = f"/risk/assessments/{draft.reference}/{page}"
    before = queries_of(browser, address)
    for number in range(5):
        more = factories.score(lead, factories.risk(lead, draft, f"Risk {number}"))
        with acting_as(lead):
            actions.add_control(entry_id=more.pk, version=2, text="Filter", strength="weak", by=lead, now=NOW)
            actions.comment(assessment_id=draft.pk, entry_id=more.pk, text="Seen", by=lead, now=NOW)

    assert queries_of(browser, address) == before


@pytest.mark.parametrize("address", ["/risk/", "/risk/assessments/"])
def test_the_first_pages_ask_no_more_when_there_is_more(browser, lead, draft, entry, address):
    before = queries_of(browser, address)
    for number in range(3):
        row = factories.assessment(lead, f"Another {number}", period_from=date(2025, 1, 1))
        factories.risk(lead, row)
        factories.risk(lead, draft, f"Risk {number}")

    assert queries_of(browser, address) == before
