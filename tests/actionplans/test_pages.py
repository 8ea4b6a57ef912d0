"""The pages: who may see what, what the forms refuse, and that lists cost the same however long they are."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actionplans import actions
from actionplans.models import Action, ActionRecommendation, ActionRisk, Plan
from foundation.core.acting import acting_as
from tests.conftest import make_membership
from tests.factories import profiles
from tests.factories.actionplans import action, plan, risk

TODAY = timezone.localdate()


def dates(**days):
    return {
        f"{name}_{part}": value
        for name, day in days.items()
        for part, value in enumerate((day.day, day.month, day.year))
    }


@pytest.fixture
def browser(lead, client_for):
    return client_for(lead)


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_plan_is_begun_filled_and_activated(browser, lead):
    wanted = {"title": "Prevent plan", "grouping": "objectives", "owner_id": lead.membership_id, "marking": "official"}
    page = browser.post(
        "/action-plans/add/",
        wanted | dates(period_from=date(2026, 4, 1), period_to=date(2027, 3, 31)),
        follow=True,
    )
    with acting_as(lead):
        made = Plan.objects.visible_to(lead).get()
        objective = made.objectives.all()[0]
    said = {
        "title": "Brief hirers", "objective_id": objective.pk, "success_measure": "All signed", "priority": 1,
        "owner_id": lead.membership_id, "accountable_id": lead.membership_id, "repeats": "never",
    }  # fmt: skip

    added = browser.post(
        f"/action-plans/{made.reference}/actions/add/",
        said | dates(starts_on=date(2026, 10, 1), due_on=date(2026, 12, 31)),
        follow=True,
    )
    browser.post(f"/action-plans/{made.reference}/activate/")

    assert "Tackle the ideological causes of terrorism" in words(page)
    assert "<h1" in words(added)
    assert "Brief hirers" in words(added)
    with acting_as(lead):
        made.refresh_from_db()
        row = Action.objects.visible_to(lead).get()
    assert (made.status, row.objective_id, row.priority, row.due_on) == (
        "active",
        objective.pk,
        1,
        date(2026, 12, 31),
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        (dates(due_on=date(2026, 9, 1)), "An action cannot be due before it starts"),
        ({"owner_id": ""}, "Name a person, a team or a partner organisation"),
        ({"repeats": "calendar", "every_months": 3}, "Enter this only, and always, where the action repeats so"),
        ({"success_measure": ""}, "Say how you will know that it worked"),
    ],
)
def test_an_action_that_makes_no_sense_is_an_error_on_its_field(browser, lead, changes, error):
    of = plan(lead)
    said = {
        "title": "Brief hirers", "success_measure": "All signed", "priority": 1, "owner_id": lead.membership_id,
        "accountable_id": lead.membership_id, "repeats": "never",
        **dates(starts_on=date(2026, 10, 1), due_on=date(2026, 12, 31)),
    }  # fmt: skip

    refused = browser.post(f"/action-plans/{of.reference}/actions/add/", said | changes)

    assert refused.status_code == 200
    assert words(refused).count(error) == 2  # in the summary and on the field
    with acting_as(lead):
        assert Action.objects.visible_to(lead).count() == 0


def test_somebody_without_a_role_sees_their_own_actions_and_no_others(lead, owner, client_for):
    of = plan(lead)
    mine = action(lead, of, title="Mine to do", owner_id=owner.membership_id)
    other = action(lead, of, title="Somebody else's")
    client = client_for(owner)

    listed = words(client.get("/action-plans/actions/"))
    board = words(client.get("/action-plans/board/"))
    home = words(client.get("/"))

    assert all("Mine to do" in page and "Somebody else" not in page for page in (listed, board))
    assert "Mine to do" not in home  # the plan is a draft
    assert client.get(f"/action-plans/actions/{mine.reference}/").status_code == 200
    assert client.get(f"/action-plans/actions/{other.reference}/").status_code == 404
    assert client.get(f"/action-plans/{of.reference}/").status_code == 403


def test_home_shows_what_is_mine_and_what_is_late(lead, owner, client_for):
    of = plan(lead)
    starts = TODAY - timedelta(days=30)
    action(
        lead, of, title="Mine to do", owner_id=owner.membership_id, starts_on=starts, due_on=TODAY - timedelta(days=2)
    )
    with acting_as(lead):
        actions.activate_plan(plan_id=of.pk, by=lead, now=timezone.now())

    theirs, leads = words(client_for(owner).get("/")), words(client_for(lead).get("/"))

    assert "A1 Mine to do" in theirs
    assert "Overdue" in theirs
    assert "1 overdue" not in theirs
    assert "1 overdue</a>" in leads


def test_an_owner_without_a_role_goes_all_the_way_and_sees_no_risk(lead, owner, client_for):
    row, found = action(lead, owner_id=owner.membership_id), risk(lead, title="Secret worry")
    with acting_as(lead):
        actions.link_risk(action_id=row.pk, risk_id=found.pk, by=lead, now=timezone.now())
    client, address = client_for(owner), f"/action-plans/actions/{row.reference}/"

    client.post(f"{address}start/")
    client.post(f"{address}progress/", {"note": "Half", "percent": "50"})
    asked = client.get(f"{address}complete/")
    done = client.post(f"{address}complete/", {"outcome": "All signed"}, follow=True)

    assert "Secret worry" not in words(asked) + words(done)
    assert "What came of it" in words(done)
    with acting_as(lead):
        assert Action.objects.visible_to(lead).get().status == "done"


def test_completion_asks_what_it_did_to_each_risk(browser, lead):
    row, found = action(lead), risk(lead)
    with acting_as(lead):
        link = actions.link_risk(action_id=row.pk, risk_id=found.pk, by=lead, now=timezone.now())
    address = f"/action-plans/actions/{row.reference}/complete/"

    refused = browser.post(address, {"outcome": "All signed"})
    done = browser.post(
        address, {"outcome": "All signed", f"effect_{link.pk}": "lowered", f"note_{link.pk}": "None"}, follow=True
    )

    assert "Select what it did to risk R1" in words(refused)
    assert "Lowered it: None" in words(done)
    with acting_as(lead):
        assert ActionRisk.objects.get().effect == "lowered"


def test_the_board_moves_an_action_with_a_button_and_comes_back(browser, lead):
    row = action(lead)
    board = browser.get("/action-plans/board/")

    moved = browser.post(f"/action-plans/actions/{row.reference}/start/", {"next": "/action-plans/board/"})
    evil = browser.post(f"/action-plans/actions/{row.reference}/start/", {"next": "https://evil.example/"})

    assert f"/action-plans/actions/{row.reference}/start/" in words(board)
    assert (moved["Location"], evil["Location"]) == ("/action-plans/board/", "/")
    with acting_as(lead):
        assert Action.objects.visible_to(lead).get().status == "in_progress"


def test_a_link_is_made_and_taken_away(browser, lead):
    of = plan(lead)
    row, other, found = action(lead, of), action(lead, of, title="First this"), risk(lead)
    address = f"/action-plans/actions/{row.reference}/links/"

    for kind, target in (("risk", found.reference), ("requirement", "la-05"), ("needs", other.reference)):
        browser.post(address, {"kind": kind, "target": target})
    linked = words(browser.get(f"/action-plans/actions/{row.reference}/"))
    wrong = browser.post(address, {"kind": "requirement", "target": "NOWHERE-9"}, follow=True)
    with acting_as(lead):
        link = ActionRisk.objects.get()
    browser.post(f"{address}remove/", {"kind": "risk", "link": link.pk})

    assert all(each in linked for each in ("R1 Hirers with extreme views", "LA-05", "A2 First this"))
    assert "Nothing of that name is there to link" in words(wrong)
    with acting_as(lead):
        assert ActionRisk.objects.count() == 0


def test_an_action_follows_a_recommendation_and_both_pages_say_so(browser, lead):
    row, recommendation = action(lead), profiles.recommendation(lead, text="Brief frontline staff")
    address = f"/action-plans/actions/{row.reference}/links/"

    offered = words(browser.get(address))
    browser.post(address, {"kind": "recommendation", "target": recommendation.reference})
    pages = [words(browser.get(each.get_absolute_url())) for each in (row, recommendation)]
    with acting_as(lead):
        link = ActionRecommendation.objects.get()
    browser.post(f"{address}remove/", {"kind": "recommendation", "link": link.pk})

    assert "R1: Brief frontline staff" in offered
    assert "R1 Brief frontline staff" in pages[0]
    assert "A1 Brief all hirers" in pages[1]
    with acting_as(lead):
        assert not ActionRecommendation.objects.exists()


def test_no_action_follows_a_recommendation_that_was_not_accepted(browser, lead):
    row = action(lead)
    refused = profiles.answered(lead, profiles.recommendation(lead), "not_accepted", "Not ours to do")
    address = f"/action-plans/actions/{row.reference}/links/"

    page = browser.post(address, {"kind": "recommendation", "target": refused.reference}, follow=True)

    assert "This recommendation was not accepted" in words(page)
    assert refused.reference not in words(page)
    with acting_as(lead):
        assert not ActionRecommendation.objects.exists()


def test_requirements_to_link_are_those_that_apply(browser, lead):
    row = action(lead)

    offered = words(browser.get(f"/action-plans/actions/{row.reference}/links/"))

    assert '<option value="LA-05">' in offered
    assert "HE-01" not in offered


def test_another_actions_link_is_not_taken_away_through_this_one(browser, lead):
    of = plan(lead)
    row, other, found = action(lead, of), action(lead, of), risk(lead)
    with acting_as(lead):
        link = actions.link_risk(action_id=other.pk, risk_id=found.pk, by=lead, now=timezone.now())

    refused = browser.post(f"/action-plans/actions/{row.reference}/links/remove/", {"kind": "risk", "link": link.pk})

    assert refused.status_code == 404


def test_the_list_is_filtered_searched_and_exported_as_filtered(browser, lead):
    of, found = plan(lead), risk(lead)
    starts = TODAY - timedelta(days=30)
    late = action(lead, of, title="Late one", starts_on=starts, due_on=TODAY - timedelta(days=1), priority=1)
    action(lead, of, title="Quiet one", starts_on=TODAY, due_on=TODAY + timedelta(days=60))
    with acting_as(lead):
        actions.link_risk(action_id=late.pk, risk_id=found.pk, by=lead, now=timezone.now())

    def titles(parameters: str) -> set[str]:
        page = words(browser.get(f"/action-plans/actions/?{parameters}"))
        return {title for title in ("Late one", "Quiet one") if title in page}

    assert titles("standing=overdue") == {"Late one"}
    assert titles("standing=drifting") == set()
    assert titles("priority=1") == {"Late one"}
    assert titles(f"risk={found.pk}") == {"Late one"}
    assert titles("owner=me&status=open") == {"Late one", "Quiet one"}
    assert titles("status=done") == set()
    assert titles(f"plan={of.pk}&sort=-title") == {"Late one", "Quiet one"}
    searched = words(browser.post("/action-plans/actions/", {"search": "a2"}, follow=True))
    assert "Quiet one" in searched
    assert "Late one" not in searched
    exported = b"".join(browser.get("/action-plans/actions/?standing=overdue&export=csv").streaming_content).decode()
    assert [line.split(",")[1] for line in exported.splitlines()] == ["Action", "Late one"]


def test_handing_over_is_one_page(browser, lead, owner, organisation):
    successor = make_membership(organisation, name="Sue Successor")
    action(lead, owner_id=owner.membership_id)

    done = browser.post("/action-plans/reassign/", {"from_id": owner.membership_id, "to_id": successor.pk}, follow=True)

    assert "Actions handed over: 1" in words(done)
    assert "Sue Successor" in words(done)


def test_a_mention_of_somebody_who_cannot_see_it_is_an_error_on_its_field(browser, lead, organisation):
    outsider = make_membership(organisation, name="Ona Outsider")
    row = action(lead)

    refused = browser.post(
        f"/action-plans/actions/{row.reference}/comment/", {"text": "Look", "mention_ids": [outsider.pk]}
    )

    assert words(refused).count("Ona Outsider cannot see this action, so nothing was sent.") == 2
    assert "Look" in words(refused)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/action-plans/", 12),
        ("/action-plans/actions/", 14),
        ("/action-plans/board/", 14),
        ("/action-plans/timeline/", 10),
        ("/action-plans/by-owner/", 10),
        ("/action-plans/by-risk/", 12),
        ("/action-plans/{plan}/", 15),
        ("/", 40),
    ],
)
def test_the_number_of_queries_does_not_grow(browser, lead, address, most):
    of, found = plan(lead), risk(lead)
    address = address.format(plan=of.reference)

    def add(count: int) -> None:
        for _ in range(count):
            row = action(lead, of)
            plan(lead)
            with acting_as(lead):
                actions.link_risk(action_id=row.pk, risk_id=found.pk, by=lead, now=timezone.now())

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.get(address).status_code == 200
        return len([each for each in captured if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    add(1)
    browser.get(address)
    few = queries()
    add(4)

    assert (queries(), few <= most) == (few, True), few
