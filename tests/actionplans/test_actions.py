"""What people do to actions: it works and is in the ledger, and each refusal leaves everything as it was."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from actionplans import actions
from actionplans.actions.finishing import Said
from actionplans.models import (
    Action,
    ActionEvidence,
    ActionRequirement,
    ActionRisk,
    Comment,
    Dependency,
    DueChange,
    Progress,
)
from compliance.models import Requirement
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from foundation.organisations.models import Team
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.actionplans import action, complete, described, plan, risk
from tests.factories.evidence import note

LATER = NOW + timedelta(days=1)


@pytest.fixture
def owner(organisation):
    """Somebody with no role who is to do an action."""
    return acting_of(make_membership(organisation, name="Owen Owner"))


@pytest.fixture
def theirs(lead, owner):
    return action(lead, owner_id=owner.membership_id)


def verbs(by, target) -> list[str]:
    with acting_as(by):
        rows = Event.objects.filter(target_type="actionplans.action", target_id=target.pk).order_by("pk")
        return list(rows.values_list("verb", flat=True))


def as_it_stands(by, row) -> Action:
    with acting_as(by):
        return Action.objects.visible_to(by).get(pk=row.pk)


def notices(by) -> list[str]:
    with acting_as(by):
        rows = Notice.objects.visible_to(by).filter(membership_id=by.membership_id)
        return sorted(rows.values_list("kind", flat=True))


# ---- Plans
def test_a_plan_begins_with_the_headings_of_its_grouping(lead):
    of_benchmarks = plan(lead, grouping="benchmarks")

    with acting_as(lead):
        titles = list(of_benchmarks.objectives.values_list("title", flat=True))
    assert (len(titles), titles[1]) == (8, "B2 Local risk assessment process")


def test_a_plan_is_activated_once_it_has_an_action_and_closed_once_none_is_open(lead):
    of = plan(lead)
    with acting_as(lead), pytest.raises(RuleBroken, match="Add an action before you activate"):
        actions.activate_plan(plan_id=of.pk, by=lead, now=NOW)
    row = action(lead, of)
    with acting_as(lead):
        actions.activate_plan(plan_id=of.pk, by=lead, now=NOW)
        with pytest.raises(RuleBroken, match="open actions"):
            actions.close_plan(plan_id=of.pk, note="Done", by=lead, now=NOW)
    complete(lead, row)

    with acting_as(lead):
        closed = actions.close_plan(plan_id=of.pk, note="Two risks fell", by=lead, now=NOW)

    assert (closed.status, closed.closing_note, closed.closed_by_id) == ("closed", "Two risks fell", lead.membership_id)


def test_nothing_changes_in_a_closed_plan(lead):
    of = plan(lead)
    row = action(lead, of)
    complete(lead, row)
    with acting_as(lead):
        actions.activate_plan(plan_id=of.pk, by=lead, now=NOW)
        actions.close_plan(plan_id=of.pk, note="Over", by=lead, now=NOW)

        for do in (
            lambda: actions.reopen(action_id=row.pk, reason="Again", by=lead, now=NOW),
            lambda: actions.add_objective(plan_id=of.pk, title="New", by=lead, now=NOW),
            lambda: actions.add_action(plan_id=of.pk, objective_id=None, description=described(lead), by=lead, now=NOW),
        ):
            with pytest.raises(RuleBroken, match="closed and is kept as it is"):
                do()


def test_a_plan_cannot_end_before_it_begins(lead):
    with pytest.raises(RuleBroken, match="cannot end before it begins"):
        plan(lead, period_to=date(2026, 3, 31))


# ---- Writing
def test_an_action_gets_the_next_number_and_its_owner_and_accountable_person_are_told(lead, owner, organisation):
    boss = acting_of(make_membership(organisation, "senior_approver"))
    of = plan(lead)
    action(lead, of)

    row = action(lead, of, owner_id=owner.membership_id, accountable_id=boss.membership_id)

    assert (row.code, row.status, row.original_due_on) == ("A2", "not_started", row.due_on)
    assert verbs(lead, row) == ["action.added"]
    assert (notices(owner), notices(boss), notices(lead)) == (["actionplans.owns"], ["actionplans.accountable"], [])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"due_on": date(2026, 9, 30)}, "cannot be due before it starts"),
        ({"owner_id": None}, "Name an owner"),
        ({"owner_id": 999_999}, "in the organisation today"),
        ({"team_id": 999_999}, "Choose a team"),
        ({"repeats": "calendar", "every_months": 3}, "Say how the action repeats"),
    ],
)
def test_an_action_that_makes_no_sense_is_refused(lead, said, why):
    of = plan(lead)

    with pytest.raises(RuleBroken, match=why):
        action(lead, of, **said)

    with acting_as(lead):
        assert Action.objects.visible_to(lead).count() == 0


def test_an_owner_who_left_is_refused_but_stays_named_where_they_are(lead, owner):
    row = action(lead, owner_id=owner.membership_id)
    with acting_as(lead):
        person = owner.membership
        person.ends_on = date(2026, 11, 1)
        person.save(update_fields=["ends_on"])

    with pytest.raises(RuleBroken, match="in the organisation today"):
        action(lead, owner_id=owner.membership_id)

    with acting_as(lead):
        same = described(lead, owner_id=owner.membership_id, title="Brief them all")
        changed = actions.change_action(
            action_id=row.pk, version=1, plan_id=row.plan_id, objective_id=None, description=same, by=lead, now=NOW
        )
    assert (changed.title, changed.version) == ("Brief them all", 2)


def test_a_stale_change_is_refused(lead):
    row = action(lead)
    common = {"action_id": row.pk, "plan_id": row.plan_id, "objective_id": None, "by": lead, "now": NOW}
    with acting_as(lead):
        actions.change_action(version=1, description=described(lead, title="First"), **common)

        with pytest.raises(StaleVersion):
            actions.change_action(version=1, description=described(lead, title="Second"), **common)

    assert as_it_stands(lead, row).title == "First"


def test_an_action_moves_to_next_years_plan(lead):
    row, following = action(lead), plan(lead, title="Next year")

    with acting_as(lead):
        actions.change_action(
            action_id=row.pk, version=1, plan_id=following.pk, objective_id=None, description=described(lead), by=lead,
            now=NOW,
        )  # fmt: skip

    assert as_it_stands(lead, row).plan_id == following.pk


# ---- Progress
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


# ---- The end
def test_completion_needs_an_outcome(lead):
    row = action(lead)

    with pytest.raises(RuleBroken, match="Say what came of the action"):
        complete(lead, row, outcome="  ")

    assert as_it_stands(lead, row).status == "not_started"


def test_the_database_refuses_what_is_done_without_an_outcome(lead):
    row = action(lead)

    with acting_as(lead), pytest.raises(IntegrityError, match="action_done_with_an_outcome"), transaction.atomic():
        Action.objects.filter(pk=row.pk).update(
            status="done", finished_on=date(2026, 11, 1), finished_at=NOW, finished_by=lead.membership
        )


def test_a_done_action_does_not_change_until_it_is_opened_again(lead):
    row = action(lead)
    complete(lead, row)
    with acting_as(lead):
        for do in (
            lambda: actions.report_progress(action_id=row.pk, note="More", by=lead, now=NOW),
            lambda: actions.rate(action_id=row.pk, version=1, rag="red", reason="Hm", by=lead, now=NOW),
            lambda: actions.move_due(
                action_id=row.pk, version=1, due_on=date(2027, 5, 1), reason="Hm", by=lead, now=NOW
            ),
            lambda: actions.change_action(
                action_id=row.pk, version=1, plan_id=row.plan_id, objective_id=None, description=described(lead),
                by=lead, now=NOW,
            ),
        ):  # fmt: skip
            with pytest.raises(RuleBroken, match="This action is done"):
                do()

        reopened = actions.reopen(action_id=row.pk, reason="Two hirers had not signed", by=lead, now=LATER)

    assert (reopened.status, reopened.finished_on, reopened.outcome) == ("in_progress", None, "All signed")


def test_whoever_may_read_risks_says_the_effect_on_each_and_the_score_stays(lead):
    row, first, second = action(lead), risk(lead, "R1"), risk(lead, "R2")
    with acting_as(lead):
        links = [actions.link_risk(action_id=row.pk, risk_id=each.pk, by=lead, now=NOW).pk for each in (first, second)]
    with pytest.raises(RuleBroken, match="for every linked risk"):
        complete(lead, row, effects={links[0]: Said("lowered")})

    complete(lead, row, effects={links[0]: Said("lowered", "Nobody hired"), links[1]: Said("unclear")})

    with acting_as(lead):
        said = list(ActionRisk.objects.filter(action=row).order_by("risk__code").values_list("effect", "effect_note"))
        with pytest.raises(RuleBroken, match="Reopen"):
            actions.unlink_risk(link_id=links[0], by=lead, now=NOW)
    assert said == [("lowered", "Nobody hired"), ("unclear", "")]


def test_an_owner_who_may_not_read_risks_completes_and_a_lead_says_the_effect_later(lead, owner, theirs):
    found = risk(lead)
    with acting_as(lead):
        link = actions.link_risk(action_id=theirs.pk, risk_id=found.pk, by=lead, now=NOW)
    complete(owner, theirs)
    with acting_as(owner), pytest.raises(PermissionDenied):
        actions.say_effects(action_id=theirs.pk, effects={link.pk: Said("none")}, by=owner, now=NOW)

    with acting_as(lead):
        before = ActionRisk.objects.get(pk=link.pk).effect
        actions.say_effects(action_id=theirs.pk, effects={link.pk: Said("none")}, by=lead, now=NOW)
        after = ActionRisk.objects.get(pk=link.pk)

    assert (before, after.effect, after.effect_by_id) == ("", "none", lead.membership_id)


def test_a_recurring_action_gets_its_next_round_with_people_and_links_once(lead, organisation):
    helper = make_membership(organisation)
    row = action(lead, supporters=[helper.pk], repeats="calendar", every_months=12, on_day=31)
    found = risk(lead)
    with acting_as(lead):
        link = actions.link_risk(action_id=row.pk, risk_id=found.pk, by=lead, now=NOW)

    complete(lead, row, effects={link.pk: Said("lowered")})
    with acting_as(lead):
        actions.reopen(action_id=row.pk, reason="Not quite", by=lead, now=NOW)
    complete(lead, row, effects={link.pk: Said("lowered")})

    with acting_as(lead):
        [following] = Action.objects.visible_to(lead).exclude(pk=row.pk)
        effects = list(following.risk_links.values_list("risk__code", "effect"))
        helpers = list(following.supporters.values_list("membership_id", flat=True))
    assert (following.code, following.status, following.due_on) == ("A2", "not_started", date(2027, 12, 31))
    assert (following.follows_id, following.title, effects, helpers) == (row.pk, row.title, [("R1", "")], [helper.pk])


def test_what_is_done_in_the_future_is_refused(lead):
    with pytest.raises(RuleBroken, match="today or earlier"):
        complete(lead, action(lead), finished_on=date(2026, 11, 24))


def test_a_cancelled_action_says_why(lead):
    row = action(lead, repeats="after_done", every_months=3)
    with acting_as(lead):
        with pytest.raises(RuleBroken, match="Say why the action is cancelled"):
            actions.cancel(action_id=row.pk, reason="", by=lead, now=NOW)
        cancelled = actions.cancel(action_id=row.pk, reason="The hall was sold", by=lead, now=NOW)

        assert Action.objects.visible_to(lead).count() == 1
    assert (cancelled.status, cancelled.cancelled_reason) == ("cancelled", "The hall was sold")


# ---- Links
def test_a_circle_of_dependencies_is_refused_however_long(lead):
    of = plan(lead)
    first, second, third = (action(lead, of) for _ in range(3))
    with acting_as(lead):
        actions.add_dependency(action_id=first.pk, needs_id=second.pk, by=lead, now=NOW)
        actions.add_dependency(action_id=second.pk, needs_id=third.pk, by=lead, now=NOW)

        with pytest.raises(RuleBroken, match="A1 waits for A3, directly or through others"):
            actions.add_dependency(action_id=third.pk, needs_id=first.pk, by=lead, now=NOW)
        with pytest.raises(RuleBroken, match="cannot wait for itself"):
            actions.add_dependency(action_id=third.pk, needs_id=third.pk, by=lead, now=NOW)

        assert Dependency.objects.count() == 2


def test_an_action_that_waits_for_an_open_one_is_not_completed(lead):
    of = plan(lead)
    row, needed = action(lead, of), action(lead, of)
    with acting_as(lead):
        actions.add_dependency(action_id=row.pk, needs_id=needed.pk, by=lead, now=NOW)
    with pytest.raises(RuleBroken, match="waits for another that is not done"):
        complete(lead, row)
    complete(lead, needed)

    assert complete(lead, row).status == "done"


def test_requirements_and_evidence_are_linked_once_and_taken_away(lead):
    row, item = action(lead), note(lead)
    with acting_as(lead):
        requirement = Requirement.objects.get(code="LA-05")
        link = actions.link_requirement(action_id=row.pk, requirement_id=requirement.pk, by=lead, now=NOW)
        use = actions.link_evidence(action_id=row.pk, evidence_id=item.pk, by=lead, now=NOW)
        for again in (
            lambda: actions.link_requirement(action_id=row.pk, requirement_id=requirement.pk, by=lead, now=NOW),
            lambda: actions.link_evidence(action_id=row.pk, evidence_id=item.pk, by=lead, now=NOW),
        ):
            with pytest.raises(RuleBroken, match="linked already"):
                again()
        actions.unlink_requirement(link_id=link.pk, by=lead, now=LATER)
        actions.unlink_evidence(use_id=use.pk, by=lead, now=LATER)

        assert ActionRequirement.objects.count() == 0
        assert ActionEvidence.objects.get().unlinked_at == LATER
    linked = [verb for verb in verbs(lead, row) if "linked" in verb]
    assert linked == ["action.linked", "action.linked", "action.unlinked", "action.unlinked"]


def test_a_closed_risk_is_not_linked(lead):
    row, found = action(lead), risk(lead)
    with acting_as(lead):
        found.closed_at, found.closed_by, found.closed_reason = NOW, lead.membership, "Gone"
        found.save(update_fields=["closed_at", "closed_by", "closed_reason"])

        with pytest.raises(RuleBroken, match="This risk is closed"):
            actions.link_risk(action_id=row.pk, risk_id=found.pk, by=lead, now=NOW)


# ---- Handing over, and talking
def test_all_open_actions_of_somebody_who_leaves_go_to_somebody_else(lead, owner, organisation):
    of, successor = plan(lead), acting_of(make_membership(organisation, name="Sue Successor"))
    owned = action(lead, of, owner_id=owner.membership_id)
    both = action(lead, of, owner_id=owner.membership_id, accountable_id=owner.membership_id)
    done = action(lead, of, owner_id=owner.membership_id)
    complete(lead, done)

    with acting_as(lead):
        count = actions.reassign(from_id=owner.membership_id, to_id=successor.membership_id, by=lead, now=NOW)
        people = list(Action.objects.visible_to(lead).order_by("number").values_list("owner_id", "accountable_id"))
        with pytest.raises(RuleBroken, match="has no open actions"):
            actions.reassign(from_id=owner.membership_id, to_id=successor.membership_id, by=lead, now=NOW)

    old, new, boss = owner.membership_id, successor.membership_id, lead.membership_id
    assert (count, people) == (2, [(new, boss), (new, new), (old, boss)])
    assert notices(successor) == ["actionplans.owns", "actionplans.owns"]
    assert "action.reassigned" in verbs(lead, owned)
    assert "action.reassigned" in verbs(lead, both)


def test_nothing_is_handed_to_somebody_who_left(lead, owner):
    row = action(lead)
    with acting_as(lead):
        owner.membership.ends_on = date(2026, 11, 1)
        owner.membership.save(update_fields=["ends_on"])

        with pytest.raises(RuleBroken, match="in the organisation today"):
            actions.reassign(from_id=lead.membership_id, to_id=owner.membership_id, by=lead, now=NOW)

    assert as_it_stands(lead, row).owner_id == lead.membership_id


def test_somebody_who_sees_the_action_is_told_when_they_are_mentioned(lead, owner, theirs):
    with acting_as(lead):
        actions.comment(action_id=theirs.pk, text="Ready?", mention_ids=[owner.membership_id], by=lead, now=NOW)

    assert notices(owner) == ["actionplans.mentioned", "actionplans.owns"]


def test_somebody_who_does_not_see_the_action_gets_nothing_and_the_author_a_refusal_without_a_reason(
    lead, theirs, organisation
):
    outsider = acting_of(make_membership(organisation, name="Ona Outsider"))

    with acting_as(lead), pytest.raises(RuleBroken) as refused:
        actions.comment(action_id=theirs.pk, text="Look", mention_ids=[outsider.membership_id], by=lead, now=NOW)

    assert str(refused.value) == "Ona Outsider cannot see this action, so nothing was sent."
    assert notices(outsider) == []
    with acting_as(lead):
        assert Comment.objects.count() == 0


def test_somebody_who_does_not_see_the_action_does_not_comment(theirs, organisation):
    outsider = acting_of(make_membership(organisation))

    with acting_as(outsider), pytest.raises(Action.DoesNotExist):
        actions.comment(action_id=theirs.pk, text="Hello", by=outsider, now=NOW)


@pytest.mark.parametrize("table", ["progress", "duechange", "comment", "mention"])
def test_what_was_noted_is_never_rewritten(lead, table):
    with (
        acting_as(lead),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE actionplans_{table} SET organisation_id = organisation_id")


def test_a_description_says_only_what_was_given(lead):
    said = described(lead, title="  Trim me  ")

    assert replace(said).columns()["title"] == "Trim me"
