import pytest
from django.core.exceptions import PermissionDenied

from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from foundation.organisations import actions, queries
from foundation.organisations.models import Organisation, Team
from foundation.organisations.roles import Role
from tests.conftest import NOW
from tests.factories import organisations as factories

SETTINGS = {
    "version": 1,
    "name": "Severnshire Council",
    "sectors": ["LA", "HE"],
    "nation": "wales",
    "is_specified_authority": False,
    "open_unscanned_files": True,
}


def test_settings_are_saved_and_the_ledger_names_what_changed(admin):
    actions.change_settings(by=admin, now=NOW, **SETTINGS)

    saved = Organisation.objects.get(pk=admin.organisation_id)
    assert {name: getattr(saved, name) for name in SETTINGS} == SETTINGS | {"version": 2, "sectors": ["HE", "LA"]}
    assert Event.objects.get(verb="organisation.settings_changed").facts == (
        '{"fields":["is_specified_authority","name","nation","open_unscanned_files","sectors"],'
        '"is_specified_authority":false,"nation":"wales","open_unscanned_files":true,"sectors":["HE","LA"]}'
    )


def test_saving_the_settings_over_somebody_elses_is_refused(admin):
    actions.change_settings(by=admin, now=NOW, **SETTINGS)

    with pytest.raises(StaleVersion):
        actions.change_settings(by=admin, now=NOW, **(SETTINGS | {"name": "Late"}))

    assert Organisation.objects.get(pk=admin.organisation_id).name == "Severnshire Council"


def test_an_authority_keeps_at_least_one_sector(admin):
    with pytest.raises(RuleBroken, match="Select at least one sector"):
        actions.change_settings(by=admin, now=NOW, **(SETTINGS | {"sectors": []}))


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.ORGANISATION_ADMIN}))
def test_only_an_administrator_changes_settings_and_teams(acting_for, within, role):
    team = factories.team(acting_for(Role.ORGANISATION_ADMIN), "Libraries")
    by = within(acting_for(role))

    for attempt in (
        lambda: actions.change_settings(by=by, now=NOW, **SETTINGS),
        lambda: actions.add_team(name="X", part_of_id=None, by=by, now=NOW),
        lambda: actions.change_team(team_id=team.pk, version=1, name="X", part_of_id=None, by=by, now=NOW),
        lambda: actions.remove_team(team_id=team.pk, by=by, now=NOW),
    ):
        with pytest.raises(PermissionDenied, match="Only an organisation administrator"):
            attempt()

    assert list(Team.objects.values_list("name", "version")) == [("Libraries", 1)]
    assert Organisation.objects.get(pk=by.organisation_id).version == 1


def test_teams_are_shown_with_their_parts_below_them(admin):
    care = factories.team(admin, "Care")
    homes = factories.team(admin, "Homes", part_of=care)
    factories.team(admin, "Night staff", part_of=homes)
    factories.team(admin, "Archives")
    factories.person(admin, team_id=homes.pk)

    lines = queries.team_tree(admin, count_on=NOW.date())

    assert [(line.team.name, line.depth, line.people) for line in lines] == [
        ("Archives", 0, 0),
        ("Care", 0, 0),
        ("Homes", 1, 1),
        ("Night staff", 2, 0),
    ]
    assert [name for _pk, name in queries.team_choices(admin)] == [
        "Archives",
        "Care",
        "Care: Homes",
        "Care: Homes: Night staff",
    ]


def test_a_team_cannot_become_part_of_itself_however_far_down(admin):
    top = factories.team(admin, "Top")
    middle = factories.team(admin, "Middle", part_of=top)
    bottom = factories.team(admin, "Bottom", part_of=middle)

    for into in (top, middle, bottom):
        with pytest.raises(RuleBroken, match="cannot be part of itself"):
            actions.change_team(team_id=top.pk, version=1, name="Top", part_of_id=into.pk, by=admin, now=NOW)

    assert Team.objects.get(pk=top.pk).part_of_id is None


def test_two_teams_cannot_have_one_name_however_it_is_written(admin):
    factories.team(admin, "Libraries")

    with pytest.raises(RuleBroken, match="a team with this name already"):
        actions.add_team(name="LIBRARIES", part_of_id=None, by=admin, now=NOW)


def test_a_team_in_use_is_not_removed(admin):
    top = factories.team(admin, "Top")
    part = factories.team(admin, "Part", part_of=top)
    factories.person(admin, team_id=part.pk)

    with pytest.raises(RuleBroken, match="has parts"):
        actions.remove_team(team_id=top.pk, by=admin, now=NOW)
    with pytest.raises(RuleBroken, match="People are or were in this team"):
        actions.remove_team(team_id=part.pk, by=admin, now=NOW)

    assert Team.objects.count() == 2


def test_a_team_that_is_not_in_use_is_removed_and_the_ledger_says_so(admin):
    team = factories.team(admin, "Mistake")
    pk = team.pk

    actions.remove_team(team_id=pk, by=admin, now=NOW)

    assert Team.objects.count() == 0
    assert Event.objects.get(verb="team.removed").target_id == pk


def test_a_team_of_another_organisation_is_not_there(admin, acting_for, other_organisation):
    theirs = factories.team(acting_for(Role.ORGANISATION_ADMIN, organisation=other_organisation), "Theirs")

    with pytest.raises(RuleBroken, match="not there any more"):
        actions.add_team(name="Mine", part_of_id=theirs.pk, by=admin, now=NOW)
    with pytest.raises(RuleBroken, match="not there any more"):
        factories.person(admin, team_id=theirs.pk)
