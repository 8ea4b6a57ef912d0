"""Every action of the risk room, as a part of the table in tests/every_action.py."""

from datetime import date
from typing import Any

from foundation.core.acting import Acting, acting_as
from foundation.organisations.roles import ROLES
from risk import actions as risk
from risk import reference
from risk.models import Assessment, Entry
from tests.conftest import NOW
from tests.every_action import BOTH, LEAD, TODAY, Action, Ground, of_nobody
from tests.factories import profiles
from tests.factories import risk as assessed
from tests.factories.evidence import note

YEAR = {"period_from": date(2026, 1, 1), "period_to": date(2026, 12, 31)}
NEXT = {"title": "Risk 2027", "period_from": date(2027, 1, 1), "period_to": date(2027, 12, 31)}
SCORES: dict[str, Any] = {"inherent": (4, 4), "residual": (3, 3), "target": None}
WORDS = risk.Description(title="Drawn in online", theme="online", source="national", marking="official")
RESPONSE = {
    "response": "treat", "tolerated_by_id": None, "tolerated_until": None, "owner_id": None, "review_every_months": 6,
    "next_review_on": None,
}  # fmt: skip
PROMPTS = {
    "description": "What", "management": "Lessons", "further_action": "", "owner_id": None, "target_on": None,
    "next_review_on": None,
}  # fmt: skip
LEVEL = {
    "level": "low", "effective_from": TODAY, "announced_on": None, "source": "MI5", "source_address": "", "note": "",
}  # fmt: skip
ADVICE = {"code": "R9", "text": "Brief staff", "may_be_recorded": True, "recommended_to": "Councils"}


def may(permission: str) -> frozenset[str]:
    return frozenset(role.value for role, entry in ROLES.items() if permission in entry.permissions)


def hidden(do: Any, verb: str, lay: Any, roles: frozenset[str] = LEAD, **more: Any) -> Action:
    """One about a row that some roles do not even see."""
    return Action(do, verb, roles, lay, hides=True, **more)


# ---- What stands before
def draft(ground: Ground, **fields: Any) -> Assessment:
    return assessed.assessment(ground.lead, **fields)


def entry(ground: Ground, **fields: Any) -> Entry:
    return assessed.risk(ground.lead, draft(ground, **fields))


def of_entry(ground: Ground, **fields: Any) -> dict[str, Any]:
    row = entry(ground, **fields)
    return {"entry_id": row.pk, "version": row.version}


def control(ground: Ground) -> dict[str, Any]:
    row = entry(ground)
    with acting_as(ground.lead) as by:
        made = risk.add_control(entry_id=row.pk, version=1, text="Filter", strength="weak", by=by, now=NOW)
    return {"control_id": made.pk, "version": 2}


def sent(ground: Ground, approver: Acting | None = None) -> dict[str, Any]:
    """An assessment in review, as ``approver`` read it."""
    row = entry(ground).assessment
    found = assessed.send(ground.lead, row, approver or ground.person("senior_approver"))
    return {"assessment_id": found.pk, "version": found.version}


def approved(ground: Ground) -> int:
    row = entry(ground).assessment
    approver = ground.person("senior_approver")
    assessed.send(ground.lead, row, approver)
    return assessed.approve(approver, row).pk


def closed(ground: Ground) -> dict[str, Any]:
    row = entry(ground)
    with acting_as(ground.lead) as by:
        found = risk.close_risk(risk_id=row.risk_id, version=1, reason="Gone", by=by, now=NOW)
    return {"risk_id": found.pk, "version": found.version, "reason": "Seen again"}


def evidence_of_risk(ground: Ground) -> dict[str, Any]:
    row, item = entry(ground), note(ground.lead)
    with acting_as(ground.lead) as by:
        use = risk.link_evidence(risk_id=row.risk_id, evidence_id=item.pk, by=by, now=NOW)
    return {"use_id": use.pk}


def advice(ground: Ground, *, answered: bool = False) -> dict[str, Any]:
    row = profiles.recommendation(ground.lead)
    row = profiles.answered(ground.lead, row) if answered else row
    return {"recommendation_id": row.pk, "version": row.version}


def level(ground: Ground) -> int:
    with acting_as(ground.lead) as by:
        return risk.enter_level(**LEVEL, by=by, now=NOW).row.pk


