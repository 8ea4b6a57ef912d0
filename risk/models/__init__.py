"""Assessments of risk, the risks in them and what organisations share of them."""

from risk.models.assessments import Assessment, Contributor, Settings
from risk.models.comments import Comment
from risk.models.reference import Category
from risk.models.risks import Control, Entry, EntryRevision, Risk, ScoreChange

__all__ = [
    "Assessment",
    "Category",
    "Comment",
    "Contributor",
    "Control",
    "Entry",
    "EntryRevision",
    "Risk",
    "ScoreChange",
    "Settings",
]
