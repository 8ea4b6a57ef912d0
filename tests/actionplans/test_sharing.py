"""Reporting an action to a partnership, taking it back, and gathering it in the partnership's plan."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from actionplans import actions, gathering, queries
from actionplans.gathering import Reporting
from actionplans.models import Action, Gathered, Plan, Progress, ReportedAction
from actionplans.models.sharing import FACTS
from actionplans.standing import Sign
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger import acting_system
from foundation.ledger.models import Event
from foundation.organisations.models import PartnershipMember
from foundation.organisations.roles import ROLES, Role
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import actionplans as factories
from tests.factories.partnerships import join, partnership

LATER = NOW + timedelta(days=3)
TODAY = NOW.date()


def lead_of(organisation):
    return acting_of(make_membership(organisation, "prevent_lead"))


@pytest.fixture
def board(_database):
    return partnership()


@pytest.fixture
def member(board):
    made = make_organisation("Ashmere District Council")
    join(board, made)
    return made


@pytest.fixture
def owner(member):
    """The Prevent lead of the member."""
    return lead_of(member)


@pytest.fixture
def chair(board):
    """The Prevent lead of the partnership."""
    return lead_of(board)


@pytest.fixture
def row(owner):
    """A1 of an active plan of the member."""
    return factories.active(owner)


@pytest.fixture
def plan(chair):
    """A plan of the partnership, with objectives."""
    return factories.plan(chair, title="Partnership plan", grouping="objectives")


@pytest.fixture
def objectives(chair, plan):
    """Those of the partnership's plan."""
    with acting_as(chair):
        return list(plan.objectives.all())


def facts_of(row):
    return {name: getattr(row, name) for name in FACTS}


# ---- What is reported
def test_an_action_is_reported_with_its_words_and_its_facts_and_an_event(owner, board, row):
    reported = factories.report(owner, board, row, comment=" For all of us. ", now=LATER)

    with acting_as(owner):
        event = Event.objects.get(verb="reported_action.reported")
    assert (reported.code, reported.title, reported.success_measure, reported.comment) == (
        "A1", "Brief all hirers", "9 of 10 hirers signed", "For all of us.",
    )  # fmt: skip
    assert facts_of(reported) == facts_of(row)
    assert (reported.reported_at, reported.reported_by_id, reported.ended_at) == (LATER, owner.membership_id, None)
    assert event.facts == '{"code":"A1","partnership":"severnshire-prevent-partnership","renewed":false}'


def test_words_stay_as_they_were_when_the_action_is_reworded(owner, board, row):
    reported = factories.report(owner, board, row)

    with acting_as(owner):
        actions.change_action(
            action_id=row.pk, version=row.version, plan_id=row.plan_id, objective_id=None,
            description=factories.described(
                owner, title="Secret name", success_measure="Other", starts_on=date(2026, 9, 1)
            ),
            by=owner, now=LATER,
        )  # fmt: skip
        reported.refresh_from_db()
        [own] = gathering.own(owner, TODAY)

    assert (reported.title, reported.success_measure) == ("Brief all hirers", "9 of 10 hirers signed")
    assert reported.starts_on == date(2026, 9, 1)
    assert own.state == Reporting.REWORDED


DEEDS = {
    "start": lambda by, row: actions.start(**by),
    "hold": lambda by, row: (actions.start(**by), actions.hold(reason="Waiting", **by)),
    "resume": lambda by, row: (actions.start(**by), actions.hold(reason="Waiting", **by), actions.resume(**by)),
    "note": lambda by, row: actions.report_progress(note="Half done", percent=50, **by),
    "due": lambda by, row: actions.move_due(version=row.version, due_on=date(2027, 2, 1), reason="Ill", **by),
    "rating": lambda by, row: actions.rate(version=row.version, rag="amber", reason="Slow", **by),
    "complete": lambda by, row: actions.complete(outcome="Signed", **by),
    "cancel": lambda by, row: actions.cancel(reason="Not needed", **by),
    "reopen": lambda by, row: (actions.cancel(reason="Not needed", **by), actions.reopen(reason="Needed", **by)),
}