RISK: dict[str, Action] = {
    "risk.create_assessment": of_nobody(
        risk.create_assessment, "assessment.created", LEAD,
        lambda ground: {**YEAR, "title": "Risk 2026", "template": "scored", "marking": "official"}, **BOTH,
    ),
    "risk.change_assessment": hidden(
        risk.change_assessment, "assessment.changed",
        lambda ground: {
            **YEAR, "assessment_id": draft(ground).pk, "version": 1, "title": "Better", "marking": "official",
            "summary": "",
        },
    ),
    "risk.copy_forward": hidden(
        risk.copy_forward, "assessment.copied", lambda ground: {**NEXT, "assessment_id": approved(ground)}, **BOTH
    ),
    "risk.add_entry": hidden(
        risk.add_entry, "risk.added",
        lambda ground: {"assessment_id": draft(ground).pk, "description": WORDS}, **BOTH,
    ),
    "risk.describe_entry": hidden(
        risk.describe_entry, "risk.described", lambda ground: of_entry(ground) | {"description": WORDS}
    ),
    "risk.respond": hidden(risk.respond, "risk.response_set", lambda ground: of_entry(ground) | RESPONSE),
    "risk.answer_prompts": hidden(
        risk.answer_prompts, "risk.prompts_answered", lambda ground: of_entry(ground, template="prompts") | PROMPTS
    ),
    "risk.mark_reviewed": hidden(risk.mark_reviewed, "risk.reviewed", of_entry),
    "risk.remove_entry": hidden(
        risk.remove_entry, "risk.taken_out", lambda ground: of_entry(ground) | {"reason": "Entered twice"}
    ),
    "risk.score_entry": hidden(risk.score_entry, "risk.scored", lambda ground: of_entry(ground) | SCORES),
    "risk.close_risk": Action(
        risk.close_risk, "risk.closed", LEAD,
        lambda ground: {"risk_id": entry(ground).risk_id, "version": 1, "reason": "Gone"},
    ),
    "risk.reopen_risk": Action(risk.reopen_risk, "risk.reopened", LEAD, closed),
    "risk.add_control": hidden(
        risk.add_control, "risk.control_added", lambda ground: of_entry(ground) | {"text": "Filter", "strength": "weak"}
    ),
    "risk.change_control": hidden(
        risk.change_control, "risk.control_changed",
        lambda ground: control(ground) | {"text": "Filter", "strength": "strong"},
    ),
    "risk.remove_control": hidden(risk.remove_control, "risk.control_removed", control),
    "risk.link_evidence": Action(
        risk.link_evidence, "risk.evidence_linked", LEAD,
        lambda ground: {"risk_id": entry(ground).risk_id, "evidence_id": note(ground.lead).pk},
    ),
    "risk.unlink_evidence": Action(risk.unlink_evidence, "risk.evidence_unlinked", LEAD, evidence_of_risk),
    "risk.ask_contributor": hidden(
        risk.ask_contributor, "assessment.contributor_asked",
        lambda ground: {
            "assessment_id": draft(ground).pk, "membership_id": ground.person("senior_approver").membership_id,
        },
    ),
    "risk.comment": hidden(
        risk.comment, "assessment.commented",
        lambda ground: {"assessment_id": draft(ground).pk, "text": "Say why"}, may("risk.contribute"), **BOTH,
    ),
    "risk.send_for_review": hidden(
        risk.send_for_review, "assessment.sent_for_review",
        lambda ground: {
            "assessment_id": entry(ground).assessment_id, "version": 1,
            "approver_id": ground.person("senior_approver").membership_id,
        },
    ),
    "risk.send_back": hidden(
        risk.send_back, "assessment.sent_back", lambda ground: sent(ground) | {"reason": "Say why"}
    ),
    "risk.approve": Action(
        risk.approve, "assessment.approved", may("risk.approve"), lambda ground: sent(ground, ground.me), own=True
    ),
    "risk.change_settings": of_nobody(
        risk.change_settings, "risk.settings_changed", LEAD,
        lambda ground: {
            "version": 0, "matrix": reference.default_matrix(), "marking": "official", "review_every_months": 6,
        },
    ),
    "risk.add_edition": of_nobody(
        risk.add_edition, "ctlp_edition.added", LEAD,
        lambda ground: {"edition": profiles.described(), "reassess": "none", "due_on": profiles.DUE},
    ),
    "risk.change_edition": Action(
        risk.change_edition, "ctlp_edition.changed", LEAD,
        lambda ground: {
            "edition_id": profiles.edition(ground.lead).pk, "version": 1, "edition": profiles.described(note="Ask"),
        },
    ),
    "risk.add_briefing": Action(
        risk.add_briefing, "ctlp_briefing.added", LEAD,
        lambda ground: {
            "edition_id": profiles.edition(ground.lead).pk, "membership_id": None, "other": "Head of libraries",
            "briefed_on": TODAY, "briefed_by": "Force lead",
        }, **BOTH,
    ),
    "risk.add_recommendation": Action(
        risk.add_recommendation, "ctlp_recommendation.added", LEAD,
        lambda ground: {**ADVICE, "edition_id": profiles.edition(ground.lead).pk},
    ),
    "risk.change_recommendation": Action(
        risk.change_recommendation, "ctlp_recommendation.changed", LEAD, lambda ground: advice(ground) | ADVICE
    ),
    "risk.answer_recommendation": Action(
        risk.answer_recommendation, "ctlp_recommendation.answered", LEAD,
        lambda ground: advice(ground) | {"response": "accepted", "reason": ""},
    ),
    "risk.record_sent": Action(
        risk.record_sent, "ctlp_recommendation.sent", LEAD,
        lambda ground: advice(ground, answered=True) | {"sent_on": TODAY},
    ),
    "risk.finish_recommendation": Action(
        risk.finish_recommendation, "ctlp_recommendation.done", LEAD, lambda ground: advice(ground, answered=True)
    ),
    "risk.link_risks": Action(
        risk.link_risks, "ctlp_recommendation.linked", LEAD,
        lambda ground: advice(ground) | {"risk_ids": [entry(ground).risk_id]},
    ),
    "risk.raise_tasks": Action(
        risk.raise_tasks, "review_task.raised", LEAD,
        lambda ground: {
            "cause": "incident", "note": "Leaflets", "risk_ids": [entry(ground).risk_id], "due_on": profiles.DUE,
        }, **BOTH,
    ),
    "risk.finish_task": hidden(
        risk.finish_task, "review_task.done",
        lambda ground: {"task_id": profiles.tasks(ground.lead, entry(ground).risk)[0].pk, "outcome": "Stands"},
    ),
    "risk.enter_level": of_nobody(risk.enter_level, "threat_level.entered", LEAD, lambda ground: dict(LEVEL)),
    "risk.withdraw_level": Action(
        risk.withdraw_level, "threat_level.withdrawn", LEAD,
        lambda ground: {"level_id": level(ground), "reason": "Mistyped"},
    ),
}  # fmt: skip
