"""The pages on which a member reports its actions and a partnership gathers them."""

import pytest
import time_machine
from django.http import QueryDict

from actionplans import reporting_list
from actionplans.models import Action, Gathered, ReportedAction
from foundation.core.acting import acting_as
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import actionplans as factories
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
def row(owner):
    return factories.active(owner, description="Ours alone")


def address(board, row, end=""):
    return f"/action-plans/reporting/{board.slug}/{row.reference}/{end}"


def test_an_action_is_reported_from_its_own_page_and_taken_back_again(owner, board, row, client_for):
    client = client_for(owner)
    own_page = client.get(row.get_absolute_url()).content.decode()

    reported = client.post(address(board, row), {"version": row.version, "comment": "For you"}, follow=True)
    back = client.post(address(board, row, "take-back/"), follow=True)
    again = client.post(address(board, row, "take-back/"), follow=True)

    assert address(board, row) in own_page
    assert "A1 is reported to Severnshire Prevent Partnership" in reported.content.decode()
    assert "A1 is taken back: Severnshire Prevent Partnership cannot read it any more" in back.content.decode()
    assert "A1 is not reported any more" in again.content.decode()
    with acting_as(owner):
        assert list(ReportedAction.objects.values_list("comment", "ended_how")) == [("For you", "taken_back")]


def test_an_action_that_changed_meanwhile_is_read_first_and_what_was_typed_stays(owner, board, row, client_for):
    page = client_for(owner).post(address(board, row), {"version": row.version + 1, "comment": "Typed"})

    assert page.status_code == 409
    assert "The action was changed since you opened this page" in page.content.decode()
    assert page.context["form"]["comment"].value() == "Typed"


def test_an_action_of_a_draft_says_that_it_cannot_be_reported(owner, board, client_for):
    draft = factories.action(owner)

    assert "This action cannot be reported" in client_for(owner).get(address(board, draft)).content.decode()


def test_without_a_partnership_or_open_actions_there_is_nothing_to_report(owner, lead, client_for):
    for acting in (owner, lead):
        assert "Nothing to report" in client_for(acting).get("/action-plans/reporting/").content.decode()


def test_a_reader_sees_what_is_reported_and_no_button(owner, board, row, client_for):
    factories.report(owner, board, row, comment="For you")
    reader = client_for(acting_of(make_membership(owner.organisation, "board_member")))

    page = reader.get("/action-plans/reporting/").content.decode()

    assert "For you" in page
    assert "Take back" not in page
    assert reader.get(address(board, row)).status_code == 403


def codes(page):
    return [line["code"] for line in page.context["lines"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["A1", "A2"]),
        ("?sort=-action", ["A2", "A1"]),
        ("?state=not_reported", ["A2"]),
        ("?state=reported", ["A1"]),
        ("?state=reworded", []),
        ("?partnership=west-board&state=reported", []),
        ("?partnership=nonsense", ["A1", "A2"]),
    ],
)
def test_who_reports_narrows_the_list_for_one_of_the_partnerships(owner, board, row, client_for, asked, found):
    join(partnership("West Board"), owner.organisation)
    factories.action(owner, row.plan, title="Posters in libraries")
    factories.report(owner, board, row, comment="For you")

    assert codes(client_for(owner).get(f"/action-plans/reporting/{asked}")) == found


@pytest.mark.parametrize(("typed", "found"), [("for you", ["A1"]), ("POSTERS", ["A2"]), ("a2", ["A2"]), ("walrus", [])])
def test_who_reports_searches_code_title_and_comment(owner, board, row, client_for, typed, found):
    factories.action(owner, row.plan, title="Posters in libraries")
    factories.report(owner, board, row, comment="For you")

    page = client_for(owner).post("/action-plans/reporting/", {"search": typed}, follow=True)

    assert codes(page) == found
    assert ("No action fits this search and filter" in page.content.decode()) == (not found)


def test_the_list_as_it_was_narrowed_is_there_again_after_a_decision(owner, board, row, client_for):
    client = client_for(owner)
    narrowed = "/action-plans/reporting/?state=not_reported"
    page = client.get(narrowed).content.decode()
    there = f"{address(board, row)}?next=%2Faction-plans%2Freporting%2F%3Fstate%3Dnot_reported"

    form = client.get(there).content.decode()
    reported = client.post(there, {"version": row.version, "comment": ""})
    back = client.post(address(board, row, "take-back/"), {"next": narrowed})
    elsewhere = client.post(address(board, row, "take-back/"), {"next": "//example.org/"})

    assert there in page
    assert f'href="{narrowed}"' in form
    assert reported["Location"] == back["Location"] == narrowed
    assert elsewhere["Location"] == "/action-plans/reporting/"


