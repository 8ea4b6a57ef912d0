"""What a partnership's plan counts of reported actions is kept between changes, and never out of date."""

from datetime import timedelta

import pytest

from actionplans import actions, gathering, shelves
from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.factories import actionplans as factories

TODAY = NOW.date()


pytestmark = pytest.mark.usefixtures("committed")


def seen_by(chair, plan, today=TODAY):
    with acting_as(chair):
        found, counts = shelves.of_plan(chair, plan, today)
    shown = {shelf.title: [line.action.title for line in shelf.lines] for shelf in found if shelf.lines}
    return (counts.reported, counts.done, counts.overdue, counts.drifting), shown


def test_every_deed_that_changes_what_is_reported_or_where_is_in_the_plan_at_once(
    owner, board, chair, row, plan, objectives
):
    first, second = objectives[0].title, objectives[1].title
    assert seen_by(chair, plan) == ((0, 0, 0, 0), {})

    reported = factories.report(owner, board, row)
    factories.place(chair, reported, plan, objectives[0])
    assert seen_by(chair, plan) == ((1, 0, 0, 1), {first: [row.title]})

    factories.place(chair, reported, plan, objectives[1])
    assert seen_by(chair, plan) == ((1, 0, 0, 1), {second: [row.title]})

    with acting_as(owner):
        actions.move_due(
            action_id=row.pk, version=row.version, due_on=TODAY - timedelta(days=1), reason="Sooner", by=owner, now=NOW
        )
    assert seen_by(chair, plan) == ((1, 0, 1, 0), {second: [row.title]})

    factories.complete(owner, row)
    assert seen_by(chair, plan) == ((1, 1, 0, 0), {second: [row.title]})

    with acting_as(chair):
        actions.leave_out_reported(reported_id=reported.pk, by=chair, now=NOW)
    assert seen_by(chair, plan) == ((0, 0, 0, 0), {})

    factories.place(chair, reported, plan)
    factories.take_back(owner, reported)
    assert seen_by(chair, plan) == ((0, 0, 0, 0), {})


def test_the_next_day_is_counted_anew(owner, board, chair, plan):
    row = factories.active(owner, starts_on=TODAY - timedelta(days=1), due_on=TODAY)
    factories.place(chair, factories.report(owner, board, row), plan)

    assert [seen_by(chair, plan, TODAY + timedelta(days=days))[0][2] for days in (0, 1)] == [0, 1]


def test_what_did_not_change_is_not_counted_again(owner, board, chair, row, plan, monkeypatch):
    factories.place(chair, factories.report(owner, board, row), plan)
    before = seen_by(chair, plan)

    monkeypatch.setattr(gathering, "_counted_and_first", lambda *_place: pytest.fail("counted again"))

    assert seen_by(chair, plan) == before


def test_two_plans_keep_figures_of_their_own(owner, board, chair, row, plan):
    other = factories.plan(chair, title="Another plan")
    factories.place(chair, factories.report(owner, board, row), plan)

    assert [seen_by(chair, each)[0][0] for each in (plan, other, plan, other)] == [1, 0, 1, 0]
