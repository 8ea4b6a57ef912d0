"""The organisation's log page: what it shows, to whom, and that reading it is itself recorded."""

import csv
import re
from datetime import timedelta
from html import unescape
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from foundation.accounts.authentication import STRONG_AT
from foundation.core.acting import acting_as
from foundation.ledger.models import Event
from foundation.organisations.roles import ROLES, Role
from tests.audit.conftest import happen
from tests.conftest import NOW

LOG = "/audit/"


def rows(response) -> list[list[str]]:
    """The cells of the table's body as text."""
    page = re.sub(r'<span class="govuk-visually-hidden">.*?</span>', "", response.content.decode())
    body = re.search(r"<tbody.*?</tbody>", page, re.S)
    if body is None:
        return []
    return [
        [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.S)]
        for row in re.findall(r"<tr.*?</tr>", body.group(0), re.S)
    ]


def events_of(acting, verb: str) -> list[Event]:
    with acting_as(acting):
        return list(Event.objects.visible_to(acting).filter(verb=verb).order_by("pk"))


def test_the_log_says_in_words_who_did_what_to_which_thing(browser, lead):
    happen(lead, "person.changed", target=lead.membership, fields=["team"])

    shown = rows(browser.get(LOG))

    when, who, what, kind, reference = shown[0]
    assert when == "23 November 2026, 10:00am"
    assert (who, what, kind) == (lead.membership.name, "Changed a person's details", "Person")
    assert reference == lead.membership.reference


def test_another_organisations_events_are_never_shown(browser, outsider):
    happen(outsider, "role.granted", target=outsider.membership)

    everything = browser.get(LOG).content.decode() + browser.get(f"{LOG}?verb=role.granted").content.decode()

    assert "Canary Outsider" not in everything
    assert outsider.membership.reference not in everything
    with acting_as(outsider):
        event = Event.objects.visible_to(outsider).get(verb="role.granted")
    assert browser.get(reverse("audit:event", args=[event.pk])).status_code == 404
    url = reverse("audit:object", args=["organisations.membership", outsider.membership.reference])
    assert browser.get(url).status_code == 404
    exported = b"".join(browser.get("/audit/export/?export=csv").streaming_content).decode()
    assert "Canary Outsider" not in exported
    assert outsider.membership.reference not in exported


def test_reading_the_log_is_recorded_once_per_view_with_the_names_of_the_filters(browser, records_manager):
    browser.get(f"{LOG}?verb=team.added&reference=K7M2-Q9XD")

    (event,) = events_of(records_manager, "audit.log_read")
    assert event.facts == '{"filters":["reference","verb"]}'
    assert event.actor_membership_id == records_manager.membership_id


@pytest.mark.parametrize("role", list(Role))
def test_only_roles_that_may_read_the_log_open_it(client_for, acting_for, role):
    allowed = "audit.view" in ROLES[role].permissions
    client = client_for(acting_for(role))

    codes = [client.get(reverse(f"audit:{name}")).status_code for name in ("log", "alerts", "checks")]

    assert codes == [200 if allowed else 403] * 3


def test_somebody_signed_out_is_sent_to_sign_in(db):
    assert Client().get(LOG).headers["Location"] == "/accounts/sign-in/?next=%2Faudit%2F"


def test_filters_narrow_by_verb_kind_reference_and_day(browser, lead):
    happen(lead, "team.added", at=NOW - timedelta(days=3))
    happen(lead, "team.removed", at=NOW - timedelta(days=2))
    happen(lead, "person.changed", target=lead.membership, at=NOW - timedelta(days=1))

    def verbs(query: str) -> list[str]:
        return [row[2] for row in rows(browser.get(f"{LOG}?{query}"))]

    assert verbs("verb=team.added") == ["Added a team"]
    assert verbs("type=organisations.membership&verb=person.changed") == ["Changed a person's details"]
    assert verbs(f"reference={lead.membership.reference}") == ["Changed a person's details"]
    assert verbs("since=2026-11-20&until=2026-11-21") == ["Removed a team", "Added a team"]
    assert verbs("since=2026-11-20&until=2026-11-20") == ["Added a team"]


def test_the_day_of_a_filter_is_a_day_in_london(browser, lead):
    just_after_midnight_in_summer = NOW.replace(month=7, day=1, hour=23, minute=30)
    happen(lead, at=just_after_midnight_in_summer)

    assert len(rows(browser.get(f"{LOG}?since=2026-07-02&until=2026-07-02"))) == 1
    assert rows(browser.get(f"{LOG}?since=2026-07-01&until=2026-07-01")) == []


@pytest.mark.parametrize("query", ["reference=Amira Khan", "since=yesterday", "since=2026-11-20&until=2026-11-19"])
def test_a_filter_that_makes_no_sense_says_so_and_filters_nothing(browser, lead, query):
    happen(lead)

    response = browser.get(f"{LOG}?{query}")

    assert "govuk-error-message" in response.content.decode()
    assert "<title>Error: Log" in response.content.decode()
    assert len(rows(response)) >= 1


