"""Everything a person can do to a risk assessment. Each function is one deed, one transaction, one event."""

from risk.actions.assessments import change_assessment, copy_forward, create_assessment
from risk.actions.controls import add_control, change_control, remove_control
from risk.actions.entries import (
    Description,
    add_entry,
    answer_prompts,
    close_risk,
    describe_entry,
    mark_reviewed,
    remove_entry,
    reopen_risk,
    respond,
)
from risk.actions.review import approve, ask_contributor, comment, send_back, send_for_review
from risk.actions.scoring import score_entry
from risk.actions.settings import ConfirmationNeeded, change_settings

__all__ = [
    "ConfirmationNeeded",
    "Description",
    "add_control",
    "add_entry",
    "answer_prompts",
    "approve",
    "ask_contributor",
    "change_assessment",
    "change_control",
    "change_settings",
    "close_risk",
    "comment",
    "copy_forward",
    "create_assessment",
    "describe_entry",
    "mark_reviewed",
    "remove_control",
    "remove_entry",
    "reopen_risk",
    "respond",
    "score_entry",
    "send_back",
    "send_for_review",
]
