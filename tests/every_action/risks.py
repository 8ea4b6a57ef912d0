"""Actions on risk assessments, risks, local profiles, threat levels and what asks for a risk to be assessed again."""

from datetime import date
from typing import Any

from foundation.core.acting import acting_as
from risk import actions as risk
from risk.models import Assessment, Control, CtlpRecommendation, Entry, ReviewTask, Risk
from risk.models.tasks import Cause
from risk.reference import default_matrix
from tests.conftest import NOW
from tests.every_action.ground import BOTH, BOTH_ONCE, LEAD, SHARERS, TODAY, Action, Ground, of_nobody
from tests.factories import evidence as evidence_made
from tests.factories import profiles
from tests.factories import risk as made

COMMENTERS = frozenset({"prevent_lead", "senior_approver", "board_member"})
YEAR = {"period_from": date(2027, 1, 1), "period_to": date(2027, 12, 31)}
HEAD: dict[str, Any] = {"title": "Risk 2027", **YEAR, "marking": "official_sensitive"}
DESCRIBED = risk.Description(title="Drawn in online", **made.WORDS)
CELLS: dict[str, Any] = {"inherent": (4, 4), "residual": (3, 3), "target": None}
RESPONSE: dict[str, Any] = {
    "response": "treat", "tolerated_by_id": None, "tolerated_until": None, "owner_id": None, "review_every_months": 6,
    "next_review_on": None,
}  # fmt: skip
PROMPTS: dict[str, Any] = {
    "description": "Online", "management": "Filters", "further_action": "", "owner_id": None, "target_on": None,
    "next_review_on": None,
}  # fmt: skip
WORDED = {"code": "R1", "text": "Brief staff", "may_be_recorded": True, "recommended_to": "All councils"}
LEVEL: dict[str, Any] = {
    "level": "critical", "effective_from": TODAY, "announced_on": None, "source": "MI5", "source_address": "",
    "note": "",
}  # fmt: skip
REPORT = {"kind": "board", "marking": "official_sensitive"}


def draft(ground: Ground) -> Assessment:
    return made.assessment(ground.lead)


def entry(ground: Ground) -> Entry:
    """In a draft, version 1."""
    return made.risk(ground.lead, draft(ground))


def same_entry(ground: Ground) -> dict[str, int]:
    return {"entry_id": entry(ground).pk, "version": 1}


def sent(ground: Ground, *, approver: Any = None) -> Assessment:
    found = entry(ground).assessment
    return made.send(ground.lead, found, approver or ground.person("senior_approver"))


def approved(ground: Ground) -> Assessment:
    approver = ground.person("senior_approver")
    return made.approve(approver, sent(ground, approver=approver))


def to_send(ground: Ground) -> dict[str, int]:
    approver = ground.person("senior_approver")
    return {"assessment_id": entry(ground).assessment_id, "version": 1, "approver_id": approver.membership_id}


def control(ground: Ground) -> Control:
    """Of an entry in its second version."""
    with acting_as(ground.lead) as by:
        return risk.add_control(
            entry_id=entry(ground).pk, version=1, text="Filters", strength="weak", by=by, now=NOW
        )  # fmt: skip


def closed(ground: Ground) -> Risk:
    with acting_as(ground.lead) as by:
        return risk.close_risk(risk_id=entry(ground).risk_id, version=1, reason="Gone", by=by, now=NOW)


def linked(ground: Ground) -> int:
    item = evidence_made.note(ground.lead)
    with acting_as(ground.lead) as by:
        return risk.link_evidence(risk_id=entry(ground).risk_id, evidence_id=item.pk, by=by, now=NOW).pk


def to_share(ground: Ground) -> dict[str, Any]:
    [found] = made.approved(ground.lead)
    same = {"risk_id": found.risk_id, "entry_id": found.pk}
    return {**same, "partnership_id": ground.partnership(), "comment": "Ours"}


def shared(ground: Ground) -> int:
    arguments = to_share(ground)
    with acting_as(ground.lead) as by:
        return risk.share_risk(**arguments, by=by, now=NOW).pk


def recommendation(ground: Ground) -> CtlpRecommendation:
    return profiles.recommendation(ground.lead)


def answered(ground: Ground) -> dict[str, int]:
    row = profiles.answered(ground.lead, recommendation(ground))
    return {"recommendation_id": row.pk, "version": row.version}


def asked(ground: Ground) -> dict[str, Any]:
    return {"risk_ids": [entry(ground).risk_id], "due_on": profiles.DUE}


def task(ground: Ground) -> ReviewTask:
    return profiles.tasks(ground.lead, entry(ground).risk)[0]


def entered(ground: Ground) -> int:
    with acting_as(ground.lead) as by:
        return risk.enter_level(**LEVEL, by=by, now=NOW).row.pk


