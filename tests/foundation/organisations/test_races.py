"""Two people press the button at once. Everything here commits, on connections of its own."""

from datetime import date

import pytest

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.organisations import actions
from foundation.organisations.models import Invitation, Membership, PeopleImport, RoleGrant, Team
from foundation.organisations.roles import Role
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import organisations as factories
from tests.foundation.organisations import people_file

TODAY = NOW.date()


@pytest.fixture
def administrators(committed, organisation):
    return [
        acting_of(make_membership(organisation, Role.ORGANISATION_ADMIN, name=name)) for name in ("First", "Second")
    ]


def still_administering(backup):
    return backup(RoleGrant).filter(role=Role.ORGANISATION_ADMIN, ends_on=None, membership__ends_on=None).count()


@pytest.mark.parametrize("round_", range(5))
def test_two_administrators_who_end_each_other_leave_one(administrators, backup, round_):
    first, second = administrators

    def end(by, whom):
        with acting_as(by):
            return actions.end_person(membership_id=whom.membership_id, last_day=TODAY, by=by, now=NOW)

    results = at_once(lambda: end(first, second), lambda: end(second, first))

    assert sorted(type(result).__name__ for result in results) == ["Membership", "RuleBroken"]
    assert still_administering(backup) == 1


@pytest.mark.parametrize("round_", range(5))
def test_two_administrators_who_give_up_the_role_at_once_leave_one(administrators, backup, round_):
    def give_up(by):
        grant = backup(RoleGrant).get(membership_id=by.membership_id)
        with acting_as(by):
            return actions.end_role(grant_id=grant.pk, last_day=None, reason="Tired", by=by, now=NOW)

    results = at_once(*(lambda by=by: give_up(by) for by in administrators))

    assert sorted(type(result).__name__ for result in results) == ["RoleGrant", "RuleBroken"]
    assert still_administering(backup) == 1


def test_the_end_of_a_person_and_the_end_of_a_role_cannot_both_take_the_last_administrator(administrators, backup):
    first, second = administrators
    grant = backup(RoleGrant).get(membership_id=second.membership_id)

    def end_first():
        with acting_as(second):
            return actions.end_person(membership_id=first.membership_id, last_day=TODAY, by=second, now=NOW)

    def end_second():
        with acting_as(first):
            return actions.end_role(grant_id=grant.pk, last_day=None, reason="", by=first, now=NOW)

    results = at_once(end_first, end_second)

    assert sum(isinstance(result, RuleBroken) for result in results) == 1
    assert still_administering(backup) == 1


def test_an_invitation_accepted_twice_at_once_makes_one_sign_in(administrators, backup):
    admin = administrators[0]
    newcomer = factories.person(admin, email="new@example.org")
    with acting_as(admin):
        invitation = actions.invite(membership_id=newcomer.pk, site="http://localhost/", by=admin, now=NOW)
    secret = actions.hand_over(invitation_id=invitation.pk, now=NOW).rstrip("/").rpartition("/")[2]

    def accept():
        return actions.accept_with_new_account(secret=secret, name="New", password=None, now=NOW)

    results = at_once(accept, accept, accept)

    assert sorted(type(result).__name__ for result in results) == ["InvitationUnusable", "InvitationUnusable", "User"]
    assert backup(Membership).get(pk=newcomer.pk).user.email == "new@example.org"
    assert backup(Invitation).get(pk=invitation.pk).accepted_at == NOW


def test_one_role_given_twice_at_once_is_held_once(administrators, backup, organisation):
    colleague = make_membership(organisation)

    def give(by):
        with acting_as(by):
            return actions.grant_role(
                membership_id=colleague.pk, role=Role.ASSURER, starts_on=TODAY, ends_on=None, reason="", by=by, now=NOW
            )

    results = at_once(*(lambda by=by: give(by) for by in administrators))

    assert sorted(type(result).__name__ for result in results) == ["RoleGrant", "RuleBroken"]
    assert backup(RoleGrant).filter(membership=colleague).count() == 1


def test_one_staff_number_given_twice_at_once_belongs_to_one_person(administrators, backup):
    def add(by):
        with acting_as(by):
            person = actions.Person(name="Ann", staff_number="A1", starts_on=date(2026, 1, 1))
            return actions.add_person(person=person, by=by, now=NOW)

    results = at_once(*(lambda by=by: add(by) for by in administrators))

    assert sorted(type(result).__name__ for result in results) == ["Membership", "RuleBroken"]
    assert backup(Membership).filter(staff_number="A1").count() == 1


