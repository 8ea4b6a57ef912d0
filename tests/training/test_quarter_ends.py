"""The figures at each quarter end: those of the day as known then, written once, never changed."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.db import ProgrammingError, transaction

from foundation.core.acting import acting_as
from foundation.organisations.models import Membership
from tests.at_once import at_once
from tests.conftest import acting_of, make_membership
from tests.factories import for_all as asked
from tests.factories.organisations import team
from tests.factories.training import make_course
from training import assigning, figures, quarter_ends
from training.models import Assignment, Group, Requirement, Snapshot

END, DAY_AFTER = date(2026, 12, 31), datetime(2027, 1, 1, 0, 40, tzinfo=UTC)


@pytest.fixture
def manager(organisation):
    return acting_of(make_membership(organisation, "training_manager", "organisation_admin", name="Mair Manager"))


@pytest.fixture
def course(_database):
    return make_course(title="Prevent awareness")


@pytest.fixture
def people(organisation, manager):
    """Three in two teams and one in none; with the manager, five."""
    housing, schools = team(manager, "Housing"), team(manager, "Schools")
    found = [make_membership(organisation, name=f"Person {number}", with_user=False) for number in range(4)]
    with acting_as(manager):
        for person, their_team, group in zip(found, (housing, housing, schools, None), "aab ", strict=True):
            Membership.objects.filter(pk=person.pk).update(team=their_team, staff_group=group.strip())
    return found


@pytest.fixture
def required(manager, course, people):
    row = asked.requirement(manager, course, target=90)
    asked.done(manager, people[0], course, date(2026, 11, 23))
    return row


def kept(manager) -> dict[tuple[str, str], Counter]:
    with acting_as(manager):
        rows = Snapshot.objects.visible_to(manager)
        return {(row.group, row.group_name): +Counter(row.counts) for row in rows}


@pytest.mark.parametrize(
    ("today", "end"),
    [
        (date(2027, 1, 1), date(2026, 12, 31)), (date(2027, 3, 31), date(2026, 12, 31)),
        (date(2027, 4, 1), date(2027, 3, 31)), (date(2028, 7, 5), date(2028, 6, 30)),
        (date(2026, 12, 31), date(2026, 9, 30)),
    ],
)  # fmt: skip
def test_the_quarter_that_ended_last(today, end):
    assert quarter_ends.last_quarter_end(today) == end


def test_it_is_kept_for_everybody_by_team_and_by_staff_group(committed, required, manager):
    rows = quarter_ends.keep(now=DAY_AFTER)

    assert rows == 7
    assert kept(manager) == {
        ("all", ""): Counter(in_date=1, overdue=4),
        ("team", "Housing"): Counter(in_date=1, overdue=1),
        ("team", "Schools"): Counter(overdue=1),
        ("team", ""): Counter(overdue=2),
        ("staff_group", "a"): Counter(in_date=1, overdue=1),
        ("staff_group", "b"): Counter(overdue=1),
        ("staff_group", ""): Counter(overdue=2),
    }


def test_it_equals_the_figures_as_at_that_day_whatever_came_later(committed, required, manager, people, course):
    quarter_ends.keep(now=DAY_AFTER)
    later = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    asked.done(manager, people[1], course, date(2026, 12, 1), now=later)
    with acting_as(manager):
        Membership.objects.filter(pk=people[2].pk).update(team=None)
        assigning.work_out(manager.organisation_id, [people[2].pk], now=later)

    with acting_as(manager):
        rows = Assignment.objects.visible_to(manager).asked(END, today=date(2027, 2, 1))
        as_at, by_team = figures.of(rows), dict(figures.by(rows, "team__name"))

    assert kept(manager)["all", ""] == +Counter(as_at.counts)
    assert kept(manager)["team", "Schools"] == +Counter(by_team[("Schools",)].counts)


def test_kept_late_it_is_the_same(committed, required, manager, people, course):
    asked.done(manager, people[1], course, date(2026, 12, 1), now=datetime(2027, 1, 20, 9, 0, tzinfo=UTC))

    quarter_ends.keep(now=datetime(2027, 1, 21, 0, 40, tzinfo=UTC))

    assert kept(manager)["all", ""] == Counter(in_date=1, overdue=4)


def test_it_is_kept_once_also_by_two_schedulers_at_once(committed, required, manager):
    counts = at_once(lambda: quarter_ends.keep(now=DAY_AFTER), lambda: quarter_ends.keep(now=DAY_AFTER))

    assert (sorted(counts), quarter_ends.keep(now=DAY_AFTER)) == ([0, 7], 0)


def test_the_words_are_those_of_that_day(committed, required, manager):
    quarter_ends.keep(now=DAY_AFTER)
    with acting_as(manager):
        Requirement.objects.filter(pk=required.pk).update(title="Renamed", target=50)

    with acting_as(manager):
        row = Snapshot.objects.visible_to(manager).get(group=Group.ALL)
        assert (row.title, row.course_title, row.target) == ("Awareness for all", "Prevent awareness", 90)


def test_nobody_can_change_or_delete_it(committed, required, manager):
    quarter_ends.keep(now=DAY_AFTER)

    for change in (lambda rows: rows.update(counts={}), lambda rows: rows.delete()):
        with acting_as(manager), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change(Snapshot.objects.all())


def test_another_organisation_sees_none_of_it(committed, required, manager, other_organisation):
    quarter_ends.keep(now=DAY_AFTER)
    theirs = acting_of(make_membership(other_organisation, "training_manager"))

    assert kept(theirs) == {}
