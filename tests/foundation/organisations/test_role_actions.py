from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from foundation.accounts.models import User
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from foundation.organisations import actions
from foundation.organisations.models import RoleGrant
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import organisations as factories

TODAY = NOW.date()


@pytest.fixture
def colleague(admin):
    return make_membership(admin.organisation, name="Colleague")


def give(by, membership, role=Role.PREVENT_LEAD, *, starts_on=TODAY, ends_on=None):
    return actions.grant_role(
        membership_id=membership.pk, role=role, starts_on=starts_on, ends_on=ends_on, reason="Post", by=by, now=NOW
    )


def test_a_role_given_works_from_its_first_day_ends_sessions_and_is_in_the_ledger(admin, colleague):
    User.objects.filter(pk=colleague.user_id).update(sessions_valid_from=NOW - timedelta(days=9))

    grant = give(admin, colleague, starts_on=TODAY + timedelta(days=1))

    assert (grant.granted_by_id, grant.granted_at, grant.reason) == (admin.membership_id, NOW, "Post")
    assert acting_of(colleague, at=NOW).roles == {"staff"}
    assert acting_of(colleague, at=NOW + timedelta(days=1)).roles == {"staff", "prevent_lead"}
    assert User.objects.get(pk=colleague.user_id).sessions_valid_from == NOW
    assert Event.objects.get(verb="role.granted").facts == (
        '{"ends_on":null,"role":"prevent_lead","starts_on":"2026-11-24"}'
    )


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.ORGANISATION_ADMIN}))
def test_nobody_but_an_administrator_gives_or_ends_roles(acting_for, within, organisation, role):
    grant = factories.role_grant(acting_for(Role.ORGANISATION_ADMIN), make_membership(organisation), Role.ASSURER)
    by = within(acting_for(role))

    with pytest.raises(PermissionDenied, match="can give roles"):
        give(by, grant.membership)
    with pytest.raises(PermissionDenied, match="can end roles"):
        actions.end_role(grant_id=grant.pk, last_day=None, reason="", by=by, now=NOW)

    assert list(RoleGrant.objects.filter(membership=grant.membership).values_list("role", "ends_on")) == [
        ("assurer", None)
    ]


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.STAFF}))
def test_an_administrator_gives_no_role_to_themself(admin, role):
    with pytest.raises(PermissionDenied, match="You cannot give yourself a role"):
        give(admin, admin.membership, role, ends_on=date(2027, 1, 1))

    assert set(RoleGrant.objects.filter(membership=admin.membership).values_list("role", flat=True)) == {
        "organisation_admin"
    }


def test_an_inspector_needs_a_last_day(admin, colleague):
    with pytest.raises(RuleBroken, match="for a limited time"):
        give(admin, colleague, Role.INSPECTOR)

    assert give(admin, colleague, Role.INSPECTOR, ends_on=date(2026, 12, 4)).ends_on == date(2026, 12, 4)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "sentence"),
    [
        (date(2026, 11, 22), None, "cannot begin in the past"),
        (date(2026, 12, 2), date(2026, 12, 1), "last day is before the first day"),
        (date(2026, 12, 1), date(2027, 4, 1), "longer than this person stays"),
        (date(2026, 12, 1), None, "longer than this person stays"),
    ],
)
def test_the_dates_of_a_role_must_make_sense(admin, colleague, starts_on, ends_on, sentence):
    actions.end_person(membership_id=colleague.pk, last_day=date(2027, 3, 31), by=admin, now=NOW)

    with pytest.raises(RuleBroken, match=sentence):
        give(admin, colleague, starts_on=starts_on, ends_on=ends_on)

    assert RoleGrant.objects.filter(membership=colleague).count() == 0


@pytest.mark.parametrize(
    ("first", "second", "overlaps"),
    [
        ((0, None), (30, None), True),
        ((0, 10), (10, 20), True),
        ((0, 10), (11, 20), False),
        ((20, 30), (0, 19), False),
        ((20, 30), (0, 20), True),
        ((20, 30), (0, None), True),
    ],
)
def test_one_role_is_held_once_at_a_time(admin, colleague, first, second, overlaps):
    def days(span):
        start, end = span
        ends_on = None if end is None else TODAY + timedelta(days=end)
        return {"starts_on": TODAY + timedelta(days=start), "ends_on": ends_on}

    give(admin, colleague, **days(first))

    if overlaps:
        with pytest.raises(RuleBroken, match="has this role in that time already"):
            give(admin, colleague, **days(second))
    else:
        give(admin, colleague, **days(second))

    assert RoleGrant.objects.filter(membership=colleague).count() == (1 if overlaps else 2)


def test_a_role_ended_at_once_allows_nothing_today(admin, colleague):
    grant = give(admin, colleague)

    actions.end_role(grant_id=grant.pk, last_day=None, reason="Moved post", by=admin, now=NOW)

    assert acting_of(colleague, at=NOW).roles == {"staff"}
    stored = RoleGrant.objects.get(pk=grant.pk)
    assert (stored.ends_on, stored.ended_by_id, stored.end_reason) == (
        date(2026, 11, 22),
        admin.membership_id,
        "Moved post",
    )


def test_a_role_that_has_not_begun_can_be_taken_back(admin, colleague):
    grant = give(admin, colleague, starts_on=date(2026, 12, 1))

    actions.end_role(grant_id=grant.pk, last_day=None, reason="Mistake", by=admin, now=NOW)

    assert RoleGrant.objects.get(pk=grant.pk).ends_on == date(2026, 11, 30)
    assert acting_of(colleague, at=NOW + timedelta(days=30)).roles == {"staff"}


def test_a_role_is_not_made_longer_by_ending_it(admin, colleague):
    grant = give(admin, colleague, ends_on=date(2026, 12, 1))

    with pytest.raises(RuleBroken, match="give it again"):
        actions.end_role(grant_id=grant.pk, last_day=date(2027, 1, 1), reason="", by=admin, now=NOW)

    assert RoleGrant.objects.get(pk=grant.pk).ends_on == date(2026, 12, 1)


def test_the_last_administrator_cannot_give_up_the_role(admin):
    grant = RoleGrant.objects.get(membership=admin.membership)

    for last_day in (None, date(2030, 1, 1)):
        with pytest.raises(RuleBroken, match="needs at least one administrator"):
            actions.end_role(grant_id=grant.pk, last_day=last_day, reason="", by=admin, now=NOW)

    assert RoleGrant.objects.get(pk=grant.pk).ends_on is None


def test_if_the_ledger_cannot_be_written_the_role_is_not_given(admin, colleague, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("ledger")

    monkeypatch.setattr("foundation.ledger.record", broken)

    with pytest.raises(RuntimeError):
        give(admin, colleague)

    assert RoleGrant.objects.filter(membership=colleague).count() == 0
