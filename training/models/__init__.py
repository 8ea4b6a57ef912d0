from training.models.assignments import Absence, Assignment, Extension, PersonChange, Validity, Waiver
from training.models.completions import Came, Certificate, Completion, Mode
from training.models.courses import Course, CourseVersion, Level
from training.models.learning import Attempt, PageDone, Reply
from training.models.requirements import Anchor, Equivalence, Requirement, Rule

__all__ = [
    "Absence",
    "Anchor",
    "Assignment",
    "Attempt",
    "Came",
    "Certificate",
    "Completion",
    "Course",
    "CourseVersion",
    "Equivalence",
    "Extension",
    "Level",
    "Mode",
    "PageDone",
    "PersonChange",
    "Reply",
    "Requirement",
    "Rule",
    "Validity",
    "Waiver",
]
