import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import Instrument, Requirement
from foundation.organisations.roles import ROLES, Role
from tests.conftest import acting_of, make_membership, make_organisation

LIBRARY = "/compliance/library/"
PAGES = (
    "",
    "frameworks/",
    "requirements/",
    "about/",
    "LA/",
    "FE/",
    "LA-B2024/mapping/",
    "documents/PDG-2023/",
    "documents/LA-TOOLKIT-2018/",
    "requirements/B2018-06/",
    "requirements/FE-10/",
)


@pytest.fixture
def browser(lead, client_for):
    return client_for(lead)


def csv_codes(response) -> list[str]:
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    return [line.split(",")[0] for line in lines[1:]]


@pytest.mark.parametrize("page", PAGES)
def test_whoever_may_read_the_assessment_reads_the_library_and_nobody_else(organisation, library, client_for, page):
    allowed = {}
    for role in Role:
        client = client_for(acting_of(make_membership(organisation, role)))
        allowed[role] = client.get(LIBRARY + page).status_code

    assert allowed == {role: 200 if "compliance.view" in ROLES[role].permissions else 403 for role in Role}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?kind=act", {"CTSA-2015", "HRA-1998", "EQA-2010", "EA-1996", "DATA-PROTECTION"}),
        ("?nation=scotland&kind=statutory_guidance", {"PDG-SCOTLAND-2024"}),
        ("?state=ended&kind=non_statutory&nation=wales", {"LA-TOOLKIT-2018"}),
        ("?sector=LA&kind=non_statutory&rows=yes&nation=wales", {"LA-TOOLKIT-2024", "LA-TOOLKIT-2018"}),
        ("?checked=NV&kind=statutory_framework", {"EYFS"}),
    ],
)
def test_the_documents_shown_are_those_that_the_filter_asks_for(browser, library, query, expected):
    page = browser.get(LIBRARY + query)

    assert {document.code for document, _sectors in page.context["documents"]} == expected


def test_every_document_of_the_files_is_listed_and_exported(browser, library):
    page = browser.get(LIBRARY)
    exported = browser.get(LIBRARY + "?export=csv")

    everything = Instrument.objects.count()
    assert len(page.context["documents"]) == everything
    assert len(csv_codes(exported)) == everything


def test_documents_on_which_most_rests_come_first_and_any_column_sorts(browser, library):
    first = browser.get(LIBRARY).context["documents"][0][0].code
    oldest = browser.get(LIBRARY + "?sort=from&state=now&kind=act&rows=yes").context["documents"]

    assert first == "PDG-2023"
    assert [document.code for document, _sectors in oldest][-1] == "CTSA-2015"


def test_documents_are_searched_without_putting_the_words_in_the_address(browser, library):
    response = browser.post(LIBRARY, {"search": "keeping children"}, follow=True)

    assert "keeping" not in response.redirect_chain[0][0]
    assert {each.code for each, _sectors in response.context["documents"]} == {"KCSIE-2026", "KCSIE-2015"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?framework=LA-B2018&theme=PERM", {"B2018-06", "B2018-08"}),
        ("?framework=LA-B2024&asked=no", set()),
        ("?framework=EY&asked=yes", set()),
        ("?sector=POL&theme=ASSURE&framework=POL", {"POL-17"}),
        ("?framework=LA-B2018&state=now", set()),
    ],
)
def test_the_rows_shown_are_those_that_the_filter_asks_for(browser, library, query, expected):
    page = browser.get(LIBRARY + "requirements/" + query)

    assert {row.code for row in page.context["page"].items} == expected


def test_an_export_of_rows_holds_exactly_what_is_filtered(browser, library):
    response = browser.get(LIBRARY + "requirements/?framework=LA-B2018&export=csv")

    assert csv_codes(response) == [f"B2018-{number:02}" for number in range(1, 11)]


def test_wording_is_found_by_what_it_says(browser, library):
    response = browser.post(LIBRARY + "requirements/", {"search": "right level oversees"}, follow=True)

    assert [row.code for row in response.context["page"].items] == ["B1"]


def test_a_row_that_is_asked_of_nobody_any_more_can_still_be_read(browser, library):
    page = browser.get(LIBRARY + "requirements/B2018-06/").content.decode()

    assert "It is asked of nobody today." in page
    assert "1 January 2018 to 11 February 2024" in page
    assert "/compliance/requirements/B7/" in page


def test_a_row_shows_everything_that_the_files_say_about_it(browser, library):
    page = browser.get(LIBRARY + "requirements/B1/").content.decode()

    content = Requirement.objects.get(code="B1").content
    texts = [content[name] for name in ("text", "force_note", "source", "member_contribution", "interval_source")]
    texts += [*content["evidence"], *content["further_signs"]]
    assert [text for text in texts if text not in page.replace("&#x27;", "'")] == []
    assert LIBRARY + "documents/HO-ASSURANCE/" in page


def test_a_requirement_of_an_organisation_is_no_row_of_the_library(browser, lead, library):
    assert browser.get(LIBRARY + "requirements/OWN-1/").status_code == 404


def test_a_document_names_what_it_replaced_and_by_what_it_was_replaced(browser, library):
    new = browser.get(LIBRARY + "documents/LA-TOOLKIT-2024/").content.decode()
    old = browser.get(LIBRARY + "documents/LA-TOOLKIT-2018/").content.decode()

    assert LIBRARY + "documents/LA-TOOLKIT-2018/" in new
    assert LIBRARY + "LA-B2024/mapping/" in new
    assert "Superseded" in old
    assert LIBRARY + "documents/LA-TOOLKIT-2024/" in old


def test_where_the_older_edition_has_no_rows_the_page_says_so(browser, library):
    page = browser.get(LIBRARY + "documents/PDG-2023/").content.decode()

    assert "cannot be compared row by row" in page


def test_the_mapping_is_filtered_and_exported(browser, library):
    changed = browser.get(LIBRARY + "LA-B2024/mapping/?fate=changed")
    new = browser.get(LIBRARY + "LA-B2024/mapping/?fate=new")
    exported = browser.get(LIBRARY + "LA-B2024/mapping/?export=csv")

    assert len(changed.context["pairs"]) == 8
    assert "No row of the two editions had this fate." in new.content.decode()
    assert csv_codes(exported) == ["Changed"] * 8


def test_a_framework_without_an_earlier_edition_has_no_mapping_page(browser, library):
    assert browser.get(LIBRARY + "HLT/mapping/").status_code == 404


def test_the_headings_of_another_tool_stand_on_the_page_of_the_framework(browser, library):
    page = browser.get(LIBRARY + "FE/").content.decode()

    assert "Self-assessment for further education: nine requirements" in page
    assert "9. Learner engagement" in page


@pytest.mark.parametrize("query", ["", "requirements/", "requirements/?framework=LA-B2018"])
def test_a_list_of_the_library_costs_the_same_queries_at_any_length(client_for, library, query):
    browser = client_for(acting_of(make_membership(make_organisation(sectors=["LA", "SCH"]), "prevent_lead")))
    browser.get(LIBRARY + query)

    with CaptureQueriesContext(connection) as whole:
        browser.get(LIBRARY + query)
    with CaptureQueriesContext(connection) as narrow:
        browser.get(LIBRARY + query + ("&" if "?" in query else "?") + "nation=scotland")

    assert abs(len(whole) - len(narrow)) <= 1  # what fits on one page is not counted apart
