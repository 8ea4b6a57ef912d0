"""Everything a person can do to the assessment. Each function is one deed, one transaction, one event."""

from compliance.actions.answering import answer, assure, link_evidence, score_range, unlink_evidence
from compliance.actions.customising import (
    add_requirement,
    change_requirement,
    change_settings,
    withdraw_requirement,
)
from compliance.actions.reporting import make_again, request_report, store_report
from compliance.actions.sharing import share_contribution, take_back_contribution

__all__ = [
    "add_requirement",
    "answer",
    "assure",
    "change_requirement",
    "change_settings",
    "link_evidence",
    "make_again",
    "request_report",
    "score_range",
    "share_contribution",
    "store_report",
    "take_back_contribution",
    "unlink_evidence",
    "withdraw_requirement",
]