def test_two_teams_cannot_become_part_of_each_other_at_once(administrators, backup):
    admin = administrators[0]
    one, two = factories.team(admin, "One"), factories.team(admin, "Two")

    def move(by, team, into):
        with acting_as(by):
            return actions.change_team(team_id=team.pk, version=1, name=team.name, part_of_id=into.pk, by=by, now=NOW)

    results = at_once(lambda: move(administrators[0], one, two), lambda: move(administrators[1], two, one))

    assert sorted(type(result).__name__ for result in results) == ["RuleBroken", "Team"]
    assert backup(Team).filter(part_of=None).count() == 1


def test_a_team_is_not_removed_from_under_somebody_who_joins_it(administrators, backup):
    admin = administrators[0]
    team = factories.team(admin, "Libraries")

    def join():
        with acting_as(administrators[0]) as by:
            person = actions.Person(name="Ann", team_id=team.pk, starts_on=date(2026, 1, 1))
            return actions.add_person(person=person, by=by, now=NOW)

    def remove():
        with acting_as(administrators[1]) as by:
            return actions.remove_team(team_id=team.pk, by=by, now=NOW)

    results = at_once(join, remove)

    assert sum(isinstance(result, RuleBroken) for result in results) == 1
    assert backup(Team).filter(pk=team.pk).count() == backup(Membership).filter(team=team.pk).count()


def test_two_editors_lose_nothing(administrators, backup):
    person = factories.person(administrators[0], name="Before")

    def save(by, name):
        with acting_as(by):
            details = actions.Person(name=name, starts_on=date(2026, 9, 1), staff_number=person.staff_number)
            return actions.change_person(membership_id=person.pk, version=1, person=details, by=by, now=NOW)

    results = at_once(lambda: save(administrators[0], "Mine"), lambda: save(administrators[1], "Yours"))

    assert sorted(type(result).__name__ for result in results) == ["Membership", "StaleVersion"]
    winner = next(result for result in results if isinstance(result, Membership))
    assert backup(Membership).get(pk=person.pk).name == winner.name


def joining(by, kept, ended):
    """Join two people as they stand now, the moment the others are ready."""
    wanted = actions.Seen(kept.pk, 1), actions.Seen(ended.pk, 1)

    def join():
        with acting_as(by):
            return actions.join_people(kept=wanted[0], ended=wanted[1], by=by, now=NOW)

    return join


@pytest.mark.parametrize("round_", range(5))
def test_two_administrators_who_join_two_people_the_other_way_round_join_them_once(administrators, backup, round_):
    one, other = factories.person(administrators[0]), factories.person(administrators[0])

    results = at_once(joining(administrators[0], one, other), joining(administrators[1], other, one))

    assert sorted(type(result).__name__ for result in results) == ["Membership", "RuleBroken"]
    assert backup(Membership).filter(joined_into__isnull=False).count() == 1


def test_joining_a_chain_at_once_leaves_nobody_joined_into_somebody_who_was_joined(administrators, backup):
    one, two, three = (factories.person(administrators[0]) for _ in range(3))

    at_once(joining(administrators[0], one, two), joining(administrators[1], two, three))

    assert not backup(Membership).filter(joined_into__joined_into__isnull=False).exists()


def test_the_last_two_administrators_are_not_lost_by_joining_and_ending_at_once(administrators, backup, organisation):
    first, second = administrators
    without_account = factories.person(first)

    def end_first():
        with acting_as(second):
            return actions.end_person(membership_id=first.membership_id, last_day=TODAY, by=second, now=NOW)

    at_once(joining(first, without_account, second.membership), end_first)

    assert still_administering(backup) >= 1


@pytest.mark.parametrize("round_", range(3))
def test_a_file_that_is_applied_while_two_are_joined_ends_with_one_person_of_what_it_says(
    administrators, backup, round_
):
    admin = administrators[0]
    one = factories.person(admin, name="Rhys Morgan", staff_number="H1")
    other = factories.person(admin, name="Rhys Morgan", staff_number="N7")
    with acting_as(admin):
        row = ["N7", "Rhys Morgan", "", "", "Driver", "", ""]
        checked = people_file.check(admin, people_file.upload(admin, people_file.as_csv([row])))
        actions.confirm_import(import_id=checked.pk, leave_out_refused=False, by=admin, now=NOW)

    def apply():
        with acting_as(admin):
            return actions.apply_import(import_id=checked.pk, by=admin, now=NOW)

    results = at_once(joining(administrators[1], one, other), apply)

    # Whoever comes second sees the other's work: the join is refused for a version it has not seen, or the row finds
    # the entry that was kept.
    assert not [result for result in results if not isinstance(result, (Membership, RuleBroken, PeopleImport))]
    joined = backup(Membership).get(pk=other.pk).joined_into_id == one.pk
    whose = one if joined else other
    assert backup(Membership).get(pk=whose.pk).job_title == "Driver"
