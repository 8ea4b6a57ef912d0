"""Progress, due dates and ratings: who may, what is kept, and what is refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from actionplans import actions
from actionplans.models import Action, DueChange, Progress
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.organisations.models import Team
from tests.actionplans.seen import as_it_stands, verbs
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.actionplans import action, complete

LATER = NOW + timedelta(days=1)


def test_an_owner_without_any_role_starts_notes_and_completes_their_own_action(owner, lead, theirs):
    with acting_as(owner):
        actions.start(action_id=theirs.pk, by=owner, now=NOW)
        noted = actions.report_progress(action_id=theirs.pk, note="Half of them", percent=50, by=owner, now=NOW)
    done = complete(owner, theirs, impact="Fewer bookings refused late", now=LATER)

    assert (noted.status, noted.percent) == ("in_progress", 50)
    assert (done.status, done.outcome, done.percent, done.finished_on) == (
        "done",
        "All signed",
        100,
        date(2026, 11, 24),
    )
    assert [verb for verb in verbs(lead, theirs) if verb.startswith("action.")] == [
        "action.added",
        "action.started",
        "action.progressed",
        "action.completed",
    ]


def test_the_members_of_a_team_do_what_their_team_owns(lead, organisation, theirs):
    with acting_as(lead):
        team = Team.objects.create(organisation=organisation, name="Lettings")
    member = make_membership(organisation)
    with acting_as(lead):
        member.team = team
        member.save(update_fields=["team"])
    colleague = acting_of(member)
    row = action(lead, owner_id=None, team_id=team.pk)

    with acting_as(colleague):
        actions.start(action_id=row.pk, by=colleague, now=NOW)
        with pytest.raises(Action.DoesNotExist):
            actions.start(action_id=theirs.pk, by=colleague, now=NOW)

    assert as_it_stands(lead, row).status == "in_progress"


def test_a_supporter_sees_the_action_and_leaves_its_state_to_its_owner(lead, organisation):
    helper = acting_of(make_membership(organisation))
    row = action(lead, supporters=[helper.membership_id])

    with acting_as(helper), pytest.raises(PermissionDenied, match="Only its owner"):
        actions.start(action_id=row.pk, by=helper, now=NOW)

    assert as_it_stands(lead, row).status == "not_started"


@pytest.mark.parametrize("role", ["senior_approver", "board_member", "assurer", "records_manager"])
def test_who_reads_plans_does_not_change_them(lead, acting_for, role):
    reader, row = acting_for(role), action(lead)
    with acting_as(reader):
        for do in (
            lambda: actions.start(action_id=row.pk, by=reader, now=NOW),
            lambda: actions.cancel(action_id=row.pk, reason="No", by=reader, now=NOW),
            lambda: actions.rate(action_id=row.pk, version=1, rag="red", reason="No", by=reader, now=NOW),
            lambda: actions.reassign(from_id=lead.membership_id, to_id=reader.membership_id, by=reader, now=NOW),
            lambda: actions.add_objective(plan_id=row.plan_id, title="Mine", by=reader, now=NOW),
        ):
            with pytest.raises(PermissionDenied):
                do()

    assert as_it_stands(lead, row).status == "not_started"


def test_another_organisations_lead_finds_no_action(lead, other_organisation):
    row = action(lead)
    outsider = acting_of(make_membership(other_organisation, "prevent_lead"))

    with acting_as(outsider), pytest.raises(Action.DoesNotExist):
        actions.start(action_id=row.pk, by=outsider, now=NOW)


def test_a_moved_due_date_keeps_the_first_one_and_every_move(lead):
    row = action(lead)
    with acting_as(lead):
        actions.move_due(action_id=row.pk, version=1, due_on=date(2027, 1, 31), reason="Caterer", by=lead, now=NOW)
        actions.move_due(action_id=row.pk, version=2, due_on=date(2027, 2, 28), reason="Snow", by=lead, now=LATER)
        moves = list(DueChange.objects.filter(action=row).order_by("pk").values_list("before_on", "due_on", "reason"))

    standing = as_it_stands(lead, row)
    assert (standing.original_due_on, standing.due_on) == (date(2026, 12, 31), date(2027, 2, 28))
    assert moves == [
        (date(2026, 12, 31), date(2027, 1, 31), "Caterer"),
        (date(2027, 1, 31), date(2027, 2, 28), "Snow"),
    ]


@pytest.mark.parametrize(
    ("due_on", "reason", "why"),
    [
        (date(2026, 9, 30), "Early", "cannot be due before it starts"),
        (date(2026, 12, 31), "Same", "due on that day already"),
        (date(2027, 1, 31), " ", "Say why the due date moves"),
    ],
)
def test_a_due_date_does_not_move_just_anywhere(lead, due_on, reason, why):
    row = action(lead)

    with acting_as(lead), pytest.raises(RuleBroken, match=why):
        actions.move_due(action_id=row.pk, version=1, due_on=due_on, reason=reason, by=lead, now=NOW)

    assert as_it_stands(lead, row).due_on == date(2026, 12, 31)


def test_an_own_rating_needs_a_reason_and_changes_nothing_that_is_computed(lead):
    row = action(lead, due_on=date(2026, 11, 1))
    with acting_as(lead):
        with pytest.raises(RuleBroken, match="Say why you rate it so"):
            actions.rate(action_id=row.pk, version=1, rag="green", reason=" ", by=lead, now=NOW)
        actions.rate(action_id=row.pk, version=1, rag="green", reason="Nearly there", by=lead, now=NOW)

        overdue = Action.objects.visible_to(lead).overdue(date(2026, 11, 23)).exists()

    assert (as_it_stands(lead, row).rag, overdue) == ("green", True)


def test_on_hold_needs_a_reason_and_is_resumed(lead):
    row = action(lead)
    with acting_as(lead):
        actions.start(action_id=row.pk, by=lead, now=NOW)
        with pytest.raises(RuleBroken, match="Say why the action is on hold"):
            actions.hold(action_id=row.pk, reason=" ", by=lead, now=NOW)
        actions.hold(action_id=row.pk, reason="Waiting for the insurer", by=lead, now=NOW)
        with pytest.raises(RuleBroken, match="cannot become done"):
            actions.complete(action_id=row.pk, outcome="Done", by=lead, now=NOW)
        actions.resume(action_id=row.pk, by=lead, now=LATER)
        states = list(Progress.objects.filter(action=row).order_by("pk").values_list("status", flat=True))

    assert states == ["in_progress", "on_hold", "in_progress"]


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_percentage_beyond_the_scale_is_refused(lead, percent):
    row = action(lead)

    with acting_as(lead), pytest.raises(RuleBroken, match="from 0 to 100"):
        actions.report_progress(action_id=row.pk, note="So far", percent=percent, by=lead, now=NOW)
