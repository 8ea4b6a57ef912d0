"""Two clicks at the same moment: one way through the course, one completion, one certificate."""

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories.learning import begin, chosen, up_to
from tests.factories.training import make_course
from training import actions
from training.models import Attempt, Certificate, Completion, PageDone, Reply
from training.workflow import Status


def deed(by, do, **arguments):
    def run():
        with acting_as(by):
            return do(**arguments, by=by, now=NOW).pk

    return run


def test_beginning_twice_at_once_begins_once(committed, acting_for, backup):
    learner, course = acting_for("staff"), make_course()
    click = deed(learner, actions.begin, course_id=course.pk)

    results = at_once(click, click)

    assert results == [backup(Attempt).get().pk] * 2


def test_beginning_anew_twice_at_once_begins_once(committed, acting_for, backup):
    learner = acting_for("staff")
    attempt = begin(learner, make_course())
    click = deed(learner, actions.begin_anew, attempt_id=attempt.pk)

    results = at_once(click, click)

    assert sorted(isinstance(each, RuleBroken) for each in results) == [False, True]
    assert sorted(backup(Attempt).values_list("status", flat=True)) == [Status.ENDED, Status.IN_PROGRESS]


def test_the_final_check_sent_twice_at_once_completes_once(committed, acting_for, backup):
    learner = acting_for("staff")
    attempt = up_to(learner, begin(learner, make_course()), "final-check")
    click = deed(
        learner, actions.answer,
        attempt_id=attempt.pk, page="final-check", number=1, chosen=chosen(learner, attempt, "final-check"),
    )  # fmt: skip

    results = at_once(click, click, click)

    assert results == [backup(Reply).get(page="final-check").pk] * 3
    assert (backup(Completion).count(), backup(Certificate).count()) == (1, 1)
    assert backup(PageDone).filter(page="final-check").count() == 1
