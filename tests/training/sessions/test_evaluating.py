"""Who came says how it was, once; managers read it together, without names, once enough have answered."""

import pytest
from django.core.exceptions import PermissionDenied

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.factories.sessions import AFTERWARDS, booked, came, held, planned
from training import sessions
from training.actions import attendance
from training.models import Evaluation, Place


def say(by, place, *, useful=4, words=""):
    with acting_as(by):
        return attendance.evaluate(
            place_id=place.pk, useful=useful, clear=3, confident=5, words=words, by=by, now=AFTERWARDS
        )


def place_of(who):
    with acting_as(who):
        return Place.objects.get(membership=who.membership_id)


def said(manager, session):
    with acting_as(manager):
        return sessions.evaluation(manager, session)


def test_with_four_answers_only_their_number_is_shown_and_with_five_all_of_it(manager, acting_for, course):
    those = [acting_for("staff", name=f"Learner {number}") for number in range(5)]
    session = held(manager, course, *(each.membership for each in those))
    for number, each in enumerate(those[:4]):
        say(each, place_of(each), useful=5, words=f"Word {number}")
    few = said(manager, session)

    say(those[4], place_of(those[4]), useful=3)

    enough = said(manager, session)
    assert (few.answers, few.averages, few.words, few.is_enough) == (4, [], [], False)
    assert [average for _label, average in enough.averages] == [4.6, 3.0, 5.0]
    assert enough.words == ["Word 0", "Word 1", "Word 2", "Word 3"]


def test_one_answers_once(manager, learner, course):
    held(manager, course, learner.membership)
    say(learner, place_of(learner))

    with pytest.raises(RuleBroken, match="said already"):
        say(learner, place_of(learner))


def test_nobody_answers_for_somebody_else(manager, learner, course):
    held(manager, course, learner.membership)

    with pytest.raises(PermissionDenied, match="Only the people who came"):
        say(manager, place_of(learner))


def test_who_did_not_come_and_before_it_is_closed_nobody_answers(manager, learner, course):
    session = planned(manager, course)
    [place] = booked(manager, session, learner.membership)
    came(manager, session, place)

    with pytest.raises(RuleBroken, match="once it is over"):
        say(learner, place)


def test_a_colleague_reads_no_answers(manager, learner, acting_for, course):
    held(manager, course, learner.membership)
    say(learner, place_of(learner), words="Mine")
    colleague = acting_for("senior_approver")

    with acting_as(colleague):
        assert Evaluation.objects.visible_to(colleague).count() == 0
