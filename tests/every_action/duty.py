"""Actions of the duty, of evidence and files, and of notices."""

from compliance import actions as compliance
from foundation.evidence import actions as evidence
from foundation.files import actions as files
from foundation.files.examination import FileType
from foundation.notifications import actions as notifications
from tests.every_action.ground import (
    BOTH,
    BOTH_ONCE,
    DESCRIBED,
    EVERYBODY,
    LEAD,
    OWN,
    READERS,
    REPORT,
    REPORTERS,
    SHARERS,
    TODAY,
    Action,
    of_nobody,
    text_file,
)
from tests.factories import evidence as evidence_made

ACTIONS: dict[str, Action] = {
    # ---- The duty
    "compliance.answer": of_nobody(
        compliance.answer, "answer.given", LEAD,
        lambda ground: {"requirement_id": ground.requirement(), "version": 0, "status": "met"},
    ),
    "compliance.assure": Action(
        compliance.assure, "answer.assured", frozenset({"assurer"}),
        lambda ground: {
            "requirement_id": ground.answered().requirement_id, "version": 1, "status": "met", "assured_on": TODAY,
        },
    ),
    "compliance.link_evidence": Action(
        compliance.link_evidence, "answer.evidence_linked", LEAD,
        lambda ground: {
            "requirement_id": ground.requirement(), "evidence_id": evidence_made.note(ground.lead).pk,
        },
    ),
    "compliance.unlink_evidence": Action(
        compliance.unlink_evidence, "answer.evidence_unlinked", LEAD, lambda ground: {"use_id": ground.linked()}
    ),
    "compliance.share_contribution": of_nobody(
        compliance.share_contribution, "contribution.shared", SHARERS,
        lambda ground: {
            "requirement_id": ground.benchmark().pk, "partnership_id": ground.partnership(), "version": 1,
            "comment": "Our part",
        },
        **BOTH,
    ),
    "compliance.take_back_contribution": Action(
        compliance.take_back_contribution, "contribution.taken_back", SHARERS,
        lambda ground: {"contribution_id": ground.shared()},
    ),
    "compliance.add_requirement": of_nobody(
        compliance.add_requirement, "requirement.added", LEAD, lambda ground: {"code": "OWN-1", **OWN}
    ),
    "compliance.change_requirement": Action(
        compliance.change_requirement, "requirement.changed", LEAD,
        lambda ground: {"requirement_id": ground.own_requirement(), "version": 1, **OWN, "title": "Ours, better"},
    ),
    "compliance.withdraw_requirement": Action(
        compliance.withdraw_requirement, "requirement.withdrawn", LEAD,
        lambda ground: {"requirement_id": ground.own_requirement()},
    ),
    "compliance.change_settings": of_nobody(
        compliance.change_settings, "compliance.settings_changed", LEAD,
        lambda ground: {"version": 1, "stale_after_months": 6, "expiry_warning_days": 30, "highest_score": 5},
    ),
    "compliance.request_report": of_nobody(
        compliance.request_report, "report.requested", REPORTERS, lambda ground: dict(REPORT), **BOTH
    ),
    "compliance.store_report": Action(
        compliance.store_report, "report.made", REPORTERS,
        lambda ground: {"report_id": ground.report().pk, "pdf": b"%PDF-2.0", "pages": 1}, **BOTH_ONCE,
    ),
    # ---- Evidence and files
    "evidence.add": of_nobody(
        evidence.add, "evidence.added", LEAD, lambda ground: {"kind": "note", "description": DESCRIBED}, **BOTH
    ),
    "evidence.revise": Action(
        evidence.revise, "evidence.revised", LEAD,
        lambda ground: {"evidence_id": evidence_made.note(ground.lead).pk, "version": 1, "description": DESCRIBED},
    ),
    "evidence.withdraw": Action(
        evidence.withdraw, "evidence.withdrawn", LEAD,
        lambda ground: {"evidence_id": evidence_made.note(ground.lead).pk, "version": 1, "reason": "Replaced"},
    ),
    "files.receive": of_nobody(
        files.receive, "file.received", None,
        lambda ground: {"examined": text_file(), "purpose": "evidence.item"}, **BOTH,
    ),
    "files.keep_made": of_nobody(
        files.keep_made, "file.made", None,
        lambda ground: {
            "content": b"%PDF-2.0", "file_type": FileType.PDF, "name": "report.pdf", "purpose": "compliance.report",
        }, **BOTH,
    ),
    "files.open_file": Action(
        files.open_file, "file.opened", READERS, lambda ground: {"stored_file_id": ground.file()}, **BOTH
    ),
    "files.withdraw": Action(
        files.withdraw, "file.withdrawn", None, lambda ground: {"stored_file_id": ground.file()}
    ),
    # ---- Notices
    "notifications.notify": of_nobody(
        notifications.notify, "notice.given", None,
        lambda ground: {
            "membership_id": ground.me.membership_id, "kind": "compliance.owns_requirement",
            "target": ground.answered(),
        }, **BOTH_ONCE,
    ),
    "notifications.mark_read": Action(
        notifications.mark_read, "notice.read", EVERYBODY, lambda ground: {"notice_id": ground.notice()},
        own=True, **BOTH_ONCE,
    ),
    "notifications.mark_all_read": of_nobody(
        notifications.mark_all_read, "notice.all_read", EVERYBODY, lambda ground: (ground.notice(), {})[1],
        own=True, **BOTH_ONCE,
    ),
    "notifications.prefer": of_nobody(
        notifications.prefer, "notice.preferences_set", EVERYBODY,
        lambda ground: {"deliveries": {"compliance": "daily"}}, own=True, **BOTH,
    ),
}  # fmt: skip
