"""Every action of the action plans, as a part of the table in tests/every_action.py."""

from datetime import date
from typing import Any

from actionplans import actions as plans
from actionplans.actions.finishing import Said
from actionplans.models import ActionRisk
from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.every_action import BOTH, BOTH_ONCE, LEAD, Action, Ground, of_nobody
from tests.every_risk_action import advice, entry, hidden, may
from tests.factories import actionplans as planned
from tests.factories.evidence import note

YEAR = {"period_from": date(2026, 1, 1), "period_to": date(2026, 12, 31)}
PLAN = {**YEAR, "title": "Plan 2026", "marking": "official", "summary": "Fewer risks."}


def risk_said(ground: Ground) -> dict[str, Any]:
    """A done action with a risk of which nobody said yet what it did to it."""
    of = link(ground, "risk")
    with acting_as(ground.lead) as by:
        row = ActionRisk.objects.visible_to(by).get(pk=of["link_id"])
        plans.complete(action_id=row.action_id, outcome="Signed", effects={row.pk: Said("unclear")}, by=by, now=NOW)
    return {"action_id": row.action_id, "effects": {row.pk: Said("lowered")}}


def action(ground: Ground, **fields: Any) -> int:
    return planned.action(ground.lead, **fields).pk


def done(ground: Ground) -> int:
    return planned.complete(ground.lead, planned.action(ground.lead)).pk


def link(ground: Ground, kind: str) -> dict[str, Any]:
    """A link of an action that can be taken away."""
    on, name = {"action_id": action(ground)}, {"evidence": "use_id"}.get(kind, "link_id")
    do, target = {
        "risk": (plans.link_risk, lambda: {"risk_id": entry(ground).risk_id}),
        "recommendation": (
            plans.link_recommendation, lambda: {"recommendation_id": advice(ground)["recommendation_id"]},
        ),
        "requirement": (plans.link_requirement, lambda: {"requirement_id": ground.requirement()}),
        "evidence": (plans.link_evidence, lambda: {"evidence_id": note(ground.lead).pk}),
        "needs": (plans.add_dependency, lambda: {"needs_id": action(ground)}),
    }[kind]  # fmt: skip
    named = target()
    with acting_as(ground.lead) as by:
        return {name: do(**on, **named, by=by, now=NOW).pk}


def started(ground: Ground) -> int:
    pk = action(ground)
    with acting_as(ground.lead) as by:
        plans.start(action_id=pk, by=by, now=NOW)
    return pk


def held(ground: Ground) -> int:
    pk = started(ground)
    with acting_as(ground.lead) as by:
        plans.hold(action_id=pk, reason="Waits", by=by, now=NOW)
    return pk


def plan(ground: Ground) -> int:
    return planned.plan(ground.lead).pk


def active(ground: Ground, *, finished: bool = False) -> int:
    row = planned.plan(ground.lead)
    made = planned.action(ground.lead, row)
    with acting_as(ground.lead) as by:
        plans.activate_plan(plan_id=row.pk, by=by, now=NOW)
    if finished:
        planned.complete(ground.lead, made)
    return row.pk


def with_an_action(ground: Ground) -> int:
    row = planned.plan(ground.lead)
    planned.action(ground.lead, row)
    return row.pk


def objective(ground: Ground) -> int:
    with acting_as(ground.lead) as by:
        return plans.add_objective(plan_id=plan(ground), title="Venues", by=by, now=NOW).pk


def report(ground: Ground) -> int:
    with acting_as(ground.lead) as by:
        return plans.request_report(plan_id=plan(ground), kind="board", marking="official", by=by, now=NOW).pk


def handed(ground: Ground) -> dict[str, Any]:
    leaver = ground.somebody().pk
    planned.action(ground.lead, owner_id=leaver)
    return {"from_id": leaver, "to_id": ground.lead.membership_id}


