"""Numbers of partners: recorded, corrected, and read as they were known on a day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories import partnerships
from tests.factories.records import ON, given, partner_return
from training import actions, aggregates
from training.models import PartnerReturn

TODAY = NOW.date()


def latest(by, on=TODAY):
    with acting_as(by):
        return [(row.partner_name, row.group, row.in_date, row.in_scope) for row in aggregates.latest(by, on)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"in_date": 41}, "cannot be more people in date than in scope"),
        ({"as_at": TODAY + timedelta(days=1)}, "must not be in the future"),
        ({"in_scope": 0, "in_date": 0}, "At least one person"),
        ({"partner_name": ""}, "enter its name"),
        ({"group": ""}, "Select a requirement, or say which group"),
    ],
)
def test_what_cannot_be_is_refused(manager, changes, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        partner_return(manager, **changes)


def test_the_newest_of_each_partner_and_group_stands(manager):
    partner_return(manager, as_at=date(2026, 1, 31), in_date=20)
    partner_return(manager, as_at=ON, in_date=31)
    partner_return(manager, group="Office", in_scope=9, in_date=9)
    partner_return(manager, partner_name="Pathway Housing", in_scope=5, in_date=1)

    assert latest(manager) == [
        ("Pathway Housing", "Crew", 1, 5),
        ("Severn Ferries", "Crew", 31, 40),
        ("Severn Ferries", "Office", 9, 9),
    ]


def test_a_correction_takes_the_place_of_what_stood_and_leaves_it_readable(manager):
    before = partner_return(manager)

    with acting_as(manager):
        after = actions.correct_return(return_id=before.pk, given=given(in_date=30), by=manager, now=NOW)

    assert latest(manager) == [("Severn Ferries", "Crew", 30, 40)]
    with acting_as(manager):
        assert PartnerReturn.objects.get(pk=before.pk).in_date == 31
        assert after.replaces_id == before.pk


def test_a_past_day_reads_as_it_was_known_then(manager):
    recorded_at, corrected_at = NOW - timedelta(days=10), NOW - timedelta(days=3)
    before = partner_return(manager, now=recorded_at)
    with acting_as(manager):
        actions.correct_return(return_id=before.pk, given=given(in_date=30), by=manager, now=corrected_at)

    on = [latest(manager, TODAY - timedelta(days=days)) for days in (11, 10, 4, 3, 0)]

    assert [[row[2] for row in rows] for rows in on] == [[], [31], [31], [30], [30]]


def test_corrected_twice_at_once_it_is_corrected_once(committed, manager, backup):
    before = partner_return(manager)

    def correct(in_date):
        with acting_as(manager):
            return actions.correct_return(return_id=before.pk, given=given(in_date=in_date), by=manager, now=NOW)

    results = at_once(lambda: correct(29), lambda: correct(30))

    assert sorted(type(each).__name__ for each in results) == ["PartnerReturn", "RuleBroken"]
    assert backup(PartnerReturn).count() == 2


def test_a_partnership_names_its_members(manager, acting_for, organisation):
    board = partnerships.partnership()
    partnerships.join(board, organisation)
    keeper = acting_for("training_manager", organisation=board)

    row = partner_return(keeper, partner_id=organisation.pk, partner_name="")

    assert row.partner_name == organisation.name
    with pytest.raises(RuleBroken, match="not a member today"):
        partner_return(manager, partner_id=organisation.pk)


def test_staff_record_nothing_and_read_nothing(manager, learner):
    partner_return(manager)

    with pytest.raises(PermissionDenied):
        partner_return(learner)
    assert latest(learner) == []


def test_totals_add_up(manager):
    partner_return(manager)
    partner_return(manager, group="Office", in_scope=9, in_date=9)

    with acting_as(manager):
        total = aggregates.total(aggregates.latest(manager, TODAY))

    assert (total.in_scope, total.in_date) == (49, 40)
