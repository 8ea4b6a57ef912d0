"""Two people decide about the same requirement or course at the same moment: one of them is told."""

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories.requirements import ask, asked, outside_course
from tests.factories.training import make_course
from training.actions import equivalences, requirements
from training.models import Course, Requirement, Rule


def deed(by, do, **arguments):
    def run():
        with acting_as(by):
            return do(**arguments, by=by, now=NOW).pk

    return run


def test_of_two_changes_at_once_one_stands_and_the_other_is_told(committed, acting_for, backup):
    one, other, course = acting_for("training_manager"), acting_for("prevent_lead"), make_course()
    requirement = ask(one, course)
    same = {"requirement_id": requirement.pk, "version": 1}

    results = at_once(
        deed(one, requirements.change, asked=asked(course, months=12), **same),
        deed(other, requirements.change, asked=asked(course, months=36), **same),
    )

    assert sorted(isinstance(each, StaleVersion) for each in results) == [False, True]
    assert sorted(backup(Rule).values_list("number", flat=True)) == [1, 2]
    assert backup(Rule).filter(ended_at__isnull=True).count() == 1


def test_a_change_and_a_withdrawal_at_once_leave_no_rule_in_force_behind(committed, acting_for, backup):
    one, other, course = acting_for("training_manager"), acting_for("prevent_lead"), make_course()
    requirement = ask(one, course)
    same = {"requirement_id": requirement.pk, "version": 1}

    results = at_once(
        deed(one, requirements.change, asked=asked(course, months=12), **same),
        deed(other, requirements.withdraw, **same),
    )

    assert sorted(isinstance(each, StaleVersion) for each in results) == [False, True]
    withdrawn = backup(Requirement).get().withdrawn_at is not None
    assert backup(Rule).filter(ended_at__isnull=True).count() == (0 if withdrawn else 1)


def test_a_course_is_not_asked_for_and_withdrawn_at_once(committed, acting_for, backup):
    one, other = acting_for("training_manager"), acting_for("prevent_lead")
    course = outside_course(one)

    results = at_once(
        deed(one, requirements.make, asked=asked(course)),
        deed(other, equivalences.withdraw_outside_course, course_id=course.pk),
    )

    assert sorted(isinstance(each, RuleBroken) for each in results) == [False, True]
    is_withdrawn = backup(Course).get(pk=course.pk).withdrawn_at is not None
    assert backup(Requirement).exists() is not is_withdrawn
