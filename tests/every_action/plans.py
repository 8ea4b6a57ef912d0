"""Actions on action plans: the plan itself, what is done in it, what that is linked to, and reports."""

from datetime import date
from typing import Any

from actionplans import actions as plans
from actionplans.actions.finishing import Said
from actionplans.models import Action as Row
from actionplans.models import Plan
from foundation.core.acting import acting_as
from foundation.organisations.models import Membership
from tests.conftest import NOW
from tests.every_action.ground import BOTH, BOTH_ONCE, LEAD, READERS, SHARERS, Action, Ground, of_nobody
from tests.factories import actionplans as made
from tests.factories import evidence as evidence_made
from tests.factories import profiles

NEXT_YEAR = {"period_from": date(2027, 4, 1), "period_to": date(2028, 3, 31)}
HEAD = {"title": "Plan 2027", **NEXT_YEAR, "marking": "official", "summary": "Fewer risks."}
REPORT = {"kind": "board", "marking": "official"}


def plan(ground: Ground, *, active: bool = False) -> Plan:
    found = made.plan(ground.lead)
    if active:
        made.complete(ground.lead, made.action(ground.lead, found))
        with acting_as(ground.lead) as by:
            plans.activate_plan(plan_id=found.pk, by=by, now=NOW)
    return found


def action(ground: Ground) -> Row:
    return made.action(ground.lead)


def same(ground: Ground) -> dict[str, int]:
    return {"action_id": action(ground).pk}


def same_version(ground: Ground) -> dict[str, int]:
    return {**same(ground), "version": 1}


def started(ground: Ground) -> dict[str, int]:
    found = same(ground)
    with acting_as(ground.lead) as by:
        plans.start(**found, by=by, now=NOW)
    return found


def held(ground: Ground) -> dict[str, int]:
    found = started(ground)
    with acting_as(ground.lead) as by:
        plans.hold(**found, reason="Waiting", by=by, now=NOW)
    return found


def completed(ground: Ground) -> Row:
    return made.complete(ground.lead, action(ground))


def linked(ground: Ground, kind: str) -> int:
    """The link of an action to something."""
    with acting_as(ground.lead) as by:
        return getattr(plans, f"link_{kind}")(**to_link(ground, kind), by=by, now=NOW).pk


def to_link(ground: Ground, kind: str) -> dict[str, int]:
    target = {
        "risk": lambda: made.risk(ground.lead).pk,
        "requirement": ground.requirement,
        "recommendation": lambda: profiles.recommendation(ground.lead).pk,
        "evidence": lambda: evidence_made.note(ground.lead).pk,
    }[kind]()
    return {**same(ground), f"{kind}_id": target}


def two_actions(ground: Ground) -> dict[str, int]:
    return {**same(ground), "needs_id": action(ground).pk}


def waiting(ground: Ground) -> int:
    with acting_as(ground.lead) as by:
        return plans.add_dependency(**two_actions(ground), by=by, now=NOW).pk


def objective(ground: Ground) -> int:
    found = plan(ground)
    with acting_as(ground.lead) as by:
        return plans.add_objective(plan_id=found.pk, title="Venues", by=by, now=NOW).pk


def effects(ground: Ground) -> dict[str, Any]:
    """Of a completed action on the risk it is linked to."""
    arguments = to_link(ground, "risk")
    with acting_as(ground.lead) as by:
        link = plans.link_risk(**arguments, by=by, now=NOW)
        said = {link.pk: Said("lowered")}
        plans.complete(action_id=link.action_id, outcome="All signed", effects=said, by=by, now=NOW)
    return {"action_id": link.action_id, "effects": {link.pk: Said("none")}}


def handed(ground: Ground) -> dict[str, int]:
    leaver: Membership = ground.somebody()
    made.action(ground.lead, owner_id=leaver.pk)
    return {"from_id": leaver.pk, "to_id": ground.lead.membership_id}


def report(ground: Ground) -> int:
    found = plan(ground)
    with acting_as(ground.me) as by:
        return plans.request_report(plan_id=found.pk, **REPORT, by=by, now=NOW).pk


def to_report(ground: Ground) -> dict[str, Any]:
    row = made.active(ground.lead)
    return {
        "action_id": row.pk, "partnership_id": ground.partnership(), "version": row.version, "comment": "Ours",
    }  # fmt: skip


def reported(ground: Ground) -> int:
    arguments = to_report(ground)
    with acting_as(ground.lead) as by:
        return plans.report_action(**arguments, by=by, now=NOW).pk


def linking(kind: str) -> dict[str, Action]:
    """The two actions that link an action to something of this kind, and unlink it."""
    argument = "use_id" if kind == "evidence" else "link_id"
    return {
        f"actionplans.link_{kind}": Action(
            getattr(plans, f"link_{kind}"), "action.linked", LEAD, lambda ground: to_link(ground, kind)
        ),
        f"actionplans.unlink_{kind}": Action(
            getattr(plans, f"unlink_{kind}"), "action.unlinked", LEAD, lambda ground: {argument: linked(ground, kind)}
        ),
    }


