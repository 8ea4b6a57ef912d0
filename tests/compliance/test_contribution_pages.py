from datetime import timedelta

import pytest

from compliance.models import Contribution
from foundation.core.acting import acting_as
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories.compliance import give_answer
from tests.factories.partnerships import join, partnership, share, take_back

KEPT_BACK = "quokka-in-the-answer"
SHARE = "/compliance/sharing/severnshire-prevent-partnership/B6/"


@pytest.fixture
def board(organisation):
    made = partnership()
    join(made, organisation)
    return made


@pytest.fixture
def chair(board):
    return acting_of(make_membership(board, "prevent_lead"))


@pytest.fixture
def answered(lead, requirement):
    give_answer(lead, requirement("B6"), status="partly_met", comment=KEPT_BACK)
    return requirement("B6")


def pages_of_partnership(client) -> dict[str, str]:
    """Every page and export on which a contribution could stand."""
    addresses = (
        "/compliance/contributions/",
        "/compliance/contributions/?seen=shared",
        "/compliance/contributions/B6/",
        "/compliance/contributions/?export=csv",
        "/compliance/requirements/B6/",
        "/compliance/requirements/B6/answer/",
        "/compliance/requirements/B6/history/",
        "/compliance/requirements/?export=csv",
        "/compliance/",
        "/",
        "/audit/",
    )
    found = {}
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        body = b"".join(response.streaming_content) if response.streaming else response.content
        found[address] = body.decode()
    return found


def test_a_member_shares_what_it_was_shown_and_the_partnership_reads_it(lead, chair, board, answered, client_for):
    response = client_for(lead).post(SHARE, {"version": 1, "comment": "93 per cent of staff"}, follow=True)

    assert "B6 is shared with Severnshire Prevent Partnership" in response.content.decode()
    pages = pages_of_partnership(client_for(chair))
    holding = {address for address, page in pages.items() if "93 per cent of staff" in page}
    assert holding == {
        "/compliance/contributions/",
        "/compliance/contributions/?seen=shared",
        "/compliance/contributions/B6/",
        "/compliance/contributions/?export=csv",
        "/compliance/requirements/B6/",
        "/compliance/requirements/B6/answer/",
    }
    assert [address for address, page in pages.items() if KEPT_BACK in page] == []


def test_sharing_is_off_until_somebody_shares(chair, board, answered, client_for):
    pages = pages_of_partnership(client_for(chair))

    assert [address for address, page in pages.items() if KEPT_BACK in page or "Partly met</strong>" in page] == []
    assert "0<span" in pages["/compliance/contributions/"]


def test_what_is_taken_back_is_gone_from_every_page_at_once(lead, chair, board, answered, client_for):
    share(lead, board, answered, comment="93 per cent of staff")
    browser, reader = client_for(lead), client_for(chair)
    assert "93 per cent" in reader.get("/compliance/contributions/B6/").content.decode()

    response = browser.post(SHARE + "take-back/", follow=True)

    assert "cannot read it any more" in response.content.decode()
    pages = pages_of_partnership(reader)
    assert [address for address, page in pages.items() if "93 per cent" in page] == []
    assert pages["/compliance/contributions/?seen=shared"].count("<tbody") == 1  # the matrix alone


def test_the_form_begins_with_the_comment_of_the_answer(lead, board, answered, client_for):
    page = client_for(lead).get(SHARE).content.decode()

    assert KEPT_BACK in page
    assert "The partnership will read" in page


def test_an_answer_that_changed_meanwhile_is_shown_again_and_can_then_be_shared(lead, board, answered, client_for):
    browser = client_for(lead)
    give_answer(lead, answered, status="met", now=NOW + timedelta(days=1))

    conflict = browser.post(SHARE, {"version": 1, "comment": "Mine"})

    page = conflict.content.decode()
    assert conflict.status_code == 409
    assert "was changed since you opened this page" in page
    assert 'value="2"' in page
    assert "Mine" in page
    browser.post(SHARE, {"version": 2, "comment": "Mine"})
    with acting_as(lead):
        assert Contribution.objects.get().status == "met"