@pytest.mark.parametrize("deed", list(DEEDS))
def test_facts_follow_the_action_in_every_deed_about_it(committed, owner, board, row, backup, deed):
    factories.report(owner, board, row)
    before = facts_of(row)

    with acting_as(owner):
        DEEDS[deed]({"action_id": row.pk, "by": owner, "now": LATER}, row)

    [now], [reported] = backup(Action), backup(ReportedAction)
    assert facts_of(now) != before
    assert facts_of(reported) == facts_of(now)


def test_no_deed_saves_an_action_past_the_place_where_reports_follow():
    """A new deed that calls ``row.save`` itself would let a partnership read old facts."""
    folder = Path(actions.__file__).parent
    saving = {}
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save":
                words = {each.value for each in ast.walk(node) if isinstance(each, ast.Constant)}
                if words & (set(FACTS) - {"status"}):
                    saving[path.name] = node.lineno

    assert saving == {}


def test_what_was_taken_back_moves_no_more(committed, owner, board, row, backup):
    reported = factories.report(owner, board, row)
    factories.take_back(owner, reported, now=LATER)

    with acting_as(owner):
        actions.start(action_id=row.pk, by=owner, now=LATER)

    [ended] = backup(ReportedAction)
    assert (ended.status, ended.ended_at, ended.ended_how) == ("not_started", LATER, "taken_back")


def test_reporting_anew_ends_what_was_reported_before(owner, board, row):
    first = factories.report(owner, board, row)

    second = factories.report(owner, board, row, comment="Newer", now=LATER)

    with acting_as(owner):
        first.refresh_from_db()
    assert (first.ended_at, first.ended_how, second.ended_at) == (LATER, "renewed", None)


# ---- Refusals
@pytest.mark.parametrize("role", [role for role in Role if "plan.share" not in ROLES[role].permissions])
def test_a_role_that_may_not_report_neither_reports_nor_takes_back(owner, member, board, row, role):
    reported = factories.report(owner, board, row)
    colleague = acting_of(make_membership(member, role))

    with pytest.raises(PermissionDenied, match="Only a Prevent lead or a senior approver"):
        factories.report(colleague, board, row)
    with pytest.raises(PermissionDenied, match="Only a Prevent lead or a senior approver"):
        factories.take_back(colleague, reported)

    with acting_as(owner):
        assert ReportedAction.objects.filter(ended_at=None).count() == 1


def test_a_senior_approver_may_report_and_take_back(member, board, row):
    approver = acting_of(make_membership(member, "senior_approver"))

    assert factories.take_back(approver, factories.report(approver, board, row)).ended_how == "taken_back"


def test_what_was_taken_back_cannot_be_taken_back_again_and_can_be_reported_again(owner, board, row):
    reported = factories.report(owner, board, row)
    factories.take_back(owner, reported)

    with pytest.raises(RuleBroken, match="not reported any more"):
        factories.take_back(owner, reported)

    assert factories.report(owner, board, row, now=LATER).ended_at is None


def test_an_action_of_a_draft_is_not_reported(owner, board):
    with pytest.raises(RuleBroken, match="Only an action of an active plan"):
        factories.report(owner, board, factories.action(owner))


def test_an_action_that_changed_meanwhile_is_not_reported(owner, board, row):
    with acting_as(owner), pytest.raises(StaleVersion):
        actions.report_action(
            action_id=row.pk, partnership_id=board.pk, version=row.version + 1, comment="", by=owner, now=NOW
        )


def test_nothing_is_reported_to_a_partnership_one_does_not_belong_to_or_has_left(owner, member, row):
    stranger, left = partnership("Elsewhere Prevent Partnership"), partnership("Old Partnership")
    join(left, member, ends_on=TODAY - timedelta(days=1))

    for other in (stranger, left):
        with pytest.raises(RuleBroken, match="not a member of this partnership"):
            factories.report(owner, other, row)


def test_a_long_comment_is_refused(owner, board, row):
    with pytest.raises(RuleBroken, match="600 characters or fewer"):
        factories.report(owner, board, row, comment="x" * 601)