ACTIONS: dict[str, Action] = {
    # ---- Plans
    "actionplans.create_plan": of_nobody(
        plans.create_plan, "plan.created", LEAD,
        lambda ground: {**HEAD, "grouping": "own", "owner_id": ground.me.membership_id}, **BOTH,
    ),
    "actionplans.change_plan": Action(
        plans.change_plan, "plan.changed", LEAD,
        lambda ground: {"plan_id": plan(ground).pk, "version": 1, **HEAD, "owner_id": ground.me.membership_id},
    ),
    "actionplans.activate_plan": Action(
        plans.activate_plan, "plan.activated", LEAD, lambda ground: {"plan_id": action(ground).plan_id}
    ),
    "actionplans.close_plan": Action(
        plans.close_plan, "plan.closed", LEAD,
        lambda ground: {"plan_id": plan(ground, active=True).pk, "note": "All venues were reached"},
    ),
    "actionplans.add_objective": Action(
        plans.add_objective, "objective.added", LEAD, lambda ground: {"plan_id": plan(ground).pk, "title": "Venues"}
    ),
    "actionplans.change_objective": Action(
        plans.change_objective, "objective.changed", LEAD,
        lambda ground: {"objective_id": objective(ground), "version": 1, "title": "Halls", "position": 1},
    ),
    "actionplans.change_settings": of_nobody(
        plans.change_settings, "actionplans.settings_changed", LEAD,
        lambda ground: {"version": 1, "remind_days_before": 7, "escalate_days_after": 7},
    ),
    "actionplans.begin_next_plan": Action(
        plans.begin_next_plan, "plan.continued", LEAD,
        lambda ground: {"plan_id": plan(ground, active=True).pk, "title": "Plan 2027", **NEXT_YEAR},
    ),
    # ---- Actions
    "actionplans.add_action": Action(
        plans.add_action, "action.added", LEAD,
        lambda ground: {
            "plan_id": plan(ground).pk, "objective_id": None, "description": made.described(ground.lead),
        }, **BOTH,
    ),
    "actionplans.change_action": Action(
        plans.change_action, "action.changed", LEAD,
        lambda ground: {
            **same_version(ground), "plan_id": plan(ground).pk, "objective_id": None,
            "description": made.described(ground.lead, title="Brief all halls"),
        },
    ),
    "actionplans.start": Action(plans.start, "action.started", LEAD, same, hidden=True),
    "actionplans.hold": Action(
        plans.hold, "action.held", LEAD, lambda ground: {**started(ground), "reason": "Waiting"}, hidden=True
    ),
    "actionplans.resume": Action(plans.resume, "action.resumed", LEAD, held, hidden=True),
    "actionplans.report_progress": Action(
        plans.report_progress, "action.progressed", LEAD,
        lambda ground: {**same(ground), "note": "Half of them", "percent": 50}, hidden=True, **BOTH,
    ),
    "actionplans.move_due": Action(
        plans.move_due, "action.due_moved", LEAD,
        lambda ground: {**same_version(ground), "due_on": date(2027, 1, 31), "reason": "Halls shut"}, hidden=True,
    ),
    "actionplans.rate": Action(
        plans.rate, "action.rated", LEAD,
        lambda ground: {**same_version(ground), "rag": "amber", "reason": "Slow"}, hidden=True,
    ),
    "actionplans.complete": Action(
        plans.complete, "action.completed", LEAD, lambda ground: {**same(ground), "outcome": "All signed"},
        hidden=True,
    ),
    "actionplans.cancel": Action(
        plans.cancel, "action.cancelled", LEAD, lambda ground: {**same(ground), "reason": "Not needed"}
    ),
    "actionplans.reopen": Action(
        plans.reopen, "action.reopened", LEAD,
        lambda ground: {"action_id": completed(ground).pk, "reason": "One is missing"},
    ),
    "actionplans.say_effects": Action(plans.say_effects, "action.effects_said", LEAD, effects, **BOTH),
    "actionplans.reassign": Action(plans.reassign, "action.reassigned", LEAD, handed),
    "actionplans.comment": Action(
        plans.comment, "action.commented", READERS, lambda ground: {**same(ground), "text": "Well done"},
        hidden=True, **BOTH,
    ),
    # ---- What an action is linked to
    **linking("risk"),
    **linking("requirement"),
    **linking("recommendation"),
    **linking("evidence"),
    "actionplans.add_dependency": Action(plans.add_dependency, "action.linked", LEAD, two_actions),
    "actionplans.remove_dependency": Action(
        plans.remove_dependency, "action.unlinked", LEAD, lambda ground: {"link_id": waiting(ground)}
    ),
    # ---- What a partnership is told
    "actionplans.report_action": Action(
        plans.report_action, "reported_action.reported", SHARERS, to_report, **BOTH
    ),
    "actionplans.take_back_action": Action(
        plans.take_back_action, "reported_action.taken_back", SHARERS,
        lambda ground: {"reported_id": reported(ground)},
    ),
    # ---- Reports
    "actionplans.request_report": Action(
        plans.request_report, "plan.report_requested", SHARERS,
        lambda ground: {"plan_id": plan(ground).pk, **REPORT}, **BOTH,
    ),
    "actionplans.store_report": Action(
        plans.store_report, "plan.report_made", SHARERS,
        lambda ground: {"report_id": report(ground), "document": b"%PDF-2.0", "pages": 1}, hidden=True, **BOTH_ONCE,
    ),
}  # fmt: skip

PARTS = ("add_note", "locked_action", "locked_plan", "objective_of", "person", "requirements", "tell")
GATHERED = "tests/actionplans/sharing: a partnership does it with what a member reports"
ELSEWHERE = {f"actionplans.{part}": "a part of other actions" for part in PARTS} | {
    "actionplans.make_report_again": "tests/actionplans/test_report_pages.py: it needs a report that was cancelled",
    "actionplans.place_reported": GATHERED,
    "actionplans.leave_out_reported": GATHERED,
}
