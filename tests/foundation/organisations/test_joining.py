"""Two entries of one person become one: who may say so, what stands afterwards, and what is refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from foundation import notifications
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from foundation.notifications.models import Notice, Reminder
from foundation.organisations import acting as organisations_acting
from foundation.organisations import actions
from foundation.organisations.models import Invitation, Membership, RoleGrant
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import organisations as factories

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


def seen(entry: Membership) -> actions.Seen:
    return actions.Seen(entry.pk, Membership.objects.get(pk=entry.pk).version)


def join(by, kept: Membership, ended: Membership, *, now=NOW) -> Membership:
    return actions.join_people(kept=seen(kept), ended=seen(ended), by=by, now=now)


def again(entry: Membership) -> Membership:
    return Membership.objects.get(pk=entry.pk)


@pytest.fixture
def pair(admin):
    """Rhys Morgan, here twice: once with all details, once with what a second system knew."""
    full = factories.person(admin, name="Rhys Morgan", staff_number="H1", email="rhys.morgan@example.org")
    other = factories.person(
        admin, name="R Morgan", staff_number="N7", job_title="Driver", staff_group="Front line", email=""
    )
    return full, other


# ---- What stands afterwards
def test_one_entry_is_kept_and_the_other_ends_and_says_where_it_went(admin, pair):
    kept, ended = pair

    join(admin, kept, ended)

    left = again(ended)
    assert (left.joined_into_id, left.joined_at, left.ends_on, left.name, left.staff_number) == (
        kept.pk, NOW, YESTERDAY, "R Morgan", "N7",
    )  # fmt: skip
    assert (again(kept).joined_into_id, again(kept).ends_on) == (None, None)


def test_what_the_kept_one_does_not_have_is_taken_from_the_other_and_nothing_else(admin, pair):
    kept, ended = pair

    join(admin, kept, ended)

    one = again(kept)
    assert (one.name, one.staff_number, one.email, one.job_title, one.staff_group) == (
        "Rhys Morgan", "H1", "rhys.morgan@example.org", "Driver", "Front line",
    )  # fmt: skip


def test_both_events_name_the_other_by_its_reference_and_hold_no_personal_value(admin, pair):
    kept, ended = pair

    join(admin, kept, ended)

    facts = dict(Event.objects.filter(verb__startswith="person.joined").values_list("target_reference", "facts"))
    assert facts == {
        kept.reference: f'{{"other":"{ended.reference}","roles":[]}}',
        ended.reference: f'{{"kept":"{kept.reference}"}}',
    }


def test_two_entries_that_overlap_are_one_employment_from_the_earlier_day(admin):
    kept = factories.person(admin, starts_on=date(2026, 9, 1))
    ended = factories.person(admin, starts_on=date(2024, 2, 1))

    join(admin, kept, ended)

    assert (again(kept).starts_on, again(kept).ends_on) == (date(2024, 2, 1), None)


def test_of_somebody_who_left_and_came_back_the_later_employment_stands(admin):
    kept = factories.person(admin, starts_on=date(2019, 1, 1))
    actions.end_person(membership_id=kept.pk, last_day=date(2021, 3, 31), by=admin, now=NOW)
    ended = factories.person(admin, starts_on=date(2026, 9, 1))

    join(admin, kept, ended)

    assert (again(kept).starts_on, again(kept).ends_on) == (date(2026, 9, 1), None)


def test_an_entry_that_began_today_allows_nothing_from_now_on(admin, pair):
    kept, _ended = pair
    ended = factories.person(admin, starts_on=TODAY)

    join(admin, kept, ended)

    assert again(ended).ends_on == YESTERDAY
    assert ended.pk not in Membership.objects.current(TODAY).values_list("pk", flat=True)


def test_what_was_joined_into_the_ended_one_leads_to_the_kept_one(admin, pair):
    kept, ended = pair
    first = factories.person(admin)
    join(admin, ended, first)

    join(admin, kept, ended)

    assert again(first).joined_into_id == kept.pk


def test_people_who_were_led_by_the_other_are_led_by_the_kept_one(admin, pair):
    kept, ended = pair
    led = factories.person(admin, line_manager_id=ended.pk)
    Membership.objects.filter(pk=kept.pk).update(line_manager=ended)

    join(admin, kept, ended)

    assert again(led).line_manager_id == kept.pk
    assert again(led).version == 2
    assert again(kept).line_manager_id is None


# ---- Roles, accounts, invitations
def test_roles_go_over_from_today_and_end_at_the_other(admin, pair):
    kept, ended = pair
    factories.role_grant(admin, ended, Role.ASSURER)

    join(admin, kept, ended)

    [over, given] = RoleGrant.objects.filter(role=Role.ASSURER).order_by("pk")
    assert (over.membership_id, over.ends_on, over.end_reason) == (
        ended.pk,
        YESTERDAY,
        f"Joined with {ended.reference}",
    )
    assert (given.membership_id, given.starts_on, given.ends_on, given.granted_by_id) == (
        kept.pk, TODAY, None, admin.membership_id,
    )  # fmt: skip


def test_a_role_that_both_have_is_not_given_twice(admin, pair):
    kept, ended = pair
    for each in pair:
        factories.role_grant(admin, each, Role.ASSURER)

    join(admin, kept, ended)

    assert RoleGrant.objects.in_force(TODAY).filter(role=Role.ASSURER).get().membership_id == kept.pk


def test_a_role_that_the_kept_one_has_for_less_long_goes_on_afterwards(admin, pair):
    kept, ended = pair
    factories.role_grant(admin, kept, Role.ASSURER, ends_on=date(2026, 12, 31))
    factories.role_grant(admin, ended, Role.ASSURER)

    join(admin, kept, ended)

    theirs = RoleGrant.objects.filter(membership=kept).order_by("pk").values_list("starts_on", "ends_on")
    assert list(theirs) == [(date(2026, 9, 1), date(2026, 12, 31)), (date(2027, 1, 1), None)]


def test_the_account_goes_over_to_an_entry_that_has_none(admin, organisation):
    kept, ended = factories.person(admin), make_membership(organisation, name="Rhys Morgan")
    account = ended.user

    join(admin, kept, ended)

    assert (again(kept).user_id, again(ended).user_id) == (account.pk, None)


def test_of_two_accounts_that_of_the_kept_one_opens_the_organisation_and_the_other_does_not(admin, organisation):
    kept, ended = make_membership(organisation, name="Rhys Morgan"), make_membership(organisation, name="R Morgan")

    join(admin, kept, ended)

    ended.user.refresh_from_db()
    assert organisations_acting.memberships_of(ended.user, NOW) == []
    assert [each.pk for each in organisations_acting.memberships_of(kept.user, NOW)] == [kept.pk]
    assert ended.user.is_active
    assert ended.user.sessions_valid_from == NOW


def test_open_invitations_of_both_are_withdrawn_once_there_is_an_account(admin, organisation):
    kept = factories.person(admin, email="rhys@example.org")
    ended = make_membership(organisation, name="Rhys Morgan")
    invitation = actions.invite(membership_id=kept.pk, site="https://portal.example", by=admin, now=NOW)

    join(admin, kept, ended)

    assert Invitation.objects.get(pk=invitation.pk).withdrawn_at == NOW


def test_the_last_administrator_may_be_joined_as_long_as_the_kept_one_can_sign_in(admin, organisation):
    other = acting_of(make_membership(organisation, Role.ORGANISATION_ADMIN, name="Second"))
    kept = make_membership(organisation, name="Second again")

    with acting_as(admin):
        join(admin, kept, other.membership)

    assert RoleGrant.objects.in_force(TODAY).filter(membership=kept, role=Role.ORGANISATION_ADMIN).exists()


# ---- Notices
def test_notices_and_reminders_go_over_once(admin, pair):
    kept, ended = pair
    for each in pair:
        notifications.remind(
            membership_id=each.pk, kind="training.digest", target=admin.membership, cycle="2026-W47", now=NOW
        )
    only = notifications.remind(
        membership_id=ended.pk, kind="training.digest", target=admin.membership, cycle="2026-W46", now=NOW
    )

    join(admin, kept, ended)

    assert sorted(Reminder.objects.filter(membership=kept).values_list("cycle", flat=True)) == ["2026-W46", "2026-W47"]
    assert Notice.objects.get(pk=only.notice_id).membership_id == kept.pk
    told = notifications.remind(
        membership_id=kept.pk, kind="training.digest", target=admin.membership, cycle="2026-W46", now=NOW
    )
    assert told is None


# ---- What is refused
def test_somebody_is_not_joined_with_themself(admin, pair):
    with pytest.raises(RuleBroken, match="one and the same"):
        join(admin, pair[0], pair[0])


def test_nobody_joins_their_own_entry(admin, pair):
    for kept, ended in ((admin.membership, pair[0]), (pair[0], admin.membership)):
        with pytest.raises(PermissionDenied, match="your own entry"):
            join(admin, kept, ended)


@pytest.mark.parametrize("role", [Role.PREVENT_LEAD, Role.TRAINING_MANAGER, Role.ASSURER, Role.STAFF])
def test_only_an_administrator_joins(admin, acting_for, within, pair, role):
    somebody = within(acting_for(role))

    with pytest.raises(PermissionDenied, match="Only an organisation administrator"):
        join(somebody, *pair)


def test_an_entry_of_another_organisation_is_not_there(admin, other_organisation, pair):
    stranger = make_membership(other_organisation, name="Rhys Morgan", with_user=False)

    for kept, ended in ((pair[0].pk, stranger.pk), (stranger.pk, pair[0].pk)):
        with pytest.raises(Membership.DoesNotExist):
            actions.join_people(kept=actions.Seen(kept, 1), ended=actions.Seen(ended, 1), by=admin, now=NOW)


def test_an_entry_that_was_joined_is_not_joined_again(admin, pair):
    kept, ended = pair
    third = factories.person(admin)
    join(admin, kept, ended)

    for one, other in ((ended, third), (third, ended)):
        with pytest.raises(RuleBroken, match="joined with another meanwhile"):
            join(admin, one, other)


def test_an_entry_that_was_changed_since_it_was_compared_is_refused(admin, pair):
    kept, ended = pair
    wanted = (actions.Seen(kept.pk, 1), actions.Seen(ended.pk, 1))
    actions.end_person(membership_id=ended.pk, last_day=TODAY, by=admin, now=NOW)

    with pytest.raises(RuleBroken, match="changed meanwhile"):
        actions.join_people(kept=wanted[0], ended=wanted[1], by=admin, now=NOW)


def test_nothing_more_is_done_with_an_entry_that_was_joined(admin, pair):
    kept, ended = pair
    join(admin, kept, ended)
    person = actions.Person(name="Else", starts_on=TODAY)
    deeds = (
        lambda: actions.change_person(
            membership_id=ended.pk, version=again(ended).version, person=person, by=admin, now=NOW
        ),
        lambda: actions.end_person(membership_id=ended.pk, last_day=TODAY, by=admin, now=NOW),
        lambda: actions.reinstate_person(membership_id=ended.pk, by=admin, now=NOW),
        lambda: actions.invite(membership_id=ended.pk, site="https://portal.example", by=admin, now=NOW),
        lambda: actions.grant_role(
            membership_id=ended.pk, role=Role.ASSURER, starts_on=TODAY, ends_on=None, reason="", by=admin, now=NOW
        ),
    )

    for deed in deeds:
        with pytest.raises(PermissionDenied, match="was joined with another"):
            deed()
    with pytest.raises(IntegrityError, match="joined with another entry"), transaction.atomic():
        RoleGrant.objects.create(
            organisation_id=admin.organisation_id, membership=ended, role=Role.ASSURER, starts_on=TODAY, granted_at=NOW
        )


def test_the_number_of_a_joined_entry_may_be_given_to_the_kept_one(admin, pair):
    kept, ended = pair
    join(admin, kept, ended)
    person = actions.Person(name="Rhys Morgan", staff_number="N7", starts_on=date(2026, 9, 1))

    actions.change_person(membership_id=kept.pk, version=again(kept).version, person=person, by=admin, now=NOW)

    assert (again(kept).staff_number, again(ended).staff_number) == ("N7", "N7")
