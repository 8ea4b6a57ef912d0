from training.models.assignments import Absence, Assignment, Extension, PersonChange, Validity, Waiver
from training.models.completions import Came, Certificate, Completion, Mode
from training.models.courses import Course, CourseVersion, Level
from training.models.evaluations import QUESTIONS, Evaluation, Rating
from training.models.learning import Attempt, PageDone, Reply
from training.models.records import (
    CompletionImport,
    CompletionImportRow,
    CourseName,
    PartnerReturn,
)
from training.models.reminders import ReminderSettings, Weekday
from training.models.reports import ReportKind, TrainingReport
from training.models.requirements import Anchor, Equivalence, Requirement, Rule
from training.models.returns import ReturnChoices
from training.models.sessions import Place, TaughtSession
from training.models.snapshots import Group, Snapshot
from training.models.writing import CourseDraft, CoursePicture, DraftState

__all__ = [
    "QUESTIONS",
    "Absence",
    "Anchor",
    "Assignment",
    "Attempt",
    "Came",
    "Certificate",
    "Completion",
    "CompletionImport",
    "CompletionImportRow",
    "Course",
    "CourseDraft",
    "CourseName",
    "CoursePicture",
    "CourseVersion",
    "DraftState",
    "Equivalence",
    "Evaluation",
    "Extension",
    "Group",
    "Level",
    "Mode",
    "PageDone",
    "PartnerReturn",
    "PersonChange",
    "Place",
    "Rating",
    "ReminderSettings",
    "Reply",
    "ReportKind",
    "Requirement",
    "ReturnChoices",
    "Rule",
    "Snapshot",
    "TaughtSession",
    "TrainingReport",
    "Validity",
    "Waiver",
    "Weekday",
]
