"""What a course says: its way through JSON, its versions by sector, what a check draws and when it is passed."""

from tests.factories import training
from training.models import CourseVersion


def test_a_small_course_has_one_version_that_says_what_was_given(db):
    course = training.make_course("one", minutes=25)

    version = CourseVersion.objects.get(course=course)
    assert (version.number, version.content["minutes"], course.minutes) == (1, 25, 25)
