"""Assessments of risk, the risks in them and what organisations share of them."""

from risk.models.assessments import Assessment, Contributor, Settings
from risk.models.comments import Comment
from risk.models.evidence import RiskEvidence
from risk.models.imports import RegisterImport, RegisterImportRow, RememberedColumns
from risk.models.profiles import CtlpBriefing, CtlpEdition, CtlpRecommendation, RecommendationRisk
from risk.models.reference import Category
from risk.models.reports import RiskReport
from risk.models.risks import Control, Entry, EntryRevision, Risk, ScoreChange
from risk.models.sharing import SharedRisk
from risk.models.tasks import ReviewTask
from risk.models.threat import ThreatLevel, ThreatWording

__all__ = [
    "Assessment",
    "Category",
    "Comment",
    "Contributor",
    "Control",
    "CtlpBriefing",
    "CtlpEdition",
    "CtlpRecommendation",
    "Entry",
    "EntryRevision",
    "RecommendationRisk",
    "RegisterImport",
    "RegisterImportRow",
    "RememberedColumns",
    "ReviewTask",
    "Risk",
    "RiskEvidence",
    "RiskReport",
    "ScoreChange",
    "Settings",
    "SharedRisk",
    "ThreatLevel",
    "ThreatWording",
]
