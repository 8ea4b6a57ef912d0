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
from risk.actions.evidence import link_evidence, unlink_evidence
from risk.actions.imports import (
    choose_columns,
    choose_headings,
    confirm_register,
    put_aside,
    take_back_import,
    upload_register,
)
from risk.actions.profiles import add_briefing, add_edition, add_recommendation, change_edition, change_recommendation
from risk.actions.recommendations import answer_recommendation, finish_recommendation, link_risks, record_sent
from risk.actions.registers import check_register, import_register
from risk.actions.reporting import make_report_again, request_report, request_response, store_report
from risk.actions.review import approve, ask_contributor, comment, send_back, send_for_review
from risk.actions.scoring import score_entry
from risk.actions.settings import ConfirmationNeeded, change_settings
from risk.actions.sharing import share_risk, take_back_risk
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
    "check_register",
    "choose_columns",
    "choose_headings",
    "close_risk",
    "comment",
    "confirm_register",
    "copy_forward",
    "create_assessment",
    "describe_entry",
    "enter_level",
    "finish_recommendation",
    "finish_task",
    "import_register",
    "link_evidence",
    "link_risks",
    "make_report_again",
    "mark_reviewed",
    "put_aside",
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
    "share_risk",
    "store_report",
    "take_back_import",
    "take_back_risk",
    "unlink_evidence",
    "upload_register",
    "withdraw_level",
]
