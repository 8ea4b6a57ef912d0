"""Open risks with what is done about each, a page at a time."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplans import actions, risk_list
from foundation.core.acting import acting_as
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import risk as risks
from tests.factories.actionplans import action, plan

ADDRESS = "/action-plans/by-risk/"


@pytest.fixture
def lead(organisation):
    return acting_of(make_membership(organisation, "prevent_lead"))


@pytest.fixture
def register(lead):
    return risks.assessment(lead)


def add(lead, register, code, *linked):
    """A risk with a code and the actions that are linked to it."""
    found = risks.called(lead, risks.risk(lead, register, f"Risk {code}"), code)
    for row in linked:
        with acting_as(lead):
            actions.link_risk(action_id=row.pk, risk_id=found.pk, by=lead, now=NOW)
    return found


def cancel(lead, row):
    with acting_as(lead):
        actions.cancel(action_id=row.pk, reason="Not needed", by=lead, now=NOW)


def shown(response):
    return [
        (group["found"].risk.code, [marked.action.title for marked in group["lines"]], group["found"].more)
        for group in response.context["groups"]
    ]


def test_risks_stand_in_the_order_of_their_codes_with_open_actions_first(lead, register, client_for):
    of = plan(lead)
    ended = action(lead, of, title="Ended")
    several = [action(lead, of, title=f"Open {number}") for number in range(risk_list.SHOWN + 1)]
    add(lead, register, "R10", several[0], ended)
    add(lead, register, "R2", ended, *several)
    add(lead, register, "R11")
    cancel(lead, ended)

    found = shown(client_for(lead).get(ADDRESS))

    assert found == [
        ("R2", [f"Open {number}" for number in range(5)], 2),
        ("R10", ["Open 0", "Ended"], 0),
        ("R11", [], 0),
    ]


@pytest.mark.parametrize(
    ("asked", "codes"),
    [("", ["R1", "R2", "R3"]), ("open", ["R1"]), ("ended", ["R2"]), ("none", ["R3"]), ("bogus", ["R1", "R2", "R3"])],
)
def test_the_risks_are_filtered_by_what_is_done(lead, register, client_for, asked, codes):
    of = plan(lead)
    ended = action(lead, of, title="Ended")
    add(lead, register, "R1", ended, action(lead, of, title="Open"))
    add(lead, register, "R2", ended)
    add(lead, register, "R3")
    cancel(lead, ended)

    page = client_for(lead).get(ADDRESS, {"answered": asked})

    assert [code for code, *_rest in shown(page)] == codes
    assert ("answered" in page.context["page"].filter_form.errors) == (asked == "bogus")


def test_a_closed_risk_is_not_shown(lead, register, client_for):
    add(lead, register, "R1")
    entry = risks.risk(lead, register, "Gone")
    risks.close(lead, entry)

    assert [code for code, *_rest in shown(client_for(lead).get(ADDRESS))] == ["R1"]


def test_titles_are_searched_and_nothing_found_is_said(lead, register, client_for):
    add(lead, register, "R1")
    add(lead, register, "R2")
    client = client_for(lead)

    found = client.post(ADDRESS, {"search": "Risk R2"}, follow=True)
    nothing = client.post(ADDRESS, {"search": "weather"}, follow=True)

    assert [code for code, *_rest in shown(found)] == ["R2"]
    assert "No open risk fits this search and filter" in nothing.content.decode()


def test_twenty_stand_on_a_page(lead, register, client_for):
    for number in range(1, risk_list.PER_PAGE + 3):
        add(lead, register, f"R{number}")
    client = client_for(lead)

    first = client.get(ADDRESS)
    second = client.get(ADDRESS, {"after": first.context["page"].next_parameters["after"]})

    assert [code for code, *_rest in shown(first)] == [f"R{number}" for number in range(1, 21)]
    assert [code for code, *_rest in shown(second)] == ["R21", "R22"]


def test_who_may_read_risks_but_not_plans_sees_only_their_own_actions(organisation, lead, register):
    of = plan(lead)
    reader = acting_of(make_membership(organisation, "staff"))
    own = action(lead, of, title="Theirs to do", owner_id=reader.membership_id)
    found = add(lead, register, "R1", own, action(lead, of, title="Somebody else's"))

    with acting_as(reader):
        [answered] = risk_list.answered(reader, [found], NOW.date())

    assert ([line.action.title for line in answered.lines], answered.total) == (["Theirs to do"], 1)


def test_it_costs_the_same_queries_however_many_there_are(lead, register, client_for):
    of, client, counts = plan(lead), client_for(lead), []
    for begin, end in ((1, 2), (2, 9)):
        for number in range(begin, end):
            add(lead, register, f"R{number}", action(lead, of), action(lead, of))
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as captured:
            client.get(ADDRESS)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 12
