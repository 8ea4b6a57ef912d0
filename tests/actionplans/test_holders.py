"""Open actions by who does them, a page at a time."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplans import holders
from foundation.core.acting import acting_as
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories.actionplans import action, complete, plan
from tests.factories.organisations import team

TODAY = NOW.date()


@pytest.fixture
def lead(organisation):
    return acting_of(make_membership(organisation, "prevent_lead", name="Priya Ravindran"))


@pytest.fixture
def admin(organisation):
    return acting_of(make_membership(organisation, "organisation_admin"))


def page_of(acting, number=1, today=TODAY):
    with acting_as(acting):
        return holders.page_of(acting, today, number)


def test_people_teams_and_partners_stand_by_name_with_their_open_actions(admin, lead):
    of = plan(lead)
    youth = team(admin, "Youth Offending")
    for number in range(holders.SHOWN + 2):
        action(lead, of, title=f"Mine {number}")
    action(lead, of, title="Theirs", owner_id=None, team_id=youth.pk)
    action(lead, of, title="Partner's", owner_id=None, partner="Ashmere FC")
    complete(lead, action(lead, of, title="Done"))

    page = page_of(lead)

    assert [(holder.name, holder.total, holder.more) for holder in page.items] == [
        ("Ashmere FC", 1, 0),
        ("Priya Ravindran", 7, 2),
        ("Youth Offending", 1, 0),
    ]
    assert [line.action.title for line in page.items[1].lines] == [f"Mine {number}" for number in range(5)]
    assert [line.owner for holder in page.items for line in holder.lines[:1]] == [
        holder.name for holder in page.items
    ]  # fmt: skip


def test_what_is_overdue_is_counted(lead):
    of = plan(lead)
    action(lead, of, title="Late", starts_on=TODAY.replace(month=1), due_on=TODAY.replace(month=2))
    action(lead, of, title="In time")

    [holder] = page_of(lead).items

    assert (holder.total, holder.overdue) == (2, 1)


def test_twenty_stand_on_a_page_and_a_page_past_the_last_is_the_last(lead):
    of = plan(lead)
    for number in range(holders.PER_PAGE + 3):
        action(lead, of, owner_id=None, partner=f"Partner {number:02}")

    first, second, beyond = (page_of(lead, number) for number in (1, 2, 99))

    assert [holder.name for holder in second.items] == ["Partner 20", "Partner 21", "Partner 22"]
    assert (first.first_number, first.last_number, first.total) == (1, 20, 23)
    assert (first.previous_parameters, first.next_parameters) == (None, {"page": 2})
    assert (second.previous_parameters, second.next_parameters) == ({"page": 1}, None)
    assert beyond.number == 2
    assert all(len(holder.lines) == 1 for holder in (*first.items, *second.items))


def test_each_link_leads_to_exactly_the_open_actions_of_that_holder(admin, lead, client_for):
    of, youth = plan(lead), team(admin, "Youth Offending")
    action(lead, of, title="Mine")
    action(lead, of, title="Theirs", owner_id=None, team_id=youth.pk)
    action(lead, of, title="Partner's", owner_id=None, partner="Ashmere & Brindle FC")
    complete(lead, action(lead, of, title="Done", owner_id=None, team_id=youth.pk))
    client = client_for(lead)

    found = {holder.name: client.get(holder.url) for holder in page_of(lead).items}

    assert {name: [line["title"] for line in page.context["lines"]] for name, page in found.items()} == {
        "Ashmere & Brindle FC": ["Partner's"],
        "Priya Ravindran": ["Mine"],
        "Youth Offending": ["Theirs"],
    }
    assert all(page.context["page"].filter_form.is_valid() for page in found.values())


@pytest.mark.parametrize("asked", ["team-", "team-0", "team-x", "partner-", "partner-nobody", "9" * 30, "-1", "x"])
def test_a_holder_that_is_none_is_said_to_be_none_and_everything_is_shown(lead, client_for, asked):
    action(lead)

    page = client_for(lead).get("/action-plans/actions/", {"owner": asked})

    assert page.status_code == 200
    assert "owner" in page.context["page"].filter_form.errors
    assert len(page.context["lines"]) == 1


def test_a_team_of_another_organisation_is_none(lead, client_for):
    other = make_organisation("Ashmere District Council")
    elsewhere = team(acting_of(make_membership(other, "organisation_admin")), "Secret team")

    page = client_for(lead).get("/action-plans/actions/", {"owner": f"team-{elsewhere.pk}"})

    assert "Secret team" not in page.content.decode()
    assert "owner" in page.context["page"].filter_form.errors


def test_who_may_not_read_plans_is_shown_nobody(organisation, lead):
    action(lead)

    assert page_of(acting_of(make_membership(organisation, "staff"))).items == []


def test_it_costs_the_same_queries_however_many_there_are(organisation, lead, client_for):
    of, client = plan(lead), client_for(lead)
    action(lead, of)
    counts = []
    for add in (1, 12):
        for number in range(add):
            action(lead, of, owner_id=None, partner=f"Partner {number} of {add}")
        client.get("/action-plans/by-owner/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/action-plans/by-owner/")
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 10