# ---- The partnership places it
def test_a_reported_action_stands_in_the_partnerships_plan_beside_its_own(owner, board, chair, row, plan, objectives):
    reported = factories.report(owner, board, row)
    own = factories.action(chair, plan, title="Ours", due_on=date(2026, 11, 1))
    objective = objectives[1]

    factories.place(chair, reported, plan, objective)

    with acting_as(chair):
        groups = {group.title: group.lines for group in queries.by_objective(chair, plan, TODAY)}
        [placed] = groups[objective.title]
        owners = [group.title for group in queries.by_owner(chair, TODAY)]
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
        listed = gathering.for_list(chair).count()
    assert (lines, listed) == ([], 0)
    with pytest.raises(RuleBroken, match="does not report this action any more"):
        factories.place(chair, reported, plan)


def test_the_member_alone_moves_it(owner, board, chair, row):
    factories.report(owner, board, row)

    with acting_as(chair), pytest.raises(Action.DoesNotExist):
        actions.start(action_id=row.pk, by=chair, now=NOW)


# ---- The database's own wall
def test_the_database_refuses_to_reword_what_is_reported_and_to_touch_what_ended(owner, board, row):
    reported = factories.report(owner, board, row)

    with acting_as(owner):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            ReportedAction.objects.update(title="Other")
        factories_end = ReportedAction.objects.filter(pk=reported.pk)
        factories.take_back(owner, reported)
        assert factories_end.update(status="done") == 0


def test_the_database_places_nothing_that_is_not_reported_to_the_one_who_places_it(committed, owner, board, row):
    reported = factories.report(owner, board, row)
    stranger = lead_of(partnership("Elsewhere Prevent Partnership"))
    theirs = factories.plan(stranger)

    with acting_as(stranger), pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        Gathered.objects.create(
            organisation=stranger.organisation, reported_id=reported.pk, plan=theirs, placed_at=NOW,
            placed_by=stranger.membership,
        )  # fmt: skip


# ---- At once
def test_two_who_report_at_once_leave_one_open(committed, member, board, backup):
    first, second = lead_of(member), lead_of(member)
    row = factories.active(first)

    at_once(lambda: factories.report(first, board, row), lambda: factories.report(second, board, row))

    assert sorted(backup(ReportedAction).values_list("ended_how", flat=True)) == ["", "renewed"]


def test_taking_back_while_the_partnership_places_it_leaves_nothing_to_see(committed, owner, board, chair, row, plan):
    reported = factories.report(owner, board, row)

    results = at_once(lambda: factories.take_back(owner, reported), lambda: factories.place(chair, reported, plan))

    assert [type(each) for each in results if isinstance(each, Exception)] in ([], [RuleBroken])
    with acting_as(chair):
        assert gathering.lines(chair, TODAY, plan=plan) == []


def test_two_who_place_it_in_two_plans_at_once_leave_it_in_one(committed, owner, board, chair, row, plan, backup):
    reported, other = factories.report(owner, board, row), factories.plan(chair, title="Other")
    second = lead_of(board)

    results = at_once(lambda: factories.place(chair, reported, plan), lambda: factories.place(second, reported, other))

    assert [type(each) for each in results if isinstance(each, Exception)] in ([], [RuleBroken])
    assert backup(Gathered).count() == 1


def test_progress_at_the_moment_it_is_reported_is_not_lost(committed, owner, board, row, backup):
    at_once(
        lambda: factories.report(owner, board, row),
        lambda: progress(owner, row),
    )

    [now], [reported] = backup(Action), backup(ReportedAction)
    assert facts_of(reported) == facts_of(now)


def progress(by, row):
    with acting_as(by):
        actions.report_progress(action_id=row.pk, note="Half", percent=50, by=by, now=LATER)


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
        count = gathering.for_list(acting).count()

    assert count == (1 if "plan.view" in ROLES[role].permissions else 0)


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
    "/action-plans/gathered/?place=all": 9,
    "/action-plans/…/": 15,
    "/action-plans/board/": 11,
    "/action-plans/by-owner/": 9,
    "/action-plans/reporting/": 10,
}
