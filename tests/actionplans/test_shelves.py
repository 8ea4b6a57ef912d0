"""Long plans and boards: the first of each group, all of them counted, and each person sees only what is theirs."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplans import actions, shelves
from actionplans.workflow import Status
from foundation.core.acting import acting_as
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.actionplans import action, complete, plan, risk
from tests.factories.evidence import note

TODAY = NOW.date()


@pytest.fixture
def of(lead):
    return plan(lead)


def titles(shelf) -> list[str]:
    return [line.action.title for line in shelf.lines]


def of_plan(lead, of):
    with acting_as(lead):
        return shelves.of_plan(lead, of, TODAY)


def test_a_plan_shows_the_first_of_each_objective_and_counts_all(lead, of):
    late = {"starts_on": TODAY - timedelta(days=20), "due_on": TODAY - timedelta(days=1)}
    drifting = {"starts_on": TODAY - timedelta(days=10), "due_on": TODAY + timedelta(days=10)}
    coming = {"starts_on": TODAY, "due_on": TODAY + timedelta(days=40)}
    with acting_as(lead):
        objective = actions.add_objective(plan_id=of.pk, title="Safer venues", by=lead, now=NOW)
        actions.add_objective(plan_id=of.pk, title="Nothing yet", by=lead, now=NOW)
    for title, days in (("Third", coming), ("First", late), ("Second", drifting)):
        row = action(lead, of, title=title, **days)
        with acting_as(lead):
            actions.change_action(
                action_id=row.pk, version=1, plan_id=of.pk, objective_id=objective.pk,
                description=actions.Description(
                    title=title, success_measure="Signed", owner_id=lead.membership_id,
                    accountable_id=lead.membership_id, **days,
                ),
                supporter_ids=(), by=lead, now=NOW,
            )  # fmt: skip
    complete(lead, action(lead, of, title="Under no objective", **coming))

    found, counts = of_plan(lead, of)

    by_title = {shelf.title: (titles(shelf), shelf.total, shelf.more) for shelf in found}
    assert by_title == {
        "Safer venues": (["First", "Second", "Third"], 3, 0),
        "Nothing yet": ([], 0, 0),
        "": (["Under no objective"], 1, 0),
    }
    assert (counts.total, counts.done, counts.overdue, counts.drifting, counts.reported) == (4, 1, 1, 1, 0)


def test_what_is_not_shown_of_a_long_plan_is_counted(lead, of):
    for number in range(shelves.MOST + 3):
        action(lead, of, title=f"Action {number:02}", due_on=date(2026, 12, 1) + timedelta(days=number))

    [shelf], counts = of_plan(lead, of)

    assert (len(shelf.lines), shelf.total, shelf.more, counts.total) == (25, 28, 3, 28)
    assert titles(shelf)[0] == "Action 00"
    assert "Action 27" not in titles(shelf)


def test_a_board_shows_what_is_due_first_and_what_ended_last(lead, of):
    for title, days in (("Later", 20), ("Sooner", 10)):
        action(lead, of, title=title, due_on=date(2026, 12, 1) + timedelta(days=days))
    for title, days in (("Done before", 2), ("Done after", 1)):
        complete(lead, action(lead, of, title=title), now=NOW - timedelta(days=days))

    with acting_as(lead):
        found = dict(shelves.board(lead, TODAY, plan=of))
        elsewhere = dict(shelves.board(lead, TODAY, plan=plan(lead)))
        everywhere = dict(shelves.board(lead, TODAY, plan=None))

    assert titles(found[Status.NOT_STARTED]) == ["Sooner", "Later"]
    assert titles(found[Status.DONE]) == ["Done after", "Done before"]
    assert [shelf.total for shelf in elsewhere.values()] == [0] * len(Status)
    assert [shelf.total for shelf in everywhere.values()] == [shelf.total for shelf in found.values()]


def test_a_board_of_all_plans_leaves_out_closed_ones(lead, of):
    complete(lead, action(lead, of))
    with acting_as(lead):
        actions.activate_plan(plan_id=of.pk, by=lead, now=NOW)
        actions.close_plan(plan_id=of.pk, note="Done", by=lead, now=NOW)

        everywhere, chosen = shelves.board(lead, TODAY, plan=None), shelves.board(lead, TODAY, plan=of)

    assert sum(shelf.total for _status, shelf in everywhere) == 0
    assert sum(shelf.total for _status, shelf in chosen) == 1


def test_who_may_not_read_plans_sees_their_own_actions_on_the_board(lead, of, organisation):
    worker = acting_of(make_membership(organisation, name="Wanda Worker"))
    action(lead, of, title="Theirs", owner_id=worker.membership_id)
    action(lead, of, title="Somebody else's")

    with acting_as(worker):
        found = dict(shelves.board(worker, TODAY, plan=None))
        nothing = shelves.of_plan(worker, of, TODAY)

    assert titles(found[Status.NOT_STARTED]) == ["Theirs"]
    assert found[Status.NOT_STARTED].total == 1
    assert nothing == ([], shelves.Counts())


def test_the_page_of_an_action_costs_the_same_however_much_is_linked(lead, of, organisation, client_for):
    helper = make_membership(organisation, name="Hilda Helper")
    row = action(lead, of, supporters=[helper.pk])
    browser, address = client_for(lead), f"/action-plans/actions/{row.reference}/"

    def add(number: int) -> None:
        other, found = action(lead, of), risk(lead, f"R{number}")
        item = note(lead, f"Evidence {number}")
        common = {"action_id": row.pk, "by": lead, "now": NOW}
        with acting_as(lead):
            actions.link_risk(risk_id=found.pk, **common)
            actions.add_dependency(needs_id=other.pk, **common)
            actions.link_evidence(evidence_id=item.pk, **common)
            actions.report_progress(note=f"Note {number}", percent=10, **common)
            actions.comment(text=f"Said {number}", mention_ids=[lead.membership_id], **common)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(
            [each for each in captured if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
        )

    add(1)
    browser.get(address)
    few = queries()
    for number in range(2, 6):
        add(number)

    assert (queries(), few) == (few, 14)
    page = browser.get(address).content.decode()
    assert page.count("Note ") >= 5
    assert "Hilda Helper" in page
