"""What each person is asked and how they stand: worked out from posts, rules and records."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from foundation.core.acting import Acting, acting_as
from foundation.organisations.models import Membership
from tests.conftest import NOW
from tests.factories.asking import ASKED_FROM, ask, asked, assignment, counts, record, standing, work_out
from tests.factories.learning import begin, complete
from tests.factories.organisations import EARLIER, person, role_grant, team
from tests.factories.training import make_course
from training import upkeep
from training.actions import agreements, recording, requirements
from training.models import Assignment, Equivalence, PersonChange, Validity
from training.scope import Scope

TODAY = NOW.date()


@pytest.fixture
def manager(acting_for):
    return acting_for("training_manager", "organisation_admin", name="Tess Manager")


@pytest.fixture
def course(_database):
    return make_course()


@pytest.fixture
def other_course(_database):
    return make_course("other-course", title="Another course")


@pytest.fixture
def colleague(manager):
    return person(manager, name="Cole Colleague", job_title="Officer", starts_on=date(2026, 1, 1))


def change(by: Acting, row: Membership, **fields) -> None:
    with acting_as(by):
        Membership.objects.filter(pk=row.pk).update(**fields)


def equal(manager, done, counts_for, **fields) -> Equivalence:
    with acting_as(manager):
        return Equivalence.objects.create(
            organisation=manager.organisation,
            done=done,
            counts_for=counts_for,
            reason="The same content",
            recorded_at=NOW,
            recorded_by=manager.membership,
            **fields,
        )


# ---- Who is asked from when, and until when to do it
def test_who_was_there_before_is_asked_from_the_first_day_and_has_the_days_of_the_rule(manager, course, colleague):
    ask(manager, course, grace_days=28)

    row = assignment(manager, colleague)
    assert (row.starts_on, row.due_on, row.has_grace) == (ASKED_FROM, ASKED_FROM + timedelta(days=28), False)
    assert standing(manager, colleague) == ["overdue"]


def test_a_new_starter_has_the_days_of_the_rule_from_their_first_day(manager, course):
    ask(manager, course, grace_days=28)
    starter = person(manager, starts_on=date(2026, 11, 20))
    upkeep.work_out_changed(now=NOW)

    row = assignment(manager, starter)
    assert (row.starts_on, row.due_on, row.has_grace) == (date(2026, 11, 20), date(2026, 12, 18), True)
    assert standing(manager, starter) == ["grace"]


def test_somebody_who_starts_later_is_not_counted_before_and_a_leaver_not_after(manager, course):
    ask(manager, course)
    starter = person(manager, starts_on=TODAY + timedelta(days=10))
    leaver = person(manager, starts_on=date(2026, 1, 1))
    change(manager, leaver, ends_on=TODAY - timedelta(days=1))
    upkeep.work_out_changed(now=NOW)

    assert standing(manager, starter) == []
    assert standing(manager, leaver) == []
    assert standing(manager, starter, TODAY + timedelta(days=10)) == ["grace"]


def test_who_comes_under_a_rule_by_a_change_of_post_is_asked_from_that_day(manager, course, colleague):
    everybody = make_course("for-all", title="For all")
    ask(manager, everybody, title="For all")
    ask(manager, course, scope=Scope(staff_groups=("Front line",)))
    assert len(standing(manager, colleague)) == 1

    change(manager, colleague, staff_group="Front line")
    upkeep.work_out_changed(now=NOW)

    with acting_as(manager):
        row = Assignment.objects.get(membership=colleague, requirement__title="Awareness", known_until=None)
    assert (row.starts_on, row.because, row.has_grace) == (TODAY, ["staff_group:Front line"], False)
    assert standing(manager, colleague) == ["not_started", "overdue"]


def test_who_leaves_a_rule_is_no_longer_asked_and_was_asked_until_then(manager, course, colleague):
    change(manager, colleague, staff_group="Front line")
    ask(manager, course, scope=Scope(staff_groups=("Front line",)), now=NOW - timedelta(days=5))

    change(manager, colleague, staff_group="Office")
    upkeep.work_out_changed(now=NOW)

    assert standing(manager, colleague) == []
    assert standing(manager, colleague, TODAY - timedelta(days=1)) == ["overdue"]


def test_a_team_stands_for_all_that_is_part_of_it(manager, course):
    above = team(manager, "Housing")
    below = team(manager, "Lettings", part_of=above)
    within, outside = person(manager, team_id=below.pk), person(manager)

    ask(manager, course, scope=Scope(teams=(above.pk,)))

    assert assignment(manager, within).because == [f"team:{above.pk}"]
    assert standing(manager, outside) == []


def test_a_role_asks_as_long_as_it_is_held(manager, course, colleague):
    ask(manager, course, scope=Scope(roles=("board_member",)))
    assert standing(manager, colleague) == []

    role_grant(manager, colleague, "board_member", ends_on=TODAY)
    upkeep.work_out_changed(now=NOW)
    assert len(standing(manager, colleague)) == 1

    tomorrow = NOW + timedelta(days=1)
    assert upkeep.note_roles_of_the_day(now=tomorrow) == 1
    upkeep.work_out_changed(now=tomorrow)
    assert standing(manager, colleague, tomorrow.date(), today=tomorrow.date()) == []


# ---- What counts
def test_what_was_done_is_good_for_the_months_of_the_rule_in_force_when_it_was_done(manager, course, colleague):
    row = ask(manager, course, months=24, now=NOW - timedelta(days=60))
    record(manager, colleague, course, TODAY - timedelta(days=30))
    with acting_as(manager):
        requirements.change(requirement_id=row.pk, version=1, asked=asked(course, months=12), by=manager, now=NOW)
    work_out(manager, row)
    before = assignment(manager, colleague)

    record(manager, colleague, course, TODAY, now=NOW + timedelta(minutes=1))

    assert before.valid_until == date(2028, 10, 24)
    assert assignment(manager, colleague).valid_until == date(2028, 10, 24)  # the longest of the two
    with acting_as(manager):
        assert set(Validity.objects.values_list("valid_until", flat=True)) == {date(2028, 10, 24), date(2027, 11, 23)}


def test_one_course_counts_for_several_requirements_each_to_its_own_day(manager, course, other_course, colleague):
    ask(manager, course, title="A", months=24)
    ask(manager, course, title="B", months=12)
    equal(manager, course, other_course, months=6)
    ask(manager, other_course, title="C", months=36)

    record(manager, colleague, course, TODAY)

    with acting_as(manager):
        rows = Assignment.objects.filter(membership=colleague, known_until=None).order_by("requirement__title")
        assert [row.valid_until for row in rows] == [date(2028, 11, 23), date(2027, 11, 23), date(2027, 5, 23)]


def test_a_refresher_counts_only_for_who_did_the_course_before(manager, course, other_course):
    equal(manager, other_course, course, only_after=True)
    fresh, experienced = person(manager), person(manager)
    ask(manager, course)
    record(manager, experienced, course, date(2026, 1, 10))

    record(manager, fresh, other_course, TODAY)
    record(manager, experienced, other_course, TODAY)

    assert standing(manager, fresh) == ["overdue"]
    assert assignment(manager, experienced).valid_until == date(2028, 11, 23)


def test_an_equivalence_that_ended_counts_for_what_was_done_before(manager, course, other_course):
    early, late = person(manager), person(manager)
    ask(manager, course)
    equal(manager, other_course, course, ended_on=TODAY - timedelta(days=10))

    record(manager, early, other_course, TODAY - timedelta(days=10))
    record(manager, late, other_course, TODAY - timedelta(days=9))

    assert standing(manager, early) == ["in_date"]
    assert standing(manager, late) == ["overdue"]


def test_a_withdrawn_record_counts_no_longer_and_did_until_then(manager, course, colleague):
    ask(manager, course, now=NOW - timedelta(days=9))
    done = record(manager, colleague, course, TODAY - timedelta(days=8), now=NOW - timedelta(days=8))

    with acting_as(manager):
        recording.withdraw(completion_id=done.pk, reason="Another person's", by=manager, now=NOW)

    assert standing(manager, colleague) == ["overdue"]
    assert standing(manager, colleague, TODAY - timedelta(days=1)) == ["in_date"]


def test_the_way_through_a_course_is_seen_from_its_beginning_to_its_end(manager, acting_for, course):
    learner = acting_for("staff", name="Leila Learner")
    ask(manager, course, grace_days=700)
    begin(learner, course)
    assert standing(manager, learner.membership) == ["in_progress"]

    complete(learner, course, now=NOW + timedelta(minutes=5))

    assert standing(manager, learner.membership) == ["in_date"]
    assert assignment(manager, learner.membership).valid_until == date(2028, 11, 23)


# ---- How somebody stands, day by day
def test_standing_follows_the_days(manager, course, colleague):
    ask(manager, course, months=12, expiring_days=60)
    record(manager, colleague, course, TODAY)

    ends = date(2027, 11, 23)
    by_day = {
        TODAY: "in_date",
        ends - timedelta(days=61): "in_date",
        ends - timedelta(days=60): "expiring",
        ends: "expiring",
        ends + timedelta(days=1): "overdue",
    }
    assert {day: standing(manager, colleague, day, today=TODAY)[0] for day in by_day} == by_day


def test_a_waiver_more_time_and_an_absence_each_stand_for_their_days(manager, course, colleague):
    ask(manager, course)
    row = assignment(manager, colleague)
    with acting_as(manager):
        agreements.extend(assignment_id=row.pk, due_on=TODAY + timedelta(days=5), reason="x", by=manager, now=NOW)
    assert standing(manager, colleague) == ["grace"]
    assert standing(manager, colleague, TODAY + timedelta(days=6)) == ["overdue"]

    with acting_as(manager):
        agreements.record_absence(
            membership_id=colleague.pk, starts_on=TODAY, ends_on=None, kind="leave", by=manager, now=NOW
        )
    assert standing(manager, colleague, TODAY + timedelta(days=6)) == ["absent"]

    with acting_as(manager):
        row = assignment(manager, colleague)
        agreements.waive(
            assignment_id=row.pk, starts_on=TODAY, ends_on=TODAY, reason="x", by=manager, now=NOW + timedelta(seconds=1)
        )
    assert standing(manager, colleague) == ["waived"]
    assert standing(manager, colleague, TODAY + timedelta(days=6)) == ["absent"]


# ---- What was known then does not change
def test_figures_of_a_past_day_stay_when_later_data_arrives(manager, course, colleague):
    earlier = NOW - timedelta(days=20)
    ask(manager, course, now=earlier)
    then = TODAY - timedelta(days=10)
    before = counts(manager, then)

    record(manager, colleague, course, TODAY - timedelta(days=15))  # done before that day, told after it
    person(manager, starts_on=date(2026, 9, 1))
    change(manager, manager.membership, ends_on=TODAY)
    upkeep.work_out_changed(now=NOW)

    assert counts(manager, then) == before
    assert counts(manager, TODAY) != before


def test_a_withdrawn_requirement_asks_nobody_from_that_moment(manager, course, colleague):
    row = ask(manager, course, now=NOW - timedelta(days=5))

    with acting_as(manager):
        requirements.withdraw(requirement_id=row.pk, version=1, by=manager, now=NOW)

    assert counts(manager, TODAY) == {}
    assert counts(manager, TODAY - timedelta(days=1)) == {"overdue": 2}


# ---- Working out
def test_working_out_again_changes_nothing(manager, course, colleague):
    row = ask(manager, course)

    assert work_out(manager, row, now=NOW + timedelta(days=1)) == 0


def test_only_changes_of_a_post_are_noted_and_what_is_noted_is_worked_out_once(manager, course, colleague):
    ask(manager, course)
    upkeep.work_out_changed(now=NOW)
    with acting_as(manager):
        change(manager, colleague, name="Cole Renamed", email="cole@example.org")
        assert PersonChange.objects.count() == 0
        change(manager, colleague, job_title="Manager")
        assert list(PersonChange.objects.values_list("membership_id", flat=True)) == [colleague.pk]

    assert upkeep.work_out_changed(now=NOW) == 1
    assert upkeep.work_out_changed(now=NOW) == 0


def test_moving_a_team_notes_everybody_below_it(manager, course):
    above, middle = team(manager, "Housing"), team(manager, "Homes")
    below = team(manager, "Lettings", part_of=middle)
    within = person(manager, team_id=below.pk)
    ask(manager, course, scope=Scope(teams=(above.pk,)))
    upkeep.work_out_changed(now=NOW)
    assert standing(manager, within) == []

    with acting_as(manager):
        type(middle).objects.filter(pk=middle.pk).update(part_of=above)
    upkeep.work_out_changed(now=NOW)

    assert len(standing(manager, within)) == 1


def test_the_number_of_queries_does_not_grow_with_the_people(manager, course):
    row = ask(manager, course)
    few = _queries_of(manager, row)
    for _number in range(30):
        person(manager, now=EARLIER)

    assert _queries_of(manager, row) == few + 1  # the new rows, in one statement


def _queries_of(manager, row) -> int:

    with CaptureQueriesContext(connection) as found:
        work_out(manager, row)
    return len(found)


def test_two_who_work_out_at_once_write_everything_once(committed, manager, course, backup):
    row = ask(manager, course)
    for _number in range(5):
        person(manager)
    ready, failures = threading.Barrier(2), []

    def go() -> None:
        try:
            ready.wait(timeout=10)
            work_out(manager, row, now=NOW + timedelta(seconds=1))
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _number in range(2)]
    [thread.start() for thread in threads]
    [thread.join(timeout=30) for thread in threads]

    assert failures == []
    assert backup(Assignment).filter(known_until=None).count() == 6
    assert backup(Assignment).count() == 6