def report(ground: Ground) -> int:
    with acting_as(ground.lead) as by:
        return risk.request_report(assessment_id=entry(ground).assessment_id, **REPORT, by=by, now=NOW).pk


ACTIONS: dict[str, Action] = {
    # ---- Assessments
    "risk.create_assessment": of_nobody(
        risk.create_assessment, "assessment.created", LEAD,
        lambda ground: {**HEAD, "template": "scored"}, **BOTH,
    ),
    "risk.change_assessment": Action(
        risk.change_assessment, "assessment.changed", LEAD,
        lambda ground: {"assessment_id": draft(ground).pk, "version": 1, **HEAD, "summary": "Shorter"}, hidden=True,
    ),
    "risk.copy_forward": Action(
        risk.copy_forward, "assessment.copied", LEAD,
        lambda ground: {"assessment_id": approved(ground).pk, "title": "Risk 2027", **YEAR}, hidden=True, **BOTH,
    ),
    "risk.ask_contributor": Action(
        risk.ask_contributor, "assessment.contributor_asked", LEAD,
        lambda ground: {
            "assessment_id": draft(ground).pk, "membership_id": ground.person("board_member").membership_id,
        }, hidden=True,
    ),
    "risk.comment": Action(
        risk.comment, "assessment.commented", COMMENTERS,
        lambda ground: {"assessment_id": draft(ground).pk, "text": "Is it complete?"}, hidden=True, **BOTH,
    ),
    "risk.send_for_review": Action(
        risk.send_for_review, "assessment.sent_for_review", LEAD, to_send, hidden=True
    ),
    "risk.send_back": Action(
        risk.send_back, "assessment.sent_back", frozenset({"prevent_lead", "senior_approver"}),
        lambda ground: {"assessment_id": sent(ground).pk, "version": 2, "reason": "Not yet"}, hidden=True,
    ),
    "risk.approve": Action(
        risk.approve, "assessment.approved", frozenset({"senior_approver"}),
        lambda ground: {"assessment_id": sent(ground, approver=ground.me).pk, "version": 2}, own=True,
    ),
    "risk.change_settings": of_nobody(
        risk.change_settings, "risk.settings_changed", LEAD,
        lambda ground: {
            "version": 0, "matrix": default_matrix(), "marking": "official", "review_every_months": 6,
        },
    ),
    # ---- Risks
    "risk.add_entry": Action(
        risk.add_entry, "risk.added", LEAD,
        lambda ground: {"assessment_id": draft(ground).pk, "description": DESCRIBED}, hidden=True, **BOTH,
    ),
    "risk.describe_entry": Action(
        risk.describe_entry, "risk.described", LEAD,
        lambda ground: {**same_entry(ground), "description": DESCRIBED}, hidden=True,
    ),
    "risk.respond": Action(
        risk.respond, "risk.response_set", LEAD, lambda ground: {**same_entry(ground), **RESPONSE}, hidden=True
    ),
    "risk.answer_prompts": Action(
        risk.answer_prompts, "risk.prompts_answered", LEAD,
        lambda ground: {**same_entry(ground), **PROMPTS}, hidden=True,
    ),
    "risk.mark_reviewed": Action(risk.mark_reviewed, "risk.reviewed", LEAD, same_entry, hidden=True),
    "risk.score_entry": Action(
        risk.score_entry, "risk.scored", LEAD, lambda ground: {**same_entry(ground), **CELLS}, hidden=True
    ),
    "risk.remove_entry": Action(
        risk.remove_entry, "risk.taken_out", LEAD,
        lambda ground: {**same_entry(ground), "reason": "Entered twice"}, hidden=True,
    ),
    "risk.add_control": Action(
        risk.add_control, "risk.control_added", LEAD,
        lambda ground: {**same_entry(ground), "text": "Filters", "strength": "weak"}, hidden=True,
    ),
    "risk.change_control": Action(
        risk.change_control, "risk.control_changed", LEAD,
        lambda ground: {"control_id": control(ground).pk, "version": 2, "text": "Filters", "strength": "strong"},
    ),
    "risk.remove_control": Action(
        risk.remove_control, "risk.control_removed", LEAD,
        lambda ground: {"control_id": control(ground).pk, "version": 2},
    ),
    "risk.close_risk": Action(
        risk.close_risk, "risk.closed", LEAD,
        lambda ground: {"risk_id": entry(ground).risk_id, "version": 1, "reason": "Gone"},
    ),
    "risk.reopen_risk": Action(
        risk.reopen_risk, "risk.reopened", LEAD,
        lambda ground: {"risk_id": closed(ground).pk, "version": 2, "reason": "It is back"},
    ),
    "risk.link_evidence": Action(
        risk.link_evidence, "risk.evidence_linked", LEAD,
        lambda ground: {"risk_id": entry(ground).risk_id, "evidence_id": evidence_made.note(ground.lead).pk},
    ),
    "risk.unlink_evidence": Action(
        risk.unlink_evidence, "risk.evidence_unlinked", LEAD, lambda ground: {"use_id": linked(ground)}
    ),
    "risk.share_risk": Action(risk.share_risk, "shared_risk.shared", SHARERS, to_share, **BOTH),
    "risk.take_back_risk": Action(
        risk.take_back_risk, "shared_risk.taken_back", SHARERS, lambda ground: {"shared_id": shared(ground)}
    ),
    # ---- Local profiles
    "risk.add_edition": of_nobody(
        risk.add_edition, "ctlp_edition.added", LEAD,
        lambda ground: {"edition": profiles.described(), "reassess": "none", "due_on": profiles.DUE},
    ),
    "risk.change_edition": Action(
        risk.change_edition, "ctlp_edition.changed", LEAD,
        lambda ground: {
            "edition_id": profiles.edition(ground.lead).pk, "version": 1,
            "edition": profiles.described(note="Read it again in May"),
        },
    ),
    "risk.add_briefing": Action(
        risk.add_briefing, "ctlp_briefing.added", LEAD,
        lambda ground: {
            "edition_id": profiles.edition(ground.lead).pk, "membership_id": None, "other": "Head of a school",
            "briefed_on": TODAY, "briefed_by": "The police",
        }, **BOTH,
    ),
    "risk.add_recommendation": Action(
        risk.add_recommendation, "ctlp_recommendation.added", LEAD,
        lambda ground: {"edition_id": profiles.edition(ground.lead).pk, **WORDED},
    ),
    "risk.change_recommendation": Action(
        risk.change_recommendation, "ctlp_recommendation.changed", LEAD,
        lambda ground: {"recommendation_id": recommendation(ground).pk, "version": 1, **WORDED, "text": "Brief all"},
    ),
    "risk.answer_recommendation": Action(
        risk.answer_recommendation, "ctlp_recommendation.answered", LEAD,
        lambda ground: {
            "recommendation_id": recommendation(ground).pk, "version": 1, "response": "accepted", "reason": "",
        },
    ),
    "risk.record_sent": Action(
        risk.record_sent, "ctlp_recommendation.sent", LEAD, lambda ground: {**answered(ground), "sent_on": TODAY}
    ),
    "risk.finish_recommendation": Action(
        risk.finish_recommendation, "ctlp_recommendation.done", LEAD, answered
    ),
    "risk.link_risks": Action(
        risk.link_risks, "ctlp_recommendation.linked", LEAD,
        lambda ground: {
            "recommendation_id": recommendation(ground).pk, "version": 1, "risk_ids": [entry(ground).risk_id],
        },
    ),
    # ---- What asks for a risk to be assessed again
    "risk.raise_tasks": Action(
        risk.raise_tasks, "review_task.raised", LEAD,
        lambda ground: {"cause": Cause.INCIDENT, "note": "Leaflets were found", **asked(ground)}, **BOTH,
    ),
    "risk.finish_task": Action(
        risk.finish_task, "review_task.done", LEAD,
        lambda ground: {"task_id": task(ground).pk, "outcome": "Stands as it is"}, hidden=True,
    ),
    "risk.enter_level": of_nobody(risk.enter_level, "threat_level.entered", LEAD, lambda ground: dict(LEVEL)),
    "risk.withdraw_level": Action(
        risk.withdraw_level, "threat_level.withdrawn", LEAD,
        lambda ground: {"level_id": entered(ground), "reason": "A mistake"},
    ),
    # ---- Reports
    "risk.request_report": Action(
        risk.request_report, "risk.report_requested", SHARERS,
        lambda ground: {"assessment_id": entry(ground).assessment_id, **REPORT}, **BOTH,
    ),
    "risk.request_response": Action(
        risk.request_response, "risk.report_requested", SHARERS,
        lambda ground: {"edition_id": recommendation(ground).edition_id, "marking": "official_sensitive"}, **BOTH,
    ),
    "risk.store_report": Action(
        risk.store_report, "risk.report_made", SHARERS,
        lambda ground: {"report_id": report(ground), "document": b"%PDF-2.0", "pages": 1}, hidden=True, **BOTH_ONCE,
    ),
}  # fmt: skip

PARTS = (
    "authors", "clamp", "keep", "lock", "locked_assessment", "locked_risk", "new_risk", "new_risks",
    "one_after_the_other", "open_assessment", "open_entry", "person", "raise_for_edition",
    "raise_for_threat_level", "revise", "set_cell", "touch",
)  # fmt: skip
ELSEWHERE = {f"risk.{part}": "a part of other actions" for part in PARTS} | {
    "risk.make_report_again": "tests/risk/test_reports.py: it needs a report that was cancelled",
}
