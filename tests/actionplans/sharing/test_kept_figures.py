"""What a partnership's plan counts of reported actions is kept between changes, and never out of date."""

from datetime import timedelta

import pytest

from actionplans import actions, gathering, shelves
from foundation.core.acting import acting_as
from tests.conftest import NOW, acting_of, make_membership
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


def test_the_board_the_timeline_and_the_owners_have_what_is_gathered_with_the_links_to_the_rest(
    owner, board, chair, plan, client_for
):
    rows = [factories.active(owner, title=f"Action {number:02}") for number in range(9)]
    reported = [factories.report(owner, board, row) for row in rows]
    for each in reported:
        factories.place(chair, each, plan)
    factories.complete(owner, reported[0].action)
    client = client_for(chair)

    for _ in range(2):  # counted, then kept
        columns = {each["shelf"].title: each["shelf"] for each in client.get("/action-plans/board/").context["columns"]}
        [(holder, lines)] = client.get("/action-plans/by-owner/").context["groups"]
        drawn = client.get("/action-plans/timeline/").context["chart"].rows

        assert (columns["Not started"].reported, columns["Done"].reported) == (8, 1)
        assert (holder.name, holder.total, holder.more, len(lines)) == ("Ashmere District Council", 8, 3, 5)
        assert sorted(name for name, *_rest in drawn) == sorted(f"{row.code} {row.title}" for row in rows)
    listed = client.get(holder.url)
    assert len(listed.context["lines"]) == 8


def test_what_a_column_and_an_objective_do_not_show_is_in_the_list_that_they_link_to(
    owner, board, chair, plan, objectives, client_for, monkeypatch
):
    monkeypatch.setattr(shelves, "MOST", 2)
    for number in range(4):
        row = factories.active(owner, title=f"Action {number}")
        factories.place(chair, factories.report(owner, board, row), plan, objectives[number // 3])
    other = factories.plan(chair, title="Another plan")
    factories.place(chair, factories.report(owner, board, factories.active(owner, title="Elsewhere")), other)
    client = client_for(chair)

    column = client.get(f"/action-plans/board/?plan={plan.reference}").context["columns"][0]
    shelf, _lines, _own_url, reported_url = client.get(plan.get_absolute_url()).context["groups"][0]

    assert (column["shelf"].more_reported, shelf.more_reported, shelf.more) == (2, 1, 0)
    titles = {each["title"] for each in client.get(column["reported_url"]).context["lines"]}
    assert titles == {f"Action {number}" for number in range(4)}
    titles = {each["title"] for each in client.get(reported_url).context["lines"]}
    assert titles == {f"Action {number}" for number in range(3)}


@pytest.mark.parametrize("asked", ["0-", "-", "-1", "1-x", "x-1", f"{'9' * 30}-"])
def test_a_place_that_is_none_is_said_to_be_none(owner, board, chair, row, plan, client_for, asked):
    factories.place(chair, factories.report(owner, board, row), plan)

    page = client_for(chair).get("/action-plans/gathered/", {"place": asked})

    assert page.status_code == 200
    assert "place" in page.context["page"].filter_form.errors


def test_who_may_not_read_plans_is_shown_and_keeps_nothing(owner, board, chair, row, plan):
    factories.place(chair, factories.report(owner, board, row), plan)
    staff = acting_of(make_membership(board, "staff"))

    assert seen_by(staff, plan)[0] == (0, 0, 0, 0)
    with acting_as(staff):
        assert shelves.in_time(staff, TODAY, plan=plan) == []
    assert seen_by(chair, plan)[0][0] == 1
