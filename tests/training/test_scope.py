"""Whom a rule asks, and why."""

from datetime import date
from itertools import product

import pytest

from training.scope import Post, Scope, because

POST = Post(
    teams=(12, 3),
    staff_group="Front line",
    job_title="Senior Housing Officer",
    employment="agency",
    roles=("board_member",),
    starts_on=date(2026, 5, 1),
)
MET = {
    "teams": (3,),
    "staff_groups": ("front LINE",),
    "job_titles": ("officer",),
    "employments": ("agency",),
    "roles": ("board_member",),
    "started_from": date(2026, 5, 1),
    "started_to": date(2026, 5, 1),
}
NOT_MET = {
    "teams": (4,),
    "staff_groups": ("Clinical",),
    "job_titles": ("teacher",),
    "employments": ("permanent", ""),
    "roles": ("inspector",),
    "started_from": date(2026, 5, 2),
    "started_to": date(2026, 4, 30),
}


def test_no_condition_asks_everybody_and_gives_no_reason():
    assert Scope().reasons(POST) == []
    assert because([], teams={}) == "Everybody is asked"


@pytest.mark.parametrize("condition", MET)
def test_each_condition_asks_those_who_meet_it_and_nobody_else(condition):
    assert Scope(**{condition: MET[condition]}).reasons(POST) is not None
    assert Scope(**{condition: NOT_MET[condition]}).reasons(POST) is None


@pytest.mark.parametrize(("met", "other"), [pair for pair in product(MET, NOT_MET) if pair[0] != pair[1]])
def test_one_condition_that_is_not_met_is_enough_not_to_be_asked(met, other):
    assert Scope(**{met: MET[met], other: NOT_MET[other]}).reasons(POST) is None


def test_any_one_of_what_a_condition_names_is_enough():
    assert Scope(teams=(99, 12), staff_groups=("Clinical", "Front line")).reasons(POST) == [
        "staff_group:Front line",
        "team:12",
    ]


def test_a_post_without_a_staff_group_is_in_none():
    nobody = Post(teams=(), staff_group="", job_title="", employment="", roles=(), starts_on=date(2026, 5, 1))

    assert Scope(staff_groups=("Front line",)).reasons(nobody) is None
    assert Scope(employments=("agency",)).reasons(nobody) is None


def test_reasons_are_told_in_words():
    codes = Scope(**MET).reasons(POST)

    assert because(codes, teams={3: "Housing"}) == (
        "Front line, job title with “officer”, Board member, Housing, Agency"
    )
    assert because(["team:77"], teams={}) == "a team that is no more"


def test_a_scope_comes_back_from_what_is_kept_as_it_was():
    for scope in (Scope(), Scope(**MET), Scope(teams=(1,), started_to=date(2026, 1, 1))):
        assert Scope.from_json(scope.to_json()) == scope
