"""The checks alone, without the querysets, jobs and declared views that stand in front of them."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied

from foundation.core.acting import Acting, acting_as
from foundation.core.permissions import allowed
from foundation.organisations import actions, permissions
from foundation.organisations.models import PeopleExport
from foundation.organisations.roles import ROLES, Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.everything import maker_of

Check = Callable[..., None]
OF_A_ROLE: dict[Check, str] = {
    permissions.check_can_view_people: "people.view",
    permissions.check_can_manage_people: "people.manage",
    permissions.check_can_export_people: "people.view",
    permissions.check_can_manage_organisation: "organisation.manage",
}
OF_A_PERSON: dict[Check, str] = {
    permissions.check_can_manage_people: "people.manage",
    permissions.check_can_grant_role: "roles.grant",
    permissions.check_can_end_role: "roles.grant",
    permissions.check_can_reset_sign_in: "people.manage",
}


def named(check: Check) -> str:
    return check.__name__


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("check", OF_A_ROLE, ids=named)
def test_a_check_passes_exactly_the_roles_with_its_permission(acting_for, check: Check, role: Role):
    assert allowed(check, acting_for(role)) == (OF_A_ROLE[check] in ROLES[role].permissions)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("check", OF_A_PERSON, ids=named)
def test_a_colleague_is_changed_by_exactly_the_roles_that_may(acting_for, organisation, check: Check, role: Role):
    colleague = make_membership(organisation)

    assert allowed(check, acting_for(role), colleague) == (OF_A_PERSON[check] in ROLES[role].permissions)


@pytest.mark.parametrize("check", OF_A_PERSON, ids=named)
def test_nobody_of_another_organisation_is_changed(organisation, other_organisation, check: Check):
    stranger = make_membership(other_organisation)

    with pytest.raises(PermissionDenied, match="This belongs to another organisation"):
        check(maker_of(organisation), stranger)


def test_another_organisations_settings_and_rows_are_not_ones_own(organisation, other_organisation):
    maker, theirs = maker_of(organisation), make_membership(other_organisation)

    for row in (other_organisation, theirs):
        with pytest.raises(PermissionDenied, match="This belongs to another organisation"):
            permissions.check_can_manage_organisation(maker, row)

    permissions.check_can_manage_organisation(maker, organisation)


@pytest.mark.parametrize("check", [permissions.check_can_grant_role, permissions.check_can_reset_sign_in], ids=named)
def test_nobody_does_it_for_themself_not_even_through_a_second_membership(organisation, check: Check):
    maker = maker_of(organisation)
    second = make_membership(organisation, with_user=False)
    second.user = maker.user  # the same person; the database would refuse to keep this row

    for own in (maker.membership, second):
        with pytest.raises(PermissionDenied, match="Ask another administrator"):
            check(maker, own)


def test_an_export_is_opened_by_who_asked_for_it_and_by_no_colleague(organisation, other_organisation):
    maker, colleague = maker_of(organisation), acting_of(make_membership(organisation, Role.ORGANISATION_ADMIN))
    export = asked_for(maker)

    with pytest.raises(PermissionDenied, match="Only the person who asked"):
        permissions.check_can_open_export(colleague, export)
    with pytest.raises(PermissionDenied, match="This belongs to another organisation"):
        permissions.check_can_open_export(maker_of(other_organisation), export)

    permissions.check_can_open_export(maker, export)


def asked_for(maker: Acting) -> PeopleExport:
    with acting_as(maker):
        return actions.request_people_export(purpose="Audit", format="csv", filters={}, search="", by=maker, now=NOW)
