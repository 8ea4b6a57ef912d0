"""How an action ends: done, cancelled, opened again, and its next round."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from actionplans import actions
from actionplans.actions.finishing import Said
from actionplans.models import Action, ActionRisk
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.actionplans.seen import as_it_stands
from tests.conftest import NOW, make_membership
from tests.factories.actionplans import action, complete, described, risk

LATER = NOW + timedelta(days=1)


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
