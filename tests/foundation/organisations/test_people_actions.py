from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from foundation.accounts.models import User
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from foundation.organisations import actions
from foundation.organisations.models import Invitation, Membership, RoleGrant
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import organisations as factories

TODAY = NOW.date()


def details(**fields):
    return actions.Person(**({"name": "Rhian Pugh", "starts_on": date(2026, 1, 5)} | fields))


def verbs():
    return list(Event.objects.order_by("pk").exclude(verb="system.acted").values_list("verb", flat=True))


def test_a_person_is_added_to_the_administrators_own_organisation_and_the_ledger_says_so(admin):
    membership = actions.add_person(person=details(email="rhian@example.org"), by=admin, now=NOW)

    assert (membership.organisation_id, membership.name, membership.user_id) == (
        admin.organisation_id,
        "Rhian Pugh",
        None,
    )
    event = Event.objects.get(verb="person.added")
    assert (event.target_reference, event.facts) == (membership.reference, '{"starts_on":"2026-01-05"}')


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.ORGANISATION_ADMIN}))
def test_only_an_administrator_adds_people(acting_for, within, role):
    by = within(acting_for(role))

    with pytest.raises(PermissionDenied, match="Only an organisation administrator"):
        actions.add_person(person=details(), by=by, now=NOW)

    assert Membership.objects.filter(name="Rhian Pugh").count() == 0


def test_a_staff_number_belongs_to_one_person_of_an_organisation(admin):
    actions.add_person(person=details(staff_number="A1"), by=admin, now=NOW)

    with pytest.raises(RuleBroken, match="Somebody else in your organisation has this staff number"):
        actions.add_person(person=details(name="Tom Lee", staff_number="A1"), by=admin, now=NOW)

    assert Membership.objects.filter(staff_number="A1").count() == 1


def test_two_organisations_may_use_the_same_staff_number(acting_for, other_organisation, within):
    factories.person(acting_for(Role.ORGANISATION_ADMIN), staff_number="A1")
    by = within(acting_for(Role.ORGANISATION_ADMIN, organisation=other_organisation))

    membership = actions.add_person(person=details(staff_number="A1"), by=by, now=NOW)

    assert membership.organisation_id == other_organisation.pk


def test_a_change_names_the_fields_in_the_ledger_and_not_what_is_in_them(admin):
    membership = factories.person(admin, name="Rhian Pugh")

    actions.change_person(
        membership_id=membership.pk,
        version=1,
        person=details(name="Rhian Jones", job_title="Nurse", staff_number=membership.staff_number),
        by=admin,
        now=NOW,
    )

    event = Event.objects.get(verb="person.changed")
    assert event.facts == '{"fields":["job_title","name","starts_on"]}'


def test_saving_over_somebody_elses_change_is_refused_and_shows_what_stands(admin):
    membership = factories.person(admin, name="Rhian Pugh")
    actions.change_person(membership_id=membership.pk, version=1, person=details(name="First"), by=admin, now=NOW)

    with pytest.raises(StaleVersion) as refusal:
        actions.change_person(membership_id=membership.pk, version=1, person=details(name="Second"), by=admin, now=NOW)

    assert refusal.value.current.name == "First"
    assert Membership.objects.get(pk=membership.pk).name == "First"


def test_a_last_day_ends_the_roles_withdraws_the_invitation_and_ends_the_sessions(admin):
    leaver = make_membership(admin.organisation, Role.PREVENT_LEAD)
    factories.role_grant(admin, leaver, Role.BOARD_MEMBER, ends_on=date(2026, 10, 1))
    before = User.objects.get(pk=leaver.user_id).sessions_valid_from

    actions.end_person(membership_id=leaver.pk, last_day=TODAY, by=admin, now=NOW + timedelta(days=400))

    assert Membership.objects.get(pk=leaver.pk).ends_on == TODAY
    assert dict(RoleGrant.objects.filter(membership=leaver).values_list("role", "ends_on")) == {
        "prevent_lead": TODAY,
        "board_member": date(2026, 10, 1),
    }
    assert User.objects.get(pk=leaver.user_id).sessions_valid_from > before
    assert Event.objects.get(verb="person.ended").facts == (
        '{"invitations_withdrawn":0,"last_day":"2026-11-23","roles":["prevent_lead"]}'
    )


def test_ending_a_person_makes_their_invitation_unusable(admin):
    newcomer = factories.person(admin, email="new@example.org")
    actions.invite(membership_id=newcomer.pk, site="https://portal.example.org/", by=admin, now=NOW)

    actions.end_person(membership_id=newcomer.pk, last_day=TODAY, by=admin, now=NOW)

    assert Invitation.objects.get(membership=newcomer).withdrawn_at == NOW


