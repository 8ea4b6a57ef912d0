"""Plans, their objectives and actions, and all that is noted and linked about an action."""

from actionplans.models.actions import Action, Carried, DueChange, Priority, Progress, Rag, Supporter
from actionplans.models.links import (
    ActionEvidence,
    ActionRecommendation,
    ActionRequirement,
    ActionRisk,
    Dependency,
    Effect,
)
from actionplans.models.plans import Objective, Plan, Settings
from actionplans.models.reports import PlanReport, ReportKind
from actionplans.models.sharing import Gathered, ReportedAction
from actionplans.models.talk import Comment, Mention

__all__ = [
    "Action",
    "ActionEvidence",
    "ActionRecommendation",
    "ActionRequirement",
    "ActionRisk",
    "Carried",
    "Comment",
    "Dependency",
    "DueChange",
    "Effect",
    "Gathered",
    "Mention",
    "Objective",
    "Plan",
    "PlanReport",
    "Priority",
    "Progress",
    "Rag",
    "ReportKind",
    "ReportedAction",
    "Settings",
    "Supporter",
]
