from training.models.completions import Came, Certificate, Completion, Mode
from training.models.courses import Course, CourseVersion, Level
from training.models.learning import Attempt, PageDone, Reply

__all__ = [
    "Attempt",
    "Came",
    "Certificate",
    "Completion",
    "Course",
    "CourseVersion",
    "Level",
    "Mode",
    "PageDone",
    "Reply",
]