PLANS: dict[str, Action] = {
    "actionplans.create_plan": of_nobody(
        plans.create_plan, "plan.created", LEAD,
        lambda ground: {**PLAN, "grouping": "own", "owner_id": ground.lead.membership_id}, **BOTH,
    ),
    "actionplans.change_plan": hidden(
        plans.change_plan, "plan.changed",
        lambda ground: {**PLAN, "plan_id": plan(ground), "version": 1, "owner_id": ground.lead.membership_id},
    ),
    "actionplans.activate_plan": hidden(
        plans.activate_plan, "plan.activated", lambda ground: {"plan_id": with_an_action(ground)}
    ),
    "actionplans.close_plan": hidden(
        plans.close_plan, "plan.closed", lambda ground: {"plan_id": active(ground, finished=True), "note": "Done"}
    ),
    "actionplans.add_objective": hidden(
        plans.add_objective, "objective.added", lambda ground: {"plan_id": plan(ground), "title": "Venues"}
    ),
    "actionplans.change_objective": hidden(
        plans.change_objective, "objective.changed",
        lambda ground: {"objective_id": objective(ground), "version": 1, "title": "Halls"},
    ),
    "actionplans.change_settings": of_nobody(
        plans.change_settings, "actionplans.settings_changed", LEAD,
        lambda ground: {"version": 1, "remind_days_before": 10, "escalate_days_after": 20},
    ),
    "actionplans.add_action": hidden(
        plans.add_action, "action.added",
        lambda ground: {
            "plan_id": plan(ground), "objective_id": None, "description": planned.described(ground.lead),
        }, **BOTH,
    ),
    "actionplans.change_action": hidden(
        plans.change_action, "action.changed",
        lambda ground: {
            "plan_id": (of := planned.plan(ground.lead)).pk, "objective_id": None, "version": 1,
            "action_id": planned.action(ground.lead, of).pk, "description": planned.described(ground.lead),
        },
    ),
    "actionplans.start": hidden(plans.start, "action.started", lambda ground: {"action_id": action(ground)}),
    "actionplans.hold": hidden(
        plans.hold, "action.held", lambda ground: {"action_id": started(ground), "reason": "Waits"}
    ),
    "actionplans.resume": hidden(plans.resume, "action.resumed", lambda ground: {"action_id": held(ground)}),
    "actionplans.report_progress": hidden(
        plans.report_progress, "action.progressed",
        lambda ground: {"action_id": action(ground), "note": "Three signed", "percent": 40}, **BOTH,
    ),
    "actionplans.move_due": hidden(
        plans.move_due, "action.due_moved",
        lambda ground: {"action_id": action(ground), "version": 1, "due_on": date(2027, 2, 1), "reason": "Late"},
    ),
    "actionplans.rate": hidden(
        plans.rate, "action.rated",
        lambda ground: {"action_id": action(ground), "version": 1, "rag": "green", "reason": "Going well"},
    ),
    "actionplans.complete": hidden(
        plans.complete, "action.completed", lambda ground: {"action_id": action(ground), "outcome": "Signed"}
    ),
    "actionplans.cancel": hidden(
        plans.cancel, "action.cancelled", lambda ground: {"action_id": action(ground), "reason": "Not needed"}
    ),
    "actionplans.reopen": hidden(
        plans.reopen, "action.reopened", lambda ground: {"action_id": done(ground), "reason": "Not finished"}
    ),
    "actionplans.say_effects": hidden(plans.say_effects, "action.effects_said", risk_said, **BOTH),
    "actionplans.comment": hidden(
        plans.comment, "action.commented", lambda ground: {"action_id": action(ground), "text": "Well done"},
        may("plan.view"), **BOTH,
    ),
    "actionplans.reassign": of_nobody(plans.reassign, "action.reassigned", LEAD, handed),
    "actionplans.link_risk": hidden(
        plans.link_risk, "action.linked",
        lambda ground: {"action_id": action(ground), "risk_id": entry(ground).risk_id},
    ),
    "actionplans.unlink_risk": hidden(plans.unlink_risk, "action.unlinked", lambda ground: link(ground, "risk")),
    "actionplans.link_recommendation": hidden(
        plans.link_recommendation, "action.linked",
        lambda ground: {
            "action_id": action(ground), "recommendation_id": advice(ground)["recommendation_id"],
        },
    ),
    "actionplans.unlink_recommendation": hidden(
        plans.unlink_recommendation, "action.unlinked", lambda ground: link(ground, "recommendation")
    ),
    "actionplans.link_requirement": hidden(
        plans.link_requirement, "action.linked",
        lambda ground: {"action_id": action(ground), "requirement_id": ground.requirement()},
    ),
    "actionplans.unlink_requirement": hidden(
        plans.unlink_requirement, "action.unlinked", lambda ground: link(ground, "requirement")
    ),
    "actionplans.link_evidence": hidden(
        plans.link_evidence, "action.linked",
        lambda ground: {"action_id": action(ground), "evidence_id": note(ground.lead).pk},
    ),
    "actionplans.unlink_evidence": hidden(
        plans.unlink_evidence, "action.unlinked", lambda ground: link(ground, "evidence")
    ),
    "actionplans.add_dependency": hidden(
        plans.add_dependency, "action.linked",
        lambda ground: {"action_id": action(ground), "needs_id": action(ground)},
    ),
    "actionplans.remove_dependency": hidden(
        plans.remove_dependency, "action.unlinked", lambda ground: link(ground, "needs")
    ),
    "actionplans.request_report": hidden(
        plans.request_report, "plan.report_requested",
        lambda ground: {"plan_id": plan(ground), "kind": "board", "marking": "official"}, may("plan.report"), **BOTH,
    ),
    "actionplans.store_report": hidden(
        plans.store_report, "plan.report_made",
        lambda ground: {"report_id": report(ground), "pdf": b"%PDF-2.0", "pages": 1}, may("plan.report"), **BOTH_ONCE,
    ),
}  # fmt: skip
