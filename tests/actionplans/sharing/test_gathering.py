"""Gathering what members report in the partnership's own plan, and who sees it there."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from actionplans import actions, gathering, holders, queries, shelves
from actionplans.models import Action, Gathered, Plan, Progress, ReportedAction
from actionplans.standing import Sign
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.core.prepared import answers
from foundation.ledger import acting_system
from foundation.ledger.models import Event
from foundation.organisations.models import PartnershipMember
from foundation.organisations.roles import ROLES, Role
from tests.actionplans.sharing.ground import lead_of
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import actionplans as factories
from tests.factories.partnerships import join, partnership

LATER = NOW + timedelta(days=3)
TODAY = NOW.date()


# ---- The partnership places it
def test_a_reported_action_stands_in_the_partnerships_plan_beside_its_own(owner, board, chair, row, plan, objectives):
    reported = factories.report(owner, board, row)
    own = factories.action(chair, plan, title="Ours", due_on=date(2026, 11, 1))
    objective = objectives[1]

    factories.place(chair, reported, plan, objective)

    with acting_as(chair):
        groups = {group.title: group.lines for group in queries.by_objective(chair, plan, TODAY)}
        [placed] = groups[objective.title]
        owners = [holder.name for holder in holders.page_of(chair, TODAY, 1).items]
        event = Event.objects.get(verb="reported_action.placed")
    assert (str(placed.action), placed.owner, placed.member, placed.own) == (
        "A1 Brief all hirers", "Ashmere District Council", "Ashmere District Council", None,
    )  # fmt: skip
    assert placed.signs == [Sign.LATE_START]
    assert [line.action for line in groups[""]] == [own]
    assert "Ashmere District Council" in owners
    assert event.facts == f'{{"plan":"{plan.reference}"}}'


def test_a_placed_action_can_be_moved_and_taken_out(owner, board, chair, row, plan, objectives):
    reported = factories.report(owner, board, row)
    factories.place(chair, reported, plan, objectives[0])
    other = factories.plan(chair, title="Other")

    factories.place(chair, reported, other)
    with acting_as(chair):
        moved = Gathered.objects.get()
        actions.leave_out_reported(reported_id=reported.pk, by=chair, now=LATER)
        left = gathering.waiting(chair)

    assert (moved.plan_id, moved.objective_id, left) == (other.pk, None, 1)
    with acting_as(chair), pytest.raises(RuleBroken, match="stands in no plan"):
        actions.leave_out_reported(reported_id=reported.pk, by=chair, now=LATER)


@pytest.mark.parametrize("role", [role for role in Role if "plan.edit" not in ROLES[role].permissions])
def test_who_may_not_write_plans_does_not_place(owner, board, chair, row, plan, role):
    reported = factories.report(owner, board, row)
    colleague = acting_of(make_membership(board, role))

    with pytest.raises(PermissionDenied, match="can change action plans"):
        factories.place(colleague, reported, plan)
    with acting_as(colleague), pytest.raises(PermissionDenied, match="can change action plans"):
        actions.leave_out_reported(reported_id=reported.pk, by=colleague, now=NOW)


def test_it_is_not_placed_in_a_closed_plan_nor_under_another_plans_objective(
    owner, board, chair, row, plan, objectives
):
    reported = factories.report(owner, board, row)
    closed = factories.active(chair).plan
    with acting_as(chair):
        actions.cancel(action_id=Action.objects.get(plan=closed).pk, reason="Not needed", by=chair, now=NOW)
        actions.close_plan(plan_id=closed.pk, note="Over", by=chair, now=NOW)

    with pytest.raises(RuleBroken, match="This plan is closed"):
        factories.place(chair, reported, closed)
    with pytest.raises(RuleBroken, match="Choose an objective of the plan"):
        factories.place(chair, reported, factories.plan(chair, title="Other"), objectives[0])


def test_what_was_taken_back_is_gone_from_the_plan_and_cannot_be_placed(owner, board, chair, row, plan):
    reported = factories.report(owner, board, row)
    factories.place(chair, reported, plan)

    factories.take_back(owner, reported)

    with acting_as(chair):
        lines = [line for group in queries.by_objective(chair, plan, TODAY) for line in group.lines]
        listed = gathering.with_places(chair).count()
    assert (lines, listed) == ([], 0)
    with pytest.raises(RuleBroken, match="does not report this action any more"):
        factories.place(chair, reported, plan)


def test_the_member_alone_moves_it(owner, board, chair, row):
    factories.report(owner, board, row)

    with acting_as(chair), pytest.raises(Action.DoesNotExist):
        actions.start(action_id=row.pk, by=chair, now=NOW)


def test_the_database_places_nothing_that_is_not_reported_to_the_one_who_places_it(committed, owner, board, row):
    reported = factories.report(owner, board, row)
    stranger = lead_of(partnership("Elsewhere Prevent Partnership"))
    theirs = factories.plan(stranger)

    with acting_as(stranger), pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        Gathered.objects.create(
            organisation=stranger.organisation, reported_id=reported.pk, plan=theirs, placed_at=NOW,
            placed_by=stranger.membership,
        )  # fmt: skip


# ---- Who sees it
@pytest.fixture
def viewers(board, owner, chair):
    other = make_organisation("Brindle Valley District Council")
    join(board, other)
    return {
        "partnership": chair,
        "member": owner,
        "other member": lead_of(other),
        "outsider": lead_of(make_organisation("Elsewhere County Council")),
        "other partnership": lead_of(partnership("Elsewhere Prevent Partnership")),
    }


NOTHING, OPEN = (0, 0), (1, 1)
KEPT = {"partnership": NOTHING, "member": OPEN} | dict.fromkeys(
    ("other member", "outsider", "other partnership"), NOTHING
)
MATRIX = {
    "not reported": KEPT | {"member": NOTHING},
    "reported": KEPT | {"partnership": OPEN},
    "taken back": KEPT,
    "left": KEPT,
}


@pytest.mark.parametrize("state", list(MATRIX))
def test_who_sees_a_reported_action_and_that_nothing_behind_it_opens(committed, board, owner, row, viewers, state):
    if state != "not reported":
        reported = factories.report(owner, board, row)
        if state == "taken back":
            factories.take_back(owner, reported)
        if state == "left":
            with acting_system("provision"):
                PartnershipMember.objects.filter(member=owner.organisation).update(ends_on=TODAY - timedelta(days=10))

    seen = {}
    for who, acting in viewers.items():
        with acting_as(acting):
            seen[who] = (ReportedAction.objects.visible_to(acting).count(), ReportedAction.objects.count())
            behind = [model.objects.count() for model in (Plan, Action, Progress)]
        assert (who, behind) == (who, [1, 1, 0] if who == "member" else [0, 0, 0])

    assert seen == MATRIX[state]


@pytest.mark.parametrize("role", list(Role))
def test_in_the_partnership_those_who_read_plans_see_it(committed, board, owner, row, role):
    factories.report(owner, board, row)
    acting = acting_of(make_membership(board, role))

    with acting_as(acting):
        count = gathering.with_places(acting).count()

    assert count == (1 if "plan.view" in ROLES[role].permissions else 0)


def test_the_page_of_a_plan_counts_all_that_members_report_and_shows_the_first_by_due_date(
    owner, board, chair, plan, objectives
):
    late, drifting = {"due_on": TODAY - timedelta(days=1)}, {"due_on": TODAY + timedelta(days=90)}
    for number, days in enumerate((late, late, drifting, drifting)):
        row = factories.active(owner, title=f"Action {number}", starts_on=TODAY - timedelta(days=9), **days)
        factories.place(chair, factories.report(owner, board, row), plan, objectives[0])
    done = factories.active(owner, title="Done", starts_on=TODAY, due_on=TODAY)
    factories.place(chair, factories.report(owner, board, done), plan)
    factories.complete(owner, done)
    factories.action(chair, plan, title="Ours", starts_on=TODAY, due_on=TODAY + timedelta(days=9))

    with acting_as(chair):
        [changes] = answers(*gathering.asking_changes(chair))
        heaps = gathering.heaps(chair, TODAY, gathering.By.OBJECTIVE, changes, plan=plan, most=2)
        found, counts = shelves.of_plan(chair, plan, TODAY)

    assert [[line.action.title for line in heap.lines] for heap in heaps] == [["Action 0", "Action 1"], ["Done"]]
    shown = {shelf.title: ([str(line.action.title) for line in shelf.lines], shelf.total) for shelf in found}
    assert shown[objectives[0].title] == ([f"Action {number}" for number in range(4)], 4)
    assert shown[""] == (["Done", "Ours"], 2)
    assert counts == shelves.Counts(total=6, reported=5, done=1, overdue=2, drifting=2)


# ---- Growth
@pytest.mark.parametrize("count", [1, 7])
def test_the_pages_cost_the_same_queries_however_much_is_reported(
    committed, board, owner, chair, client_for, plan, count, objectives
):
    for number in range(count):
        row = factories.active(owner, title=f"Action {number}")
        factories.place(chair, factories.report(owner, board, row), plan, objectives[0])
    gathers, reports = client_for(chair), client_for(owner)
    found = {}

    for client, address in (
        (gathers, "/action-plans/gathered/?place=all"),
        (gathers, f"/action-plans/{plan.reference}/"),
        (gathers, "/action-plans/board/"),
        (gathers, "/action-plans/by-owner/"),
        (reports, "/action-plans/reporting/"),
    ):
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address)
        assert "Action 0" in page.content.decode()
        found[address.replace(plan.reference, "…")] = len(captured)

    assert found == QUERIES


QUERIES = {
    "/action-plans/gathered/?place=all": 8,
    "/action-plans/…/": 12,
    "/action-plans/board/": 10,
    "/action-plans/by-owner/": 9,
    "/action-plans/reporting/": 9,
}
