from training.models.assignments import Absence, Assignment, Extension, PersonChange, Validity, Waiver
from training.models.completions import Came, Certificate, Completion, Mode
from training.models.courses import Course, CourseVersion, Level
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
from training.models.snapshots import Group, Snapshot
from training.models.writing import CourseDraft, CoursePicture, DraftState

__all__ = [
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
    "Extension",
    "Group",
    "Level",
    "Mode",
    "PageDone",
    "PartnerReturn",
    "PersonChange",
    "ReminderSettings",
    "Reply",
    "ReportKind",
    "Requirement",
    "ReturnChoices",
    "Rule",
    "Snapshot",
    "TrainingReport",
    "Validity",
    "Waiver",
    "Weekday",
]