def test_the_last_administrator_cannot_be_ended(admin):
    with pytest.raises(RuleBroken, match="needs at least one administrator"):
        actions.end_person(membership_id=admin.membership_id, last_day=date(2027, 6, 30), by=admin, now=NOW)

    assert Membership.objects.get(pk=admin.membership_id).ends_on is None


def test_an_administrator_who_cannot_sign_in_does_not_count(admin):
    factories.role_grant(admin, factories.person(admin), Role.ORGANISATION_ADMIN)

    with pytest.raises(RuleBroken, match="needs at least one administrator"):
        actions.end_person(membership_id=admin.membership_id, last_day=TODAY, by=admin, now=NOW)


def test_an_administrator_whose_role_will_end_does_not_count(admin):
    second = make_membership(admin.organisation)
    factories.role_grant(admin, second, Role.ORGANISATION_ADMIN, ends_on=date(2027, 1, 31))

    with pytest.raises(RuleBroken, match="needs at least one administrator"):
        actions.end_person(membership_id=admin.membership_id, last_day=TODAY, by=admin, now=NOW)


def test_one_of_two_administrators_may_leave(admin):
    make_membership(admin.organisation, Role.ORGANISATION_ADMIN)

    actions.end_person(membership_id=admin.membership_id, last_day=TODAY, by=admin, now=NOW)

    assert Membership.objects.get(pk=admin.membership_id).ends_on == TODAY


def test_the_only_administrator_cannot_be_moved_into_the_future(admin):
    with pytest.raises(RuleBroken, match="needs at least one administrator"):
        actions.change_person(
            membership_id=admin.membership_id,
            version=1,
            person=details(name="Administrator", starts_on=date(2030, 1, 1)),
            by=admin,
            now=NOW,
        )


def test_a_person_comes_back_without_the_roles_they_had(admin):
    leaver = make_membership(admin.organisation, Role.PREVENT_LEAD)
    actions.end_person(membership_id=leaver.pk, last_day=TODAY, by=admin, now=NOW)

    actions.reinstate_person(membership_id=leaver.pk, by=admin, now=NOW + timedelta(days=30))

    assert Membership.objects.get(pk=leaver.pk).ends_on is None
    assert acting_of(leaver, at=NOW + timedelta(days=30)).roles == {"staff"}
    assert verbs() == ["sessions.ended", "person.ended", "person.reinstated"]


def test_a_person_of_another_organisation_is_not_there(admin, other_organisation):
    stranger = make_membership(other_organisation)

    with pytest.raises(Membership.DoesNotExist):
        actions.end_person(membership_id=stranger.pk, last_day=TODAY, by=admin, now=NOW)


def test_a_person_has_a_staff_group_an_employment_and_a_line_manager(admin):
    boss = factories.person(admin)

    added = actions.add_person(
        person=details(staff_group="Front line", employment="agency", line_manager_id=boss.pk), by=admin, now=NOW
    )

    stored = Membership.objects.get(pk=added.pk)
    assert (stored.staff_group, stored.employment, stored.line_manager_id) == ("Front line", "agency", boss.pk)


def test_a_line_manager_is_somebody_of_the_same_organisation(admin, acting_for, other_organisation):
    stranger = factories.person(acting_for(Role.ORGANISATION_ADMIN, organisation=other_organisation))

    with pytest.raises(RuleBroken, match="not somebody of your organisation"):
        actions.add_person(person=details(line_manager_id=stranger.pk), by=admin, now=NOW)

    assert Membership.objects.filter(name="Rhian Pugh").count() == 0


def test_nobody_is_their_own_line_manager_nor_that_of_whom_they_report_to(admin):
    boss = factories.person(admin, name="Bo")
    led = factories.person(admin, name="Ann", line_manager_id=boss.pk)

    with pytest.raises(RuleBroken, match="Nobody is their own line manager"):
        actions.change_person(
            membership_id=boss.pk, version=1, person=details(line_manager_id=boss.pk), by=admin, now=NOW
        )
    with pytest.raises(RuleBroken, match="Ann reports to Bo, so cannot be their line manager"):
        actions.change_person(
            membership_id=boss.pk, version=1, person=details(line_manager_id=led.pk), by=admin, now=NOW
        )

    assert Membership.objects.get(pk=boss.pk).line_manager_id is None


def test_who_leaves_stays_the_line_manager_of_those_they_led_until_another_is_named(admin):
    boss, other = factories.person(admin), factories.person(admin)
    led = factories.person(admin, line_manager_id=boss.pk)
    actions.end_person(membership_id=boss.pk, last_day=date(2026, 10, 1), by=admin, now=NOW)

    named = []
    for version, wanted in enumerate([boss, other], start=1):
        person = details(line_manager_id=wanted.pk)
        actions.change_person(membership_id=led.pk, version=version, person=person, by=admin, now=NOW)
        named.append(Membership.objects.get(pk=led.pk).line_manager_id)

    assert named == [boss.pk, other.pk]
