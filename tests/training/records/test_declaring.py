"""What people say they did elsewhere, and what is decided about it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from foundation.organisations.models import Membership
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories.records import ON, certificate, declared, recorded
from tests.factories.training import make_course
from training import actions, record_queries
from training.actions.recording import Done
from training.models import Came, Completion
from training.workflow import RecordStatus


def decide(by, action, record, **more):
    with acting_as(by):
        return action(completion_id=record.pk, by=by, now=NOW, **more)


def lead(by, who, manager):
    with acting_as(by):
        Membership.objects.filter(pk=who.membership_id).update(line_manager_id=manager.membership_id)
        who.membership.line_manager_id = manager.membership_id


def test_what_one_says_waits_and_the_training_managers_are_told(committed, learner, manager, course, backup):
    record = declared(learner, course, provider="A college", number="K-17")

    row = backup(Completion).get()
    assert (row.pk, row.status, row.came, row.completed_on) == (record.pk, RecordStatus.WAITING, Came.SELF, ON)
    assert (row.course_title, row.provider, row.number) == (course.title, "A college", "K-17")
    told = backup(Notice).values_list("membership_id", "kind", "target_reference")
    assert list(told) == [(manager.membership_id, "training.record_waiting", record.reference)]


def test_the_line_manager_is_told_instead_where_there_is_one(committed, learner, manager, acting_for, course, backup):
    boss = acting_for("staff", name="Bo Boss")
    lead(manager, learner, boss)

    declared(learner, course)

    assert list(backup(Notice).values_list("membership_id", flat=True)) == [boss.membership_id]


def test_neither_certificate_nor_number_is_refused(learner, course, within):
    within(learner)

    with pytest.raises(RuleBroken, match=r"^Add your certificate, or enter its number\.$"):
        actions.declare(done=Done(course_id=course.pk, completed_on=ON), certificate=None, by=learner, now=NOW)

    assert Completion.objects.count() == 0


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        (NOW.date() + timedelta(days=1), "must not be in the future"),
        (date(1989, 12, 31), "too long ago"),
    ],
)
def test_a_day_on_which_nobody_can_have_done_it_is_refused(learner, course, on, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        declared(learner, course, on=on)


def test_a_day_before_a_course_of_the_portal_existed_is_refused(learner):
    with pytest.raises(RuleBroken, match="did not exist yet on that day"):
        declared(learner, make_course(), on=date(2026, 1, 4))


def test_the_same_course_on_the_same_day_is_said_once(learner, course):
    declared(learner, course)

    with pytest.raises(RuleBroken, match="recorded already"):
        declared(learner, course)


def test_said_twice_at_once_it_stands_once(committed, learner, course, backup):
    results = at_once(lambda: declared(learner, course), lambda: declared(learner, course))

    assert sorted(type(each).__name__ for each in results) == ["Completion", "RuleBroken"]
    assert backup(Completion).count() == 1


def test_the_certificate_opens_to_its_owner_the_line_manager_and_training_managers_only(
    learner, manager, acting_for, course
):
    boss, colleague, board = acting_for("staff"), acting_for("staff"), acting_for("senior_approver")
    lead(manager, learner, boss)
    with acting_as(learner):
        done = Done(course_id=course.pk, completed_on=ON)
        proof = actions.declare(done=done, certificate=certificate(), by=learner, now=NOW).proof

    allowed = {}
    for who in (learner, boss, manager, colleague, board):
        with acting_as(who):
            allowed[who.membership_id] = record_queries.may_open_proof(who, proof)

    assert [allowed[who.membership_id] for who in (learner, boss, manager)] == [True, True, True]
    assert [allowed[who.membership_id] for who in (colleague, board)] == [False, False]


def test_accepted_it_counts_and_the_person_is_told(committed, learner, manager, course, backup):
    record = declared(learner, course)

    decide(manager, actions.accept, record)

    row = backup(Completion).get()
    assert (row.status, row.decided_by_id, row.decided_at) == (RecordStatus.COUNTS, manager.membership_id, NOW)
    kinds = set(backup(Notice).filter(membership_id=learner.membership_id).values_list("kind", flat=True))
    assert kinds == {"training.record_accepted"}
    assert backup(Event).filter(verb="training.record_accepted").count() == 1


def test_refused_it_says_why(learner, manager, course, within):
    record = declared(learner, course)

    decide(manager, actions.refuse, record, reason="It is about fire safety.")

    within(manager)
    row = Completion.objects.get()
    assert (row.status, row.decision_reason) == (RecordStatus.REFUSED, "It is about fire safety.")


def test_the_line_manager_decides_and_a_colleague_does_not(learner, manager, acting_for, course):
    boss, colleague = acting_for("staff"), acting_for("staff")
    lead(manager, learner, boss)
    record = declared(learner, course)

    with pytest.raises(ObjectDoesNotExist):
        decide(colleague, actions.accept, record)
    assert decide(boss, actions.accept, record).status == RecordStatus.COUNTS


def test_nobody_decides_about_their_own(manager, course):
    record = declared(manager, course)

    with pytest.raises(PermissionDenied, match="You cannot decide about your own record"):
        decide(manager, actions.accept, record)


def test_who_sees_all_training_cannot_decide(learner, acting_for, course):
    record = declared(learner, course)

    with pytest.raises(PermissionDenied, match="Only a training manager"):
        decide(acting_for("senior_approver"), actions.accept, record)


def test_two_decide_at_once_and_one_decision_stands(committed, learner, manager, acting_for, course, backup):
    other = acting_for("training_manager")
    record = declared(learner, course)

    results = at_once(
        lambda: decide(manager, actions.accept, record), lambda: decide(other, actions.refuse, record, reason="No.")
    )

    refused = [each for each in results if isinstance(each, RuleBroken)]
    assert len(refused) == 1
    assert "so it cannot become" in str(refused[0])
    decided = {"training.record_accepted", "training.record_refused"}
    assert backup(Event).filter(verb__in=decided).count() == 1


def test_taken_back_it_no_longer_waits(learner, manager, course, within):
    record = declared(learner, course)

    decide(learner, actions.take_back, record)

    within(manager)
    assert Completion.objects.get().status == RecordStatus.WITHDRAWN
    assert list(record_queries.waiting_for(manager)) == []


def test_nobody_takes_back_what_was_decided_or_what_others_say(learner, manager, acting_for, course):
    record = declared(learner, course)

    with pytest.raises(PermissionDenied, match="Only the person who said"):
        decide(manager, actions.take_back, record)
    decide(manager, actions.accept, record)
    with pytest.raises(RuleBroken, match="has decided about this record already"):
        decide(learner, actions.take_back, record)


def test_taken_back_while_it_is_accepted_one_of_both_happens(committed, learner, manager, course, backup):
    record = declared(learner, course)

    results = at_once(
        lambda: decide(manager, actions.accept, record), lambda: decide(learner, actions.take_back, record)
    )

    assert len([each for each in results if isinstance(each, RuleBroken)]) == 1
    verbs = {"training.record_accepted", "training.record_taken_back"}
    [verb] = backup(Event).filter(verb__in=verbs).values_list("verb", flat=True)
    accepted = verb == "training.record_accepted"
    assert backup(Completion).get().status == (RecordStatus.COUNTS if accepted else RecordStatus.WITHDRAWN)


def test_a_line_manager_is_offered_their_own_peoples_records_and_no_others(learner, manager, acting_for, course):
    boss, other = acting_for("staff"), acting_for("staff")
    lead(manager, learner, boss)
    mine = declared(learner, course)
    theirs = declared(other, course)
    declared(boss, course)

    with acting_as(boss):
        assert list(record_queries.waiting_for(boss)) == [mine]
    with acting_as(manager):
        assert {each.pk for each in record_queries.waiting_for(manager)} >= {mine.pk, theirs.pk}


# ---- Recorded for people
def test_recorded_for_several_it_counts_for_all(manager, people, course, within):
    ann, dev = people("Ann Bowen"), people("Dev Patel")
    within(manager)

    done = Done(course_id=course.pk, completed_on=ON, notes="Team day.")
    actions.record_for(membership_ids=[ann.pk, dev.pk], done=done, by=manager, now=NOW)

    rows = Completion.objects.values_list("membership_id", "status", "came", "notes")
    assert set(rows) == {(each.pk, RecordStatus.COUNTS, Came.MANUAL, "Team day.") for each in (ann, dev)}


def test_one_of_several_recorded_already_leaves_all_as_they_are(manager, people, course, within):
    ann, dev = people("Ann Bowen"), people("Dev Patel")
    recorded(manager, ann, course)
    within(manager)

    done = Done(course_id=course.pk, completed_on=ON)
    with pytest.raises(RuleBroken, match="recorded already for: Ann Bowen"):
        actions.record_for(membership_ids=[ann.pk, dev.pk], done=done, by=manager, now=NOW)

    assert Completion.objects.count() == 1


def test_staff_record_for_nobody_else(learner, people, course, within):
    ann = people()
    within(learner)

    with pytest.raises(PermissionDenied):
        actions.record_for(
            membership_ids=[ann.pk], done=Done(course_id=course.pk, completed_on=ON), by=learner, now=NOW
        )


def test_withdrawn_it_no_longer_counts_and_may_be_recorded_again(manager, people, course, within):
    record = recorded(manager, people(), course)

    decide(manager, actions.withdraw, record, reason="The wrong Ann.")

    within(manager)
    row = Completion.objects.get()
    assert (row.status, row.decision_reason) == (RecordStatus.WITHDRAWN, "The wrong Ann.")
    assert recorded(manager, row.membership, course).status == RecordStatus.COUNTS
