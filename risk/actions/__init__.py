"""Everything a person can do in the risk room. Each function is one deed, one transaction, one event."""

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
from risk.actions.profiles import add_briefing, add_edition, add_recommendation, change_edition, change_recommendation
from risk.actions.recommendations import answer_recommendation, finish_recommendation, link_risks, record_sent
from risk.actions.reporting import make_report_again, request_report, request_response, store_report
from risk.actions.review import approve, ask_contributor, comment, send_back, send_for_review
from risk.actions.scoring import score_entry
from risk.actions.settings import ConfirmationNeeded, change_settings
from risk.actions.tasks import finish_task, raise_tasks
from risk.actions.threat import enter_level, withdraw_level

__all__ = [
    "ConfirmationNeeded",
    "Description",
    "add_briefing",
    "add_control",
    "add_edition",
    "add_entry",
    "add_recommendation",
    "answer_prompts",
    "answer_recommendation",
    "approve",
    "ask_contributor",
    "change_assessment",
    "change_control",
    "change_edition",
    "change_recommendation",
    "change_settings",
    "close_risk",
    "comment",
    "copy_forward",
    "create_assessment",
    "describe_entry",
    "enter_level",
    "finish_recommendation",
    "finish_task",
    "link_risks",
    "make_report_again",
    "mark_reviewed",
    "raise_tasks",
    "record_sent",
    "remove_control",
    "remove_entry",
    "reopen_risk",
    "request_report",
    "request_response",
    "respond",
    "score_entry",
    "send_back",
    "send_for_review",
    "store_report",
    "withdraw_level",
]
