"""Assessments of risk, the risks in them and what organisations share of them."""

from risk.models.assessments import Assessment, Contributor, Settings
from risk.models.risks import Control, Entry, EntryRevision, Risk, ScoreChange

__all__ = [
    "Assessment",
    "Contributor",
    "Control",
    "Entry",
    "EntryRevision",
    "Risk",
    "ScoreChange",
    "Settings",
]
