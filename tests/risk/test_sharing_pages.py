"""The pages on which a member shares its risks and a partnership looks at them."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine
from django.http import QueryDict

from foundation.core.acting import acting_as
from risk import actions, sharing_list
from risk.models import Entry, Risk, SharedRisk
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import risk as factories
from tests.factories.partnerships import join, partnership


@pytest.fixture(autouse=True)
def _today_is_now():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def board(_database):
    return partnership()


@pytest.fixture
def owner(board):
    member = make_organisation("Ashmere District Council")
    join(board, member)
    return acting_of(make_membership(member, "prevent_lead"))


@pytest.fixture
def chair(board):
    return acting_of(make_membership(board, "prevent_lead"))


@pytest.fixture
def entry(owner):
    [found] = factories.approved(owner, "Drawn in online", description="Ours alone, to be shortened.")
    return found


def address(board, entry, end=""):
    return f"/risk/sharing/{board.slug}/{entry.risk.reference}/{end}"


def test_a_risk_is_shared_from_its_own_page_and_taken_back_again(owner, board, entry, client_for):
    client = client_for(owner)
    risk_page = client.get(entry.risk.get_absolute_url()).content.decode()

    form = client.get(address(board, entry)).context["form"]
    shared = client.post(address(board, entry), {"entry_id": entry.pk, "comment": "Shorter"}, follow=True)
    back = client.post(address(board, entry, "take-back/"), follow=True)
    again = client.post(address(board, entry, "take-back/"), follow=True)

    assert address(board, entry) in risk_page
    assert form.initial == {"entry_id": entry.pk, "comment": "Ours alone, to be shortened."}
    assert "R1 is shared with Severnshire Prevent Partnership" in shared.content.decode()
    assert "R1 is taken back: Severnshire Prevent Partnership cannot read it any more" in back.content.decode()
    assert "R1 is not shared any more" in again.content.decode()
    with acting_as(owner):
        assert list(SharedRisk.objects.values_list("comment", "ended_how")) == [("Shorter", "taken_back")]


def test_somebody_who_saw_an_older_assessment_reads_the_new_one_first_and_keeps_what_they_typed(
    owner, board, entry, client_for
):
    page = client_for(owner).post(address(board, entry), {"entry_id": entry.pk + 1, "comment": "Typed"})

    assert page.status_code == 409
    assert "Another assessment was approved since you opened this page" in page.content.decode()
    assert page.context["form"]["comment"].value() == "Typed"
    assert page.context["form"]["entry_id"].value() == str(entry.pk)


def test_a_comment_that_is_too_long_is_refused_on_the_form(owner, board, entry, client_for):
    page = client_for(owner).post(address(board, entry), {"entry_id": entry.pk, "comment": "x" * 601})

    assert page.context["form"].errors == {"comment": ["The comment must be 600 characters or fewer"]}


def test_what_cannot_be_shared_says_so_and_has_no_form(owner, board, entry, client_for):
    factories.share(owner, board, entry)
    with acting_as(owner):
        actions.close_risk(risk_id=entry.risk_id, version=Risk.objects.get().version, reason="Gone", by=owner, now=NOW)

    page = client_for(owner).get(address(board, entry)).content.decode()

    assert "This risk cannot be shared" in page
    assert "Short comment for the partnership" not in page


def test_without_a_partnership_or_an_approved_assessment_there_is_nothing_to_share(owner, lead, client_for):
    for acting in (owner, lead):
        assert "Nothing to share" in client_for(acting).get("/risk/sharing/").content.decode()


def test_a_reader_sees_what_is_shared_and_no_button(owner, board, entry, client_for):
    factories.share(owner, board, entry, comment="For you")
    reader = client_for(acting_of(make_membership(owner.organisation, "board_member")))

    page = reader.get("/risk/sharing/").content.decode()

    assert "For you" in page
    assert "Take back" not in page
    assert reader.get(address(board, entry)).status_code == 403


def codes(page):
    return [line["code"] for line in page.context["lines"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["R1", "R2"]),
        ("?sort=-risk", ["R2", "R1"]),
        ("?state=not_shared", ["R2"]),
        ("?state=shared", ["R1"]),
        ("?state=taken_back", []),
        ("?state=nonsense", ["R1", "R2"]),
        ("?partnership=severnshire-prevent-partnership&state=shared", ["R1"]),
        ("?partnership=county-board&state=shared", []),
        ("?partnership=nonsense", ["R1", "R2"]),
    ],
)
def test_who_shares_narrows_the_list_for_one_of_the_partnerships(owner, board, client_for, asked, found):
    join(partnership("West Board"), owner.organisation)
    online, _hall = factories.approved(owner, "Drawn in online", "Hall hired for a speech")
    factories.share(owner, board, online, comment="For you")

    page = client_for(owner).get(f"/risk/sharing/{asked.replace('county-board', 'west-board')}")

    assert codes(page) == found


@pytest.mark.parametrize(
    ("typed", "found"), [("ONLINE drawn", ["R1"]), ("for you", ["R1"]), ("r2", ["R2"]), ("walrus", [])]
)
def test_who_shares_searches_code_title_and_comment(owner, board, client_for, typed, found):
    online, _hall = factories.approved(owner, "Drawn in online", "Hall hired for a speech")
    factories.share(owner, board, online, comment="For you")

    page = client_for(owner).post("/risk/sharing/", {"search": typed}, follow=True)

    assert codes(page) == found
    assert ("No risk fits this search and filter" in page.content.decode()) == (not found)


def test_a_long_list_has_pages_in_the_order_of_codes(monkeypatch, owner, board, client_for):
    listed = sharing_list.listing
    monkeypatch.setattr(sharing_list, "listing", lambda *among: replace(listed(*among), per_page=4))
    factories.approved(owner, *(f"Risk {number}" for number in range(11)))
    client = client_for(owner)

    first = client.get("/risk/sharing/")
    second = client.get("/risk/sharing/", first.context["page"].next_parameters | {"before": ""})

    assert (codes(first), codes(second)) == (["R1", "R2", "R3", "R4"], ["R5", "R6", "R7", "R8"])
    assert first.context["page"].total == 11


def test_the_list_as_it_was_narrowed_is_there_again_after_a_decision(owner, board, entry, client_for):
    client = client_for(owner)
    narrowed = "/risk/sharing/?state=not_shared"
    page = client.get(narrowed).content.decode()
    there = f"{address(board, entry)}?next=%2Frisk%2Fsharing%2F%3Fstate%3Dnot_shared"

    form = client.get(there).content.decode()
    shared = client.post(there, {"entry_id": entry.pk, "comment": ""})
    back = client.post(address(board, entry, "take-back/"), {"next": narrowed})
    elsewhere = client.post(address(board, entry, "take-back/"), {"next": "https://example.org/"})

    assert there in page
    assert f'href="{narrowed}"' in form
    assert (shared["Location"], back["Location"], elsewhere["Location"]) == (narrowed, narrowed, "/risk/sharing/")


def test_the_state_in_the_list_is_that_of_each_row(owner, board, client_for):
    entries = factories.approved(owner, *(f"Risk {number}" for number in range(1, 7)))
    for each in entries[:3]:
        factories.share(owner, board, each)
    factories.take_back(owner, factories.share(owner, board, entries[3]))
    following = next_assessment(owner, entries[0].assessment_id, without=entries[2].risk_id)
    factories.close(owner, entries[1])
    factories.share(owner, board, following[entries[4].risk_id])

    page = client_for(owner).get("/risk/sharing/")
    with acting_as(owner):
        rows = list(sharing_list.rows(owner, board, asked=QueryDict("sort=sharing")))

    states = {line["code"]: line["state"] for line in page.context["lines"]}
    assert states == {
        "R1": "changed",
        "R2": "closed",
        "R3": "gone",
        "R4": "taken_back",
        "R5": "shared",
        "R6": "not_shared",
    }
    assert {row.code: row.sharing for row in rows} == states


def next_assessment(owner, before, *, without):
    """The next assessment, approved, without one of its risks. Its entries by risk."""
    approver = acting_of(make_membership(owner.organisation, "senior_approver"))
    year = {"period_from": date(2027, 1, 1), "period_to": date(2027, 12, 31)}
    with acting_as(owner):
        row = actions.copy_forward(assessment_id=before, title="Next", by=owner, now=NOW, **year)
        out = Entry.objects.get(assessment=row, risk=without)
        actions.remove_entry(entry_id=out.pk, version=out.version, reason="Elsewhere", by=owner, now=NOW)
    factories.send(owner, row, approver)
    factories.approve(approver, row)
    with acting_as(owner):
        return {entry.risk_id: entry for entry in Entry.objects.visible_to(owner).filter(assessment=row)}


# ---- The partnership
def test_the_partnership_reads_it_rolled_up_in_a_list_in_a_file_and_on_its_own_page(
    owner, board, chair, entry, client_for
):
    shared = factories.share(owner, board, entry, comment="For you")
    client = client_for(chair)

    page = client.get("/risk/members/")
    one = client.get(shared.get_absolute_url()).content.decode()
    file = b"".join(client.get("/risk/members/?export=csv").streaming_content).decode()

    assert [heap.label for heap in page.context["found"].by_theme] == ["Online harm and own IT"]
    assert [row["title"] for row in page.context["lines"]] == ["Drawn in online"]
    assert all(word in one for word in ("Ashmere District Council", "For you", "9 of 25"))
    assert "Drawn in online,Ashmere District Council,Online harm and own IT" in file
    assert "For you" in file
    assert all("Ours alone" not in text for text in (page.content.decode(), one, file))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("?member=ashmere-district-council", 2),
        ("?theme=partnership", 1),
        ("?theme=training", 0),
        ("?ideology=islamist", 1),
        ("?band=-", 0),
        ("?response=treat", 2),
        ("?sort=-title", 2),
    ],
)
def test_the_list_is_filtered(owner, board, chair, client_for, asked, found):
    row = factories.assessment(owner)
    approver = acting_of(make_membership(owner.organisation, "senior_approver"))
    entries = [
        factories.score(owner, factories.risk(owner, row, "Online", ideologies=("islamist",))),
        factories.score(owner, factories.risk(owner, row, "Partners", theme="partnership")),
    ]
    factories.send(owner, row, approver)
    factories.approve(approver, row)
    for entry in entries:
        factories.share(owner, board, entry)

    page = client_for(chair).get(f"/risk/members/{asked}")

    assert len(page.context["lines"]) == found


def test_searching_finds_words_of_the_comment(owner, board, chair, entry, client_for):
    factories.share(owner, board, entry, comment="Wolverine badges")
    client = client_for(chair)

    hit, miss = (client.post("/risk/members/", {"search": word}, follow=True) for word in ("badges", "nothing"))

    assert (len(hit.context["lines"]), len(miss.context["lines"])) == (1, 0)


def test_a_partnership_without_shared_risks_is_told_how_to_get_them(chair, client_for):
    assert "No risk is shared yet" in client_for(chair).get("/risk/members/").content.decode()


def test_what_is_taken_back_has_no_page_any_more(owner, board, chair, entry, client_for):
    shared = factories.share(owner, board, entry)
    client = client_for(chair)
    before = client.get(shared.get_absolute_url()).status_code

    factories.take_back(owner, shared)

    assert (before, client.get(shared.get_absolute_url()).status_code) == (200, 404)


def test_who_is_no_partnership_has_no_such_pages(owner, board, entry, client_for):
    shared = factories.share(owner, board, entry)
    client = client_for(owner)

    assert [client.get(each).status_code for each in ("/risk/members/", shared.get_absolute_url())] == [404, 404]
