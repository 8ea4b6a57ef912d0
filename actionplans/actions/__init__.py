"""Everything a person can do to plans and actions. Each function is one deed, one transaction, one event."""

from actionplans.actions.finishing import cancel, complete, reopen, say_effects
from actionplans.actions.handing import reassign
from actionplans.actions.linking import (
    add_dependency,
    link_evidence,
    link_recommendation,
    link_requirement,
    link_risk,
    remove_dependency,
    unlink_evidence,
    unlink_recommendation,
    unlink_requirement,
    unlink_risk,
)
from actionplans.actions.planning import (
    activate_plan,
    add_objective,
    change_objective,
    change_plan,
    change_settings,
    close_plan,
    create_plan,
)
from actionplans.actions.progressing import hold, move_due, rate, report_progress, resume, start
from actionplans.actions.reporting import make_report_again, request_report, store_report
from actionplans.actions.sharing import leave_out_reported, place_reported, report_action, take_back_action
from actionplans.actions.talking import comment
from actionplans.actions.writing import Description, add_action, change_action
from actionplans.actions.yearly import begin_next_plan

__all__ = [
    "Description",
    "activate_plan",
    "add_action",
    "add_dependency",
    "add_objective",
    "begin_next_plan",
    "cancel",
    "change_action",
    "change_objective",
    "change_plan",
    "change_settings",
    "close_plan",
    "comment",
    "complete",
    "create_plan",
    "hold",
    "leave_out_reported",
    "link_evidence",
    "link_recommendation",
    "link_requirement",
    "link_risk",
    "make_report_again",
    "move_due",
    "place_reported",
    "rate",
    "reassign",
    "remove_dependency",
    "reopen",
    "report_action",
    "report_progress",
    "request_report",
    "resume",
    "say_effects",
    "start",
    "store_report",
    "take_back_action",
    "unlink_evidence",
    "unlink_recommendation",
    "unlink_requirement",
    "unlink_risk",
]