def test_a_comment_that_is_too_long_is_an_error_on_its_field(lead, board, answered, client_for):
    response = client_for(lead).post(SHARE, {"version": 1, "comment": "x" * 601})

    assert "The comment must be 600 characters or fewer" in response.content.decode()


@pytest.mark.parametrize(
    ("asked", "found"), [("?q=b6", ["B6"]), ("?state=shared", ["B6"]), ("?q=quiet&state=shared", ["B6"]), ("?q=zz", [])]
)
def test_who_shares_finds_a_benchmark_among_many(lead, board, answered, client_for, asked, found):
    share(lead, board, answered, comment="Quiet area")

    rows = client_for(lead).get(f"/compliance/sharing/{asked}").context["by_partnership"]

    assert [own.requirement.code for _board, each in rows for own in each] == found


@pytest.mark.parametrize("address", [SHARE, "/compliance/sharing/no-such-partnership/B6/"])
def test_a_partnership_one_does_not_belong_to_is_not_found(lead, answered, client_for, address):
    partnership()

    assert client_for(lead).get(address).status_code == 404
    assert client_for(lead).post(address, {"version": 1, "comment": ""}).status_code == 404


def test_what_is_no_benchmark_cannot_be_shared(lead, board, requirement, client_for):
    give_answer(lead, requirement("LA-05"))

    address = SHARE.replace("B6", "LA-05")
    assert client_for(lead).get(address).status_code == 404


def test_only_a_partnership_has_the_pages_of_gathering(lead, board, answered, client_for):
    browser = client_for(lead)

    assert browser.get("/compliance/contributions/").status_code == 404
    assert browser.get("/compliance/contributions/B6/").status_code == 404


def test_a_reader_sees_what_is_shared_and_has_nothing_to_press(board, lead, answered, acting_for, client_for):
    share(lead, board, answered)

    page = client_for(acting_for("board_member")).get("/compliance/sharing/").content.decode()

    assert "shared on 23 November 2026" in page
    assert "Take back" not in page
    assert "take-back" not in page


def test_without_a_partnership_the_page_says_so(lead, library, client_for):
    page = client_for(lead).get("/compliance/sharing/").content.decode()

    assert "Your organisation is in no partnership" in page


def test_a_partnership_without_councils_says_so(library, client_for):
    board = partnership("Empty Partnership")

    page = client_for(acting_of(make_membership(board, "board_member"))).get("/compliance/contributions/")

    assert "No member is asked a benchmark" in page.content.decode()


def test_the_requirement_page_of_a_member_says_what_the_partnership_reads(lead, board, answered, client_for):
    browser = client_for(lead)
    before = browser.get("/compliance/requirements/B6/").content.decode()
    shared = share(lead, board, answered)
    during = browser.get("/compliance/requirements/B6/").content.decode()
    take_back(lead, shared)
    after = browser.get("/compliance/requirements/B6/").content.decode()

    assert ("Not shared" in before, "It reads your answer" in during, "Taken back" in after) == (True, True, True)
    assert "It reads your answer" not in before + after


def test_an_export_holds_what_is_filtered_and_nothing_of_who_does_not_share(lead, chair, board, answered, client_for):
    silent = make_organisation("Silent District Council")
    join(board, silent)
    give_answer(acting_of(make_membership(silent, "prevent_lead")), answered, comment=KEPT_BACK)
    share(lead, board, answered, comment="=SUM(1)")

    response = client_for(chair).get("/compliance/contributions/?code=B6&export=csv")

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1:] == [
        "Severnshire County Council,B6,Training programme,Shared,Partly met,'=SUM(1),2026-11-23,2026-11-23",
        "Silent District Council,B6,Training programme,Not shared,,,,",
    ]
