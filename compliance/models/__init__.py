from compliance.models.answers import Answer, AnswerEvidence, AnswerRevision, Settings
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
from compliance.models.reports import ComplianceReport

__all__ = [
    "Answer",
    "AnswerEvidence",
    "AnswerRevision",
    "ComplianceReport",
    "Framework",
    "Instrument",
    "LibraryLoad",
    "Requirement",
    "RequirementRevision",
    "SameQuestion",
    "Scale",
    "Settings",
    "Theme",
]
