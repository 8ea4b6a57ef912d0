"""Whom a rule would ask, counted before it is saved."""

from datetime import date, timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.organisations import actions as organisations
from tests.conftest import NOW, make_membership
from tests.factories.organisations import person, role_grant, team
from training.previewing import preview
from training.scope import Scope

TODAY = NOW.date()


@pytest.fixture
def manager(acting_for):
    return acting_for("training_manager", name="Zed Manager")


@pytest.fixture
def admin(acting_for):
    return acting_for("organisation_admin", name="Zoe Admin")


def shown(manager, scope, in_force=None):
    with acting_as(manager):
        return preview(manager, scope, in_force=in_force, on=TODAY)


def test_no_condition_asks_everybody_who_is_here_today(manager, admin):
    person(admin, name="Ann Bowen")
    person(admin, name="Not yet here", starts_on=TODAY + timedelta(days=1))
    left = person(admin, name="Has left")
    with acting_as(admin):
        organisations.end_person(membership_id=left.pk, last_day=TODAY - timedelta(days=1), by=admin, now=NOW)

    found = shown(manager, Scope())

    assert (found.asked, found.of, found.asks_everybody, found.asks_nobody) == (3, 3, True, False)
    assert [each.name for each in found.first] == ["Ann Bowen", "Zed Manager", "Zoe Admin"]


def test_each_kind_of_condition_narrows_and_says_why(manager, admin):
    housing = team(admin, "Housing")
    rents = team(admin, "Rents", part_of=housing)
    hit = person(admin, name="Ann Bowen", job_title="Rents Officer", team_id=rents.pk)
    role_grant(admin, hit, "board_member")
    person(admin, name="Dev Patel", job_title="Rents Officer")

    found = shown(
        manager,
        Scope(teams=(housing.pk,), job_titles=("rents",), roles=("board_member",), started_from=date(2026, 9, 1)),
    )

    assert [each.name for each in found.first] == ["Ann Bowen"]
    assert found.first[0].because == ("job_title:rents", "role:board_member", f"team:{housing.pk}", "started")


def test_against_the_rule_in_force_it_counts_who_joins_and_who_leaves(manager, admin):
    for title in ("Housing Officer", "Licensing Officer", "Licensing Clerk", "Housing and Licensing Lead"):
        person(admin, job_title=title)

    found = shown(manager, Scope(job_titles=("Licensing",)), in_force=Scope(job_titles=("Housing",)))

    assert (found.asked, found.joining, found.leaving) == (3, 2, 1)


def test_nobody_is_said_as_nobody_and_nothing_is_compared_without_a_rule(manager):
    found = shown(manager, Scope(staff_groups=("Astronauts",)))

    assert (found.asks_nobody, found.asks_everybody, found.first, found.joining) == (True, False, (), None)


def test_ten_are_named_and_the_rest_counted_in_four_queries(manager, admin, django_assert_num_queries):
    for number in range(20):
        person(admin, name=f"Colleague {number:02}")

    with acting_as(manager), django_assert_num_queries(4):
        found = preview(manager, Scope(), in_force=Scope(), on=TODAY)

    assert (len(found.first), found.more) == (10, 12)


def test_people_of_another_organisation_are_not_counted(manager, other_organisation):
    make_membership(other_organisation, name="Theirs")

    assert shown(manager, Scope()).of == 1
