"""Beginning the next year's plan: what comes along, what stays, and what is refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction

from actionplans import actions, gathering
from actionplans.models import Action, Carried, Objective, Plan
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from foundation.organisations.roles import ROLES, Role
from risk.models import Risk
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import actionplans as factories
from tests.factories.partnerships import join, partnership

LATER = NOW + timedelta(days=120)
NEXT = {"title": "Prevent plan 2027", "period_from": date(2027, 4, 1), "period_to": date(2028, 3, 31)}


def begin(by, plan, *rows, now=LATER, **fields):
    with acting_as(by):
        return actions.begin_next_plan(
            plan_id=plan.pk, action_ids=[row.pk for row in rows], by=by, now=now, **NEXT | fields
        )


@pytest.fixture
def plan(lead):
    """An active plan with objectives and two actions: A1 under the second of them, A2 under none."""
    made = factories.plan(lead, grouping="objectives")
    with acting_as(lead):
        objective = made.objectives.all()[1]
        actions.add_action(
            plan_id=made.pk, objective_id=objective.pk, description=factories.described(lead), by=lead, now=NOW
        )
    factories.action(lead, made, title="Other")
    with acting_as(lead):
        return actions.activate_plan(plan_id=made.pk, by=lead, now=NOW)


@pytest.fixture
def rows(lead, plan):
    with acting_as(lead):
        return list(Action.objects.filter(plan=plan).order_by("number"))


def test_the_next_plan_has_the_objectives_of_this_one_and_follows_it(lead, plan, rows):
    following = begin(lead, plan, *rows)

    with acting_as(lead):
        titles = [
            list(Objective.objects.filter(plan=each).values_list("title", "position")) for each in (plan, following)
        ]
        event = Event.objects.get(verb="plan.continued")
    assert titles[0] == titles[1] != []
    assert (following.follows_id, following.title, following.grouping) == (plan.pk, "Prevent plan 2027", "objectives")
    assert (following.period_from, following.period_to) == (date(2027, 4, 1), date(2028, 3, 31))
    assert (following.summary, following.marking, following.owner_id) == (plan.summary, plan.marking, plan.owner_id)
    assert event.facts == f'{{"actions":2,"before":"{plan.reference}"}}'


def test_a_carried_action_keeps_its_reference_history_links_and_first_due_date(lead, plan, rows):
    first, _other = rows
    risk = factories.risk(lead)
    with acting_as(lead):
        actions.link_risk(action_id=first.pk, risk_id=risk.pk, by=lead, now=NOW)
        actions.report_progress(action_id=first.pk, note="Half", percent=50, by=lead, now=NOW)
        actions.move_due(action_id=first.pk, version=1, due_on=date(2027, 6, 1), reason="Ill", by=lead, now=NOW)

    following = begin(lead, plan, first)

    with acting_as(lead):
        now = Action.objects.get(pk=first.pk)
        moved = Carried.objects.get()
        event = Event.objects.get(verb="action.carried")
        assert (now.plan, now.objective.title) == (following, first.objective.title)
        assert now.objective.plan_id == following.pk
        assert (now.code, now.reference, now.original_due_on) == ("A1", first.reference, first.original_due_on)
        assert (now.notes.count(), now.due_changes.count()) == (1, 1)
        assert [link.risk for link in now.risk_links.all()] == list(Risk.objects.all())
    assert (moved.action_id, moved.before_id, moved.after_id) == (first.pk, plan.pk, following.pk)
    assert (moved.carried_at, moved.carried_by_id) == (LATER, lead.membership_id)
    assert event.facts == f'{{"after":"{following.reference}","before":"{plan.reference}","code":"A1"}}'


def test_what_is_not_ticked_stays_and_keeps_the_plan_open_until_it_is_ended(lead, plan, rows):
    first, other = rows
    begin(lead, plan, first)

    with acting_as(lead):
        with pytest.raises(RuleBroken, match="Complete, cancel or move the open actions"):
            actions.close_plan(plan_id=plan.pk, note="Over", by=lead, now=LATER)
        actions.cancel(action_id=other.pk, reason="Not needed", by=lead, now=LATER)
        closed = actions.close_plan(plan_id=plan.pk, note="Over", by=lead, now=LATER)

    assert (closed.status, other.plan_id) == ("closed", plan.pk)


@pytest.mark.parametrize(("count", "status"), [(0, "draft"), (1, "active")])
def test_with_actions_in_hand_the_next_plan_is_active_at_once(lead, plan, rows, count, status):
    following = begin(lead, plan, *rows[:count])

    assert following.status == status
    assert (following.activated_at is not None) == (status == "active")


def test_what_is_reported_of_a_carried_action_goes_on(lead, organisation, plan, rows):
    board = partnership()
    join(board, organisation)
    reported = factories.report(lead, board, rows[0])

    begin(lead, plan, *rows)

    with acting_as(lead):
        reported.refresh_from_db()
    assert reported.ended_at is None


# ---- What members report
def test_gathered_actions_move_to_the_same_objective_and_those_taken_back_do_not(db):
    board, member = partnership(), make_organisation("Ashmere District Council")
    join(board, member)
    chair, owner = (acting_of(make_membership(each, "prevent_lead")) for each in (board, member))
    plan = factories.plan(chair, grouping="objectives")
    factories.action(chair, plan)
    with acting_as(chair):
        actions.activate_plan(plan_id=plan.pk, by=chair, now=NOW)
        objective = plan.objectives.all()[1]
    goes, back = (factories.report(owner, board, factories.active(owner, title=title)) for title in ("Goes", "Back"))
    places = [factories.place(chair, each, plan, objective) for each in (goes, back)]
    factories.take_back(owner, back)

    following = begin(chair, plan, gathered_ids=[place.pk for place in places])

    with acting_as(chair):
        [line] = gathering.lines(chair, following, LATER.date())
        renewed = Objective.objects.get(pk=line.objective_id)
        left = gathering.lines(chair, plan, LATER.date())
    assert (line.action.title, renewed.title, renewed.plan_id) == ("Goes", objective.title, following.pk)
    assert left == []


# ---- Refusals
@pytest.mark.parametrize("role", [role for role in Role if "plan.edit" not in ROLES[role].permissions])
def test_who_may_not_write_plans_begins_none(acting_for, lead, plan, role):
    colleague = acting_for(role)

    with pytest.raises(PermissionDenied, match="can change action plans"):
        begin(colleague, plan)

    with acting_as(lead):
        assert Plan.objects.count() == 1


def test_another_organisations_plan_is_not_there(other_organisation, plan):
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))

    with pytest.raises(Plan.DoesNotExist):
        begin(stranger, plan)


def test_a_plan_is_followed_once(lead, plan, rows):
    begin(lead, plan, rows[0])

    with pytest.raises(RuleBroken, match="begun already"):
        begin(lead, plan, rows[1])


def test_a_draft_is_not_followed(lead):
    with pytest.raises(RuleBroken, match="Only an active plan"):
        begin(lead, factories.plan(lead))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"period_to": date(2027, 3, 1)}, "cannot end before it begins"),
        ({"period_from": date(2026, 4, 1)}, "must begin after this one"),
    ],
)
def test_the_period_must_come_after(lead, plan, fields, said):
    with pytest.raises(RuleBroken, match=said):
        begin(lead, plan, **fields)


def test_an_action_completed_meanwhile_is_not_carried_and_nothing_is_begun(lead, plan, rows):
    factories.complete(lead, rows[0])

    with pytest.raises(RuleBroken, match="was completed, cancelled or moved meanwhile"):
        begin(lead, plan, *rows)

    with acting_as(lead):
        assert (Plan.objects.count(), Carried.objects.count()) == (1, 0)


def test_the_record_of_what_was_carried_cannot_be_changed(lead, plan, rows):
    begin(lead, plan, *rows)

    with acting_as(lead), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Carried.objects.update(carried_at=NOW)


# ---- At once
def test_two_who_begin_it_at_once_begin_one(committed, lead, organisation, plan, rows, backup):
    second = acting_of(make_membership(organisation, "prevent_lead"))

    results = at_once(lambda: begin(lead, plan, *rows), lambda: begin(second, plan, *rows))

    assert [type(each) for each in results if isinstance(each, Exception)] == [RuleBroken]
    assert (backup(Plan).count(), backup(Carried).count()) == (2, 2)


def test_an_action_completed_at_the_same_moment_is_done_in_one_plan(committed, lead, plan, rows, backup):
    results = at_once(lambda: begin(lead, plan, *rows), lambda: factories.complete(lead, rows[0], now=LATER))

    row = backup(Action).get(pk=rows[0].pk)
    refused = [each for each in results if isinstance(each, Exception)]
    assert [type(each) for each in refused] in ([], [RuleBroken])
    assert row.status == "done" or refused
    assert (row.plan_id == plan.pk) == (backup(Carried).count() == 0)


# ---- The pages
def test_from_the_plan_the_next_one_is_begun_with_everything_ticked(lead, plan, rows, client_for):
    client = client_for(lead)
    address = f"{plan.get_absolute_url()}next/"

    form = client.get(address).context["form"]
    posted = client.post(
        address,
        {
            "title": "Next", "action_ids": [str(rows[0].pk)], "period_from_0": "1", "period_from_1": "4",
            "period_from_2": "2027", "period_to_0": "31", "period_to_1": "3", "period_to_2": "2028",
        },
        follow=True,
    )  # fmt: skip

    assert form.initial["action_ids"] == [row.pk for row in rows]
    assert form.initial["title"] == "Prevent plan 2027"
    assert (form.initial["period_from"], form.initial["period_to"]) == (date(2027, 4, 1), date(2028, 3, 31))
    assert "The next plan is begun" in posted.content.decode()
    old = client.get(plan.get_absolute_url()).content.decode()
    assert "Carried forward to “Next”" in old
    assert f"{plan.get_absolute_url()}next/" not in old
    assert (
        "Carried forward from “Prevent plan 2026” to “Next”" in client.get(rows[0].get_absolute_url()).content.decode()
    )


def test_a_wrong_period_is_said_beside_its_field_and_nothing_typed_is_lost(lead, plan, client_for):
    page = client_for(lead).post(
        f"{plan.get_absolute_url()}next/",
        {
            "title": "Typed", "period_from_0": "1", "period_from_1": "4", "period_from_2": "2027", "period_to_0": "1",
            "period_to_1": "3", "period_to_2": "2027",
        },
    )  # fmt: skip

    assert page.context["form"].errors == {"period_to": ["The plan cannot end before it begins"]}
    assert 'value="Typed"' in page.content.decode()