def test_the_state_in_the_list_is_that_of_each_row(owner, board, row, client_for):
    others = [factories.action(owner, row.plan, title=f"Action {number}") for number in range(3)]
    for each in (row, others[0]):
        factories.report(owner, board, each)
    factories.take_back(owner, factories.report(owner, board, others[1]))
    with acting_as(owner):
        Action.objects.filter(pk=others[0].pk).update(success_measure="Other words")

    page = client_for(owner).get("/action-plans/reporting/")
    with acting_as(owner):
        rows = list(reporting_list.rows(owner, board, asked=QueryDict("state=reported")))

    states = {line["code"]: line["state"] for line in page.context["lines"]}
    assert list(states.values()) == ["reported", "reworded", "taken_back", "not_reported"]
    assert {each.code: each.sharing for each in rows} == states


# ---- The partnership
def test_what_waits_is_given_a_place_and_then_stands_in_the_plan_without_buttons(owner, board, chair, row, client_for):
    plan = factories.plan(chair, title="Partnership plan", grouping="objectives")
    with acting_as(chair):
        objective = plan.objectives.all()[1]
    reported = factories.report(owner, board, row, comment="For you")
    client = client_for(chair)
    waiting = client.get("/action-plans/gathered/")

    empty = client.post(reported.get_absolute_url(), {"place": ""})
    client.post(reported.get_absolute_url(), {"place": f"{plan.pk}-{objective.pk}"})

    assert [line["reference"] for line in waiting.context["lines"]] == [reported.reference]
    assert empty.context["form"].errors == {"place": ["Select where the action belongs"]}
    with acting_as(chair):
        assert list(Gathered.objects.values_list("plan_id", "objective_id")) == [(plan.pk, objective.pk)]
    pages = [
        client.get(each).content.decode()
        for each in (
            plan.get_absolute_url(),
            "/action-plans/board/",
            "/action-plans/timeline/",
            "/action-plans/by-owner/",
        )
    ]
    assert all("Brief all hirers" in page and "Ashmere District Council" in page for page in pages)
    assert "1 of them reported by members" in pages[0]
    assert all("Ours alone" not in page and f"actions/{row.reference}" not in page for page in pages)
    assert client.get("/action-plans/gathered/").context["lines"] == []


def test_it_is_taken_out_of_the_plan_again(owner, board, chair, row, client_for):
    reported = factories.report(owner, board, row)
    factories.place(chair, reported, factories.plan(chair))
    client = client_for(chair)

    out = client.post(f"{reported.get_absolute_url()}leave-out/", follow=True)
    again = client.post(f"{reported.get_absolute_url()}leave-out/", follow=True)

    assert "taken out of the plan" in out.content.decode()
    assert "This action stands in no plan" in again.content.decode()


def test_a_reader_of_the_partnership_has_no_form_and_may_not_place(owner, board, chair, row, client_for):
    plan = factories.plan(chair)
    reported = factories.report(owner, board, row)
    reader = client_for(acting_of(make_membership(board, "board_member")))

    page = reader.get(reported.get_absolute_url())

    assert page.context["form"] is None
    assert reader.post(reported.get_absolute_url(), {"place": f"{plan.pk}-"}).status_code == 403


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", 1),
        ("?place=placed", 1),
        ("?place=all", 2),
        ("?place=all&member=ashmere-district-council", 2),
        ("?place=all&status=done", 0),
        ("?place=all&status=open", 2),
        ("?place=all&standing=overdue", 1),
        ("?place=all&sort=-member", 2),
    ],
)
def test_the_list_is_filtered(owner, board, chair, row, client_for, asked, found):
    late = factories.active(owner, title="Late", due_on=NOW.date().replace(day=1))
    factories.place(chair, factories.report(owner, board, row), factories.plan(chair))
    factories.report(owner, board, late)

    page = client_for(chair).get(f"/action-plans/gathered/{asked}")

    assert len(page.context["lines"]) == found


def test_the_list_as_a_file_has_its_facts_and_nothing_that_stays_with_the_member(owner, board, chair, row, client_for):
    factories.report(owner, board, row, comment="For you")

    file = b"".join(client_for(chair).get("/action-plans/gathered/?export=csv").streaming_content).decode()

    assert "A1 Brief all hirers,Ashmere District Council,2026-12-31,Not started" in file
    assert "For you" in file
    assert "Ours alone" not in file


def test_searching_finds_words_of_the_comment(owner, board, chair, row, client_for):
    factories.report(owner, board, row, comment="Wolverine badges")
    client = client_for(chair)

    hit, miss = (
        client.post("/action-plans/gathered/", {"search": word}, follow=True) for word in ("badges", "nothing")
    )

    assert (len(hit.context["lines"]), len(miss.context["lines"])) == (1, 0)


def test_what_is_taken_back_has_no_page_any_more(owner, board, chair, row, client_for):
    reported = factories.report(owner, board, row)
    client = client_for(chair)
    before = client.get(reported.get_absolute_url()).status_code

    factories.take_back(owner, reported)

    assert (before, client.get(reported.get_absolute_url()).status_code) == (200, 404)


def test_who_is_no_partnership_has_no_such_pages(owner, board, row, client_for):
    reported = factories.report(owner, board, row)
    client = client_for(owner)

    found = [client.get(each).status_code for each in ("/action-plans/gathered/", reported.get_absolute_url())]
    assert found == [404, 404]
