"""Every write of the risk room. Local profiles are in profiles, tasks to assess again in tasks, levels in threat."""

from risk.actions.profiles import add_briefing, add_edition, add_recommendation, change_edition, change_recommendation
from risk.actions.recommendations import finish_recommendation, link_risks, record_sent, respond
from risk.actions.tasks import finish_task, raise_tasks
from risk.actions.threat import enter_level, withdraw_level

__all__ = [
    "add_briefing",
    "add_edition",
    "add_recommendation",
    "change_edition",
    "change_recommendation",
    "enter_level",
    "finish_recommendation",
    "finish_task",
    "link_risks",
    "raise_tasks",
    "record_sent",
    "respond",
    "withdraw_level",
]
