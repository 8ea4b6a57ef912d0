from compliance.models.answers import Answer, AnswerEvidence, AnswerRevision, Settings
from compliance.models.contributions import Contribution
from compliance.models.library import (
    Framework,
    Instrument,
    LibraryLoad,
    Requirement,
    RequirementRevision,
    SameQuestion,
    Scale,
    Theme,
)
from compliance.models.library_map import Outline, Relation, SectorEntry
from compliance.models.reports import ComplianceReport

__all__ = [
    "Answer",
    "AnswerEvidence",
    "AnswerRevision",
    "ComplianceReport",
    "Contribution",
    "Framework",
    "Instrument",
    "LibraryLoad",
    "Outline",
    "Relation",
    "Requirement",
    "RequirementRevision",
    "SameQuestion",
    "Scale",
    "SectorEntry",
    "Settings",
    "Theme",
]
