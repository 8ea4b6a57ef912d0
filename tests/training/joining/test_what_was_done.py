"""What somebody did under two entries is theirs under the one that is kept, and counts once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories.certificates import issued
from tests.factories.learning import answer, begin, chosen, finish, progress, up_to
from tests.factories.records import ON, brought_in, declared, file_of, recorded
from tests.factories.training import make_course
from training import actions, queries, verification
from training.actions.recording import Done
from training.models import Attempt, Certificate, Completion, Reply
from training.workflow import RecordStatus, Status


def whose(backup, model):
    return set(backup(model).values_list("membership_id", flat=True))


def test_records_certificates_and_ways_through_courses_go_over(twice, backup):
    certificate = issued(twice.ended)
    attempt = begin(twice.ended, make_course())
    finish(twice.ended, attempt, "welcome")

    twice.join()

    assert (
        whose(backup, Completion) == whose(backup, Certificate) == whose(backup, Attempt) == {twice.kept.membership_id}
    )
    with acting_as(twice.kept):
        assert queries.get_certificate_or_404(twice.kept, certificate.reference).pk == certificate.pk
    assert progress(twice.kept, attempt).done == {"welcome"}


def test_a_certificate_of_the_ended_entry_is_still_genuine_under_the_name_that_is_printed(twice):
    certificate = issued(twice.ended)

    twice.join()

    found = verification.check(number=certificate.reference, name="R Morgan", now=NOW)
    assert found == verification.Genuine(certificate.course_title, certificate.completed_on)


def test_what_was_begun_is_finished_under_the_kept_entry(twice, backup):
    attempt = up_to(twice.ended, begin(twice.ended, make_course()), "final-check")
    twice.join()

    answer(twice.kept, attempt, "final-check")

    assert backup(Completion).get().membership_id == twice.kept.membership_id


@pytest.mark.parametrize(("later", "goes_on"), [("kept", "kept"), ("ended", "ended")])
def test_of_two_ways_through_one_course_the_one_moved_last_goes_on(twice, backup, later, goes_on):
    course = make_course()
    ways = {name: begin(getattr(twice, name), course) for name in ("kept", "ended")}
    finish(getattr(twice, later), ways[later], "welcome", now=NOW + timedelta(minutes=5))

    twice.join(now=NOW + timedelta(hours=1))

    left = next(name for name in ways if name != goes_on)
    standing = dict(backup(Attempt).values_list("pk", "status"))
    assert standing == {ways[goes_on].pk: Status.IN_PROGRESS, ways[left].pk: Status.ENDED}
    assert whose(backup, Attempt) == {twice.kept.membership_id}


def test_the_same_course_on_the_same_day_counts_once(twice, course, backup):
    ours = recorded(twice.manager, twice.kept.membership, course)
    theirs = recorded(twice.manager, twice.ended.membership, course)

    twice.join()

    rows = dict(backup(Completion).values_list("pk", "status"))
    assert rows == {ours.pk: RecordStatus.COUNTS, theirs.pk: RecordStatus.WITHDRAWN}
    assert whose(backup, Completion) == {twice.kept.membership_id}
    assert "two entries of this person were joined" in backup(Completion).get(pk=theirs.pk).decision_reason


def test_of_two_records_of_one_day_the_one_that_was_checked_stays(twice, course, backup):
    waiting = declared(twice.kept, course, on=ON)
    counts = recorded(twice.manager, twice.ended.membership, course, on=ON)

    twice.join()

    rows = dict(backup(Completion).values_list("pk", "status"))
    assert rows == {waiting.pk: RecordStatus.WITHDRAWN, counts.pk: RecordStatus.COUNTS}


def test_the_same_course_on_different_days_stays_twice(twice, course, backup):
    recorded(twice.manager, twice.kept.membership, course, on=date(2026, 3, 27))
    recorded(twice.manager, twice.ended.membership, course, on=date(2026, 3, 28))

    twice.join()

    assert backup(Completion).filter(status=RecordStatus.COUNTS).count() == 2


def test_a_file_of_training_finds_the_kept_one_by_what_the_other_was_known_by(twice, course, backup):
    twice.join()
    rows = [["", twice.ended.membership.email, course.title, "2026-03-27", "", ""]]

    done = brought_in(twice.manager, file_of(rows))

    assert done.counts["create"] == 1
    assert backup(Completion).get().membership_id == twice.kept.membership_id


# ---- What the database holds to
def test_a_record_becomes_nobody_elses_unless_the_two_were_joined(twice, course, backup):
    row = recorded(twice.manager, twice.ended.membership, course)

    with (
        acting_as(twice.manager),
        pytest.raises(IntegrityError, match="belongs to somebody else"),
        transaction.atomic(),
    ):
        Completion.objects.filter(pk=row.pk).update(membership=twice.kept.membership)

    assert backup(Completion).get().membership_id == twice.ended.membership_id


def test_nothing_more_is_recorded_of_an_entry_that_was_joined(twice, course, backup):
    twice.join()
    done = Done(course_id=course.pk, completed_on=ON)

    with pytest.raises(PermissionDenied, match="was joined with another"):
        recorded(twice.manager, twice.ended.membership, course)
    with acting_as(twice.manager), pytest.raises(RuleBroken, match="Joined with another entry: R Morgan"):
        actions.record_for(membership_ids=[twice.ended.membership_id], done=done, by=twice.manager, now=NOW)

    assert backup(Completion).count() == 0


def test_the_database_takes_nothing_new_of_an_entry_that_was_joined(twice, backup):
    twice.join()

    with pytest.raises(IntegrityError, match="joined with another entry"):
        begin(twice.ended, make_course())

    assert backup(Attempt).count() == 0


# ---- At once
def test_a_final_check_sent_while_two_are_joined_counts_for_the_kept_one_or_not_at_all(twice, backup):
    attempt = up_to(twice.ended, begin(twice.ended, make_course()), "final-check")
    picked = chosen(twice.ended, attempt, "final-check")

    def send():
        with acting_as(twice.ended):
            return actions.answer(
                attempt_id=attempt.pk, page="final-check", number=1, chosen=picked, by=twice.ended, now=NOW
            )

    results = at_once(twice.join, send)

    assert results[0] is None
    assert isinstance(results[1], Reply | Attempt.DoesNotExist | RuleBroken)
    done = isinstance(results[1], Reply)
    assert backup(Completion).filter(membership_id=twice.kept.membership_id).count() == int(done)
    assert not backup(Completion).filter(membership_id=twice.ended.membership_id).exists()


def test_a_record_written_while_two_are_joined_is_the_kept_ones_or_refused(twice, course, backup):
    results = at_once(twice.join, lambda: recorded(twice.manager, twice.ended.membership, course))

    assert results[0] is None
    assert not backup(Completion).filter(membership_id=twice.ended.membership_id).exists()
