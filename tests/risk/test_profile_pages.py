"""The pages of the local picture: who sees what, what they write, and that lists cost the same however long."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.core.acting import acting_as
from foundation.ledger.models import Event
from risk.models import CtlpBriefing, CtlpEdition, CtlpRecommendation, RecommendationRisk, ReviewTask, ThreatLevel
from tests.conftest import acting_of, make_membership
from tests.factories import profiles
from tests.writing_pages import day

pytestmark = pytest.mark.usefixtures("today_is_now")
LISTS = ["/risk/local-profiles/", "/risk/recommendations/", "/risk/reassess/"]
EDITION = {
    "title": "Local profile 2026",
    "originator": "Severnshire Constabulary",
    "marking": "official_sensitive",
    "held_at": "Safe",
    "note": "",
    "version": "0",
    **day("period_from", "1 4 2025"),
    **day("period_to", "31 3 2026"),
    **day("issued_on", "4 5 2026"),
}


def words(response) -> str:
    return " ".join(response.content.decode().split())


def fill(lead, count: int) -> None:
    """So many rows on each of the lists."""
    for number in range(count):
        row = profiles.risk(lead, f"R-{number:03}", owner_id=lead.membership_id)
        edition = profiles.edition(lead, title=f"Profile {number:03}", originator=f"Force {number:03}")
        recommendation = profiles.recommendation(lead, edition, code=f"A{number:03}")
        profiles.linked(lead, profiles.answered(lead, recommendation, "partly", "Why"), row)
        profiles.tasks(lead, row)


@pytest.mark.parametrize("address", [*LISTS, "/"])
def test_a_list_asks_the_same_number_of_questions_for_one_row_and_for_many(lead, client_for, address):
    browser = client_for(lead)
    fill(lead, 1)
    browser.get(address)
    with CaptureQueriesContext(connection) as of_one:
        browser.get(address)
    for number in range(1, 6):
        row = profiles.risk(lead, f"R-{number:03}", owner_id=lead.membership_id)
        edition = profiles.edition(lead, title=f"Profile {number:03}", originator=f"Force {number:03}")
        profiles.linked(lead, profiles.recommendation(lead, edition, code=f"A{number:03}"), row)
        profiles.tasks(lead, row)

    with CaptureQueriesContext(connection) as of_many:
        browser.get(address)

    assert len(of_many) == len(of_one)


def test_an_edition_asks_the_same_number_of_questions_for_one_risk_and_for_many(lead, client_for):
    browser = client_for(lead)
    profiles.risk(lead, "R-0")
    small = profiles.edition(lead, reassess="all")
    for number in range(1, 6):
        profiles.risk(lead, f"R-{number}", owner_id=lead.membership_id)
    large = profiles.edition(lead, title="Another", reassess="all")
    for number in range(5):
        profiles.recommendation(lead, large, code=f"A{number}")
    browser.get(small.get_absolute_url())

    with CaptureQueriesContext(connection) as of_one:
        browser.get(small.get_absolute_url())
    with CaptureQueriesContext(connection) as of_many:
        browser.get(large.get_absolute_url())

    assert len(of_many) == len(of_one)


@pytest.mark.parametrize("address", LISTS)
def test_a_list_sorts_by_every_column_that_says_it_can(lead, client_for, address):
    fill(lead, 2)
    browser = client_for(lead)
    headings = browser.get(address).context["page"].headings

    answers = {
        sort: browser.get(f"{address}?sort={sign}{sort}").status_code
        for sort in (heading["sort"].lstrip("-") for heading in headings if heading["sort"])
        for sign in ("", "-")
    }

    assert set(answers.values()) == {200}
    assert len(answers) >= 4


@pytest.mark.parametrize(("address", "text"), list(zip(LISTS, ["Profile 001", "A001", "R-001"], strict=True)))
def test_a_search_finds_one_of_several(lead, client_for, address, text):
    fill(lead, 3)

    page = client_for(lead).post(address, {"search": text}, follow=True)

    assert len(page.context["page"].items) == 1
    assert text in words(page)


def test_the_export_of_recommendations_is_what_the_page_shows(lead, client_for):
    fill(lead, 2)
    browser = client_for(lead)

    answer = browser.get("/risk/recommendations/?state=in_hand&export=csv")
    book = browser.get("/risk/recommendations/?export=xlsx")

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    assert [row[0] for row in rows] == ["Number", "A000", "A001"]
    assert rows[1][4:6] == ["Being done", "Partly accepted: Why"]
    assert "A001" in str([[cell.value for cell in row] for row in sheet.rows])


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["R-1", "R-2"]),
        ("?state=done", ["R-3"]),
        ("?state=all", ["R-1", "R-2", "R-3"]),
        ("?cause=guidance", ["R-2"]),
        ("?owner=none", ["R-2"]),
        ("?state=overdue", []),
    ],
)
def test_tasks_are_filtered(lead, client_for, query, codes):
    owned, other = profiles.risk(lead, "R-1", owner_id=lead.membership_id), profiles.risk(lead, "R-2")
    third = profiles.risk(lead, "R-3")
    profiles.tasks(lead, owned)
    profiles.tasks(lead, other, cause="guidance")
    [done] = profiles.tasks(lead, third)
    client_for(lead).post(done.get_absolute_url(), {"outcome": "Unchanged"})

    page = client_for(lead).get(f"/risk/reassess/{query}")

    assert sorted(row.risk.code for row in page.context["page"].items) == codes


# ---- Editions
def test_a_lead_records_an_edition_and_asks_for_the_chosen_risks(lead, client_for):
    first, _second = profiles.risk(lead, "R-1"), profiles.risk(lead, "R-2")
    typed = EDITION | {"reassess": "chosen", "risk_ids": [str(first.pk)], **day("due_on", "1 2 2027")}

    page = client_for(lead).post("/risk/local-profiles/add/", typed, follow=True)

    with acting_as(lead):
        task = ReviewTask.objects.get()
        edition = CtlpEdition.objects.get()
    assert (task.risk_id, task.due_on, task.edition_id) == (first.pk, date(2027, 2, 1), edition.pk)
    assert page.redirect_chain == [(edition.get_absolute_url(), 302)]
    assert "Edition added. 1 risk is to be assessed again." in words(page)
    assert "1 risk has not been touched since this edition was recorded (1 asked about)." in words(page)


def test_an_edition_is_recorded_where_there_are_no_risks_yet(lead, client_for):
    page = client_for(lead).post("/risk/local-profiles/add/", EDITION | {"reassess": "none"}, follow=True)

    assert "Edition added. 0 risks are to be assessed again." in words(page)
    assert "This edition asked for no risk to be assessed again." in words(page)


def test_the_form_has_no_upload_and_says_why(lead, client_for):
    page = words(client_for(lead).get("/risk/local-profiles/add/"))

    assert 'type="file"' not in page
    assert "The local profile itself never goes into the portal, and there is no upload for it." in page
    assert "Write nothing here that is only in the profile." in page


def test_a_period_that_ends_before_it_begins_is_said_beside_the_field(lead, client_for):
    typed = EDITION | {"reassess": "none", **day("period_to", "31 3 2024")}

    page = client_for(lead).post("/risk/local-profiles/add/", typed)

    assert page.context["form"].errors == {"period_to": ["The period cannot end before it begins"]}


def test_a_briefing_of_nobody_or_of_two_is_said_beside_the_field(lead, client_for):
    address = f"{profiles.edition(lead).get_absolute_url()}briefings/add/"
    told = {"briefed_by": "Police", **day("briefed_on", "1 6 2026")}
    browser = client_for(lead)

    nobody = browser.post(address, told)
    two = browser.post(address, told | {"other": "Chair", "membership_id": str(lead.membership_id)})
    one = browser.post(address, told | {"other": "Chair"}, follow=True)

    message = ["Select somebody above, or write a role or name here, but not both"]
    assert (nobody.context["form"].errors["other"], two.context["form"].errors["other"]) == (message, message)
    assert "Briefing recorded" in words(one)
    with acting_as(lead):
        assert CtlpBriefing.objects.get().other == "Chair"


# ---- Recommendations
def test_the_way_of_a_recommendation_through_its_pages(lead, client_for):
    edition, row = profiles.edition(lead), profiles.risk(lead)
    browser, address = client_for(lead), edition.get_absolute_url()
    written = {"code": "R1", "text": "Brief staff", "recommended_to": "All", "version": "0"}

    undeclared = browser.post(f"{address}recommendations/add/", written)
    browser.post(f"{address}recommendations/add/", written | {"may_be_recorded": "on"})
    with acting_as(lead):
        found = CtlpRecommendation.objects.get()
    page = found.get_absolute_url()
    unreasoned = browser.post(f"{page}respond/", {"response": "partly", "reason": "", "version": "1"})
    browser.post(f"{page}respond/", {"response": "partly", "reason": "Half of it", "version": "1"})
    browser.post(f"{page}sent/", {"version": "2", **day("sent_on", "20 11 2026")})
    browser.post(f"{page}risks/", {"version": "3", "risk_ids": [str(row.pk)]})
    browser.post(f"{page}done/", {"version": "4"})

    shown = words(browser.get(page))
    assert undeclared.context["form"].errors == {
        "may_be_recorded": ["Ask the originator first, then confirm that these words may be recorded"]
    }
    assert unreasoned.context["form"].errors == {"reason": ["Say why it is not accepted, or only partly"]}
    for text in ("Partly accepted", "Half of it", "20 November 2026", "R-1 Online radicalisation", "Done"):
        assert text in shown
    with acting_as(lead):
        assert RecommendationRisk.objects.get().risk_id == row.pk


def test_who_responds_after_somebody_else_sees_both_answers(lead, acting_for, client_for):
    row = profiles.recommendation(lead)
    colleague = acting_for("prevent_lead", name="Hal Theirs")
    address = f"{row.get_absolute_url()}respond/"
    client_for(colleague).post(address, {"response": "not_accepted", "reason": "Theirs", "version": "1"})

    late = client_for(lead).post(address, {"response": "accepted", "reason": "Mine", "version": "1"})

    assert late.status_code == 409
    assert late.context["editor"].conflict.who == "Hal Theirs"
    assert [(each.theirs, each.mine) for each in late.context["editor"].conflict.fields] == [
        ("Not accepted", "Accepted"),
        ("Theirs", "Mine"),
    ]


def test_a_done_that_comes_late_says_so(lead, client_for):
    row = profiles.answered(lead, profiles.recommendation(lead))

    page = client_for(lead).post(f"{row.get_absolute_url()}done/", {"version": "1"}, follow=True)

    assert "Somebody else changed this" in words(page)
    with acting_as(lead):
        assert CtlpRecommendation.objects.get().state == "in_hand"


# ---- Threat level
def test_the_page_says_the_level_since_when_and_whether_it_was_verified(lead, client_for):
    page = words(client_for(lead).get("/risk/threat-level/"))

    assert "SEVERE since 30 April 2026" in page
    assert "CRITICAL</dt>" in page
    assert "Not verified: seen in a secondary source only. Several secondary sources agree." in page
    assert "Verified: seen in the original or an official source" in page
    assert page.count("<svg") >= 2  # the header's mark and the drawing
    assert page.count("2006</th>") == 3


def test_a_lead_enters_a_level_and_withdraws_it(lead, client_for):
    profiles.risk(lead)
    browser = client_for(lead)
    typed = {"level": "critical", "source": "MI5", **day("effective_from", "22 11 2026")}

    page = browser.post("/risk/threat-level/enter/", typed, follow=True)

    with acting_as(lead):
        row = ThreatLevel.objects.get(organisation=lead.organisation)
    entered = words(page)
    browser.post(f"{row.get_absolute_url()}withdraw/", {"reason": "A drill"})
    after = words(browser.get("/risk/threat-level/"))
    assert "Level entered. 1 risk is to be assessed again." in entered
    assert "CRITICAL since 22 November 2026" in entered
    assert "Not verified: entered by your organisation" in entered
    assert "SEVERE since 30 April 2026" in after
    assert "A drill" in words(browser.get(row.get_absolute_url()))


def test_a_level_that_is_known_already_is_refused_on_the_form(lead, client_for):
    typed = {"level": "low", "source": "MI5", "source_address": "", "note": "", **day("effective_from", "1 4 2026")}

    page = client_for(lead).post("/risk/threat-level/enter/", typed)

    assert "A level from this day or later is already known. Enter only a newer one." in words(page)


# ---- Tasks
def test_a_lead_asks_and_the_owner_says_what_came_of_it(lead, acting_for, client_for):
    owner = acting_for("board_member", name="Owner")
    row = profiles.risk(lead, owner_id=owner.membership_id)
    typed = {"cause": "guidance", "note": "New guidance", "risk_ids": [str(row.pk)], **day("due_on", "1 2 2027")}
    client_for(lead).post("/risk/reassess/raise/", typed)
    with acting_as(lead):
        task = ReviewTask.objects.get()
    browser = client_for(owner)

    home = words(browser.get("/"))
    browser.post(task.get_absolute_url(), {"outcome": "Nothing changed"})

    assert "Assess R-1 Online radicalisation again" in home
    assert "due by 1 February 2027" in home
    assert "Nothing changed" in words(browser.get(task.get_absolute_url()))
    assert "Assess R-1" not in words(browser.get("/"))


def test_a_reader_sees_a_task_without_its_form_and_cannot_send_one(lead, acting_for, client_for):
    [task] = profiles.tasks(lead, profiles.risk(lead))
    browser = client_for(acting_for("inspector"))

    page = browser.get(task.get_absolute_url())
    sent = browser.post(task.get_absolute_url(), {"outcome": "Mine"})

    assert (page.status_code, "What came of it?" in words(page), sent.status_code) == (200, False, 403)
    with acting_as(lead):
        assert ReviewTask.objects.get().done_at is None


WRITING = ["/risk/local-profiles/add/", "/risk/threat-level/enter/", "/risk/reassess/raise/"]


@pytest.mark.parametrize("role", ["board_member", "senior_approver", "inspector"])
def test_readers_find_no_button_and_no_form(lead, acting_for, client_for, role):
    row = profiles.recommendation(lead)
    browser = client_for(acting_for(role))

    details = (row.get_absolute_url(), row.edition.get_absolute_url())
    pages = "".join(words(browser.get(page)) for page in (*LISTS, "/risk/threat-level/", *details))

    assert [address for address in WRITING if address in pages] == []
    assert f"{row.get_absolute_url()}respond/" not in pages
    assert {browser.get(address).status_code for address in WRITING} == {403}


@pytest.mark.parametrize("address", [*LISTS, "/risk/threat-level/"])
def test_staff_and_people_elsewhere_see_nothing_of_it(lead, acting_for, client_for, other_organisation, address):
    fill(lead, 1)
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))

    refused = client_for(acting_for("staff")).get(address)
    elsewhere = words(client_for(stranger).get(address))

    assert refused.status_code == 403
    assert [text for text in ("Profile 000", "A000", "R-000") if text in elsewhere] == []


def test_reading_these_pages_writes_nothing(lead, client_for):
    fill(lead, 1)
    browser = client_for(lead)
    with acting_as(lead):
        before = Event.objects.count()

    for address in (*LISTS, "/risk/threat-level/"):
        browser.get(address)

    with acting_as(lead):
        assert Event.objects.count() == before