def test_a_person_is_searched_for_by_name_without_the_name_in_the_address(browser, acting_for, records_manager):
    amira, ben = acting_for(Role.PREVENT_LEAD, name="Amira Searched"), acting_for(Role.PREVENT_LEAD, name="Ben Other")
    happen(amira)
    happen(ben)

    found = browser.post(LOG, {"search": "amira"}, follow=True)

    assert [row[1] for row in rows(found)] == ["Amira Searched"]
    (address, code) = found.redirect_chain[0]
    assert code == 302
    assert "amira" not in address.lower()
    assert events_of(records_manager, "audit.log_read")[-1].facts == '{"filters":["name"]}'


def test_what_one_person_did_is_found_by_their_reference(browser, acting_for):
    amira, ben = acting_for(Role.PREVENT_LEAD, name="Amira Chosen"), acting_for(Role.PREVENT_LEAD, name="Ben Other")
    happen(amira)
    happen(ben)

    found = browser.get(f"{LOG}?person={amira.membership.reference}")

    assert {row[1] for row in rows(found)} == {"Amira Chosen"}
    assert "What Amira Chosen did." in found.content.decode()


def test_an_unknown_person_shows_nothing_rather_than_everything(browser, lead):
    happen(lead)

    assert rows(browser.get(f"{LOG}?person=ZZZZ-ZZZZ&verb=team.added")) == []


def test_pages_of_fifty_follow_each_other_without_gap_or_repeat(browser, lead):
    happen(lead, times=120)

    url, seen = f"{LOG}?verb=team.added", []
    for _ in range(3):
        response = browser.get(url)
        seen.append([event.pk for event in response.context["page"].items])
        following = response.context["page"].next_parameters
        url = f"{LOG}?verb=team.added&after={following['after']}" if following else ""

    assert [len(page) for page in seen] == [50, 50, 20]
    assert len({pk for page in seen for pk in page}) == 120
    assert url == ""


def test_oldest_first_is_the_other_way_round(browser, lead):
    happen(lead, "team.added", at=NOW - timedelta(days=900))
    happen(lead, "team.removed", at=NOW)

    assert rows(browser.get(f"{LOG}?sort=at"))[0][2] == "Added a team"
    assert rows(browser.get(f"{LOG}?sort=-at&verb=team.removed"))[0][2] == "Removed a team"


@pytest.mark.parametrize("count", [1, 60])
def test_the_number_of_queries_does_not_grow(browser, acting_for, django_assert_max_num_queries, count):
    for number in range(3):
        happen(acting_for(Role.PREVENT_LEAD, name=f"Lead {number}"), times=count)
    browser.get(LOG)

    with django_assert_max_num_queries(15):  # ten of them ask for something; the rest open and close savepoints
        browser.get(LOG)


def test_the_export_holds_exactly_what_is_filtered(browser, lead):
    happen(lead, "team.added", times=60)
    happen(lead, "team.removed")

    response = browser.get("/audit/export/?export=csv&verb=team.added")
    exported = list(csv.DictReader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))

    assert len(exported) == 60
    assert {(row["Who"], row["What"]) for row in exported} == {(lead.membership.name, "Added a team")}
    assert re.fullmatch(r'attachment; filename="audit-log-\d{4}-\d\d-\d\d\.csv"', response["Content-Disposition"])


def test_the_spreadsheet_holds_the_same(browser, lead):
    happen(lead, "team.added", times=3)

    response = browser.get("/audit/export/?export=xlsx&verb=team.added")
    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))
    texts = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]

    assert texts.count("Added a team") == 3


def test_an_export_is_recorded(browser, records_manager):
    b"".join(browser.get("/audit/export/?export=csv").streaming_content)

    (event,) = events_of(records_manager, "list.exported")
    assert event.facts == '{"format":"csv","list":"audit-log"}'


def test_an_export_asks_who_you_are_again_after_ten_minutes(browser):
    session = browser.session
    session[STRONG_AT] -= 601
    session.save()

    response = browser.get("/audit/export/?export=csv")

    assert response.status_code == 302
    assert browser.get(LOG).status_code == 200


def test_who_may_read_but_not_export_gets_no_link_and_no_file(client_for, lead):
    client = client_for(lead)

    assert "/audit/export/" not in client.get(LOG).content.decode()
    assert client.get("/audit/export/?export=csv").status_code == 403


def test_an_entry_shows_its_facts_and_its_place_in_the_chain(browser, lead):
    happen(lead, "person.changed", target=lead.membership, fields=["job_title", "team"], complete=True)
    (event,) = events_of(lead, "person.changed")

    page = browser.get(reverse("audit:event", args=[event.pk])).content.decode()

    assert re.search(r"Fields</dt><dd[^>]*>job_title, team<", page)
    assert re.search(r"Complete</dt><dd[^>]*>Yes<", page)
    assert "Not sealed yet." in page


def test_facts_are_shown_as_text_and_never_as_markup(browser, lead):
    happen(lead, "person.changed", code="<script>alert(1)</script>")
    (event,) = events_of(lead, "person.changed")

    page = browser.get(reverse("audit:event", args=[event.pk])).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_every_page_has_one_heading_of_the_first_level(browser, lead):
    happen(lead, "person.changed", target=lead.membership)
    (event,) = events_of(lead, "person.changed")
    addresses = [
        LOG,
        "/audit/alerts/",
        "/audit/checks/",
        reverse("audit:event", args=[event.pk]),
        reverse("audit:object", args=["organisations.membership", lead.membership.reference]),
    ]

    assert [browser.get(address).content.decode().count("<h1") for address in addresses] == [1] * 5
