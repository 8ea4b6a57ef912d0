import pytest
from django.db import ProgrammingError, connection

from foundation.core.acting import acting_as, person_context, system_role
from foundation.ledger import record
from foundation.ledger.models import Event
from foundation.organisations.models import Membership, Organisation, Team
from tests.conftest import NOW, acting_of, make_membership, make_organisation


def test_without_a_context_every_table_is_empty(organisation):
    assert list(Organisation.objects.all()) == []
    assert list(Membership.objects.all()) == []


def test_in_context_only_the_acting_organisations_rows_are_seen(lead, other_organisation):
    make_membership(other_organisation)

    with acting_as(lead):
        assert [m.pk for m in Membership.objects.all()] == [lead.membership_id]
        assert list(Organisation.objects.all()) == [lead.organisation]


def test_a_row_for_another_organisation_is_refused_by_the_database(lead, other_organisation):
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(lead):
        Team.objects.create(organisation=other_organisation, name="Not mine")


def test_the_context_ends_with_its_transaction(committed, lead):
    with acting_as(lead):
        assert Membership.objects.count() == 1

    assert Membership.objects.count() == 0


def test_an_inner_context_gives_way_to_the_outer_one(lead, other_organisation):
    stranger = acting_of(make_membership(other_organisation))

    with acting_as(lead):
        with acting_as(stranger):
            inner = Membership.objects.get().organisation_id
        outer = Membership.objects.get().organisation_id

    assert (inner, outer) == (other_organisation.pk, lead.organisation_id)


def test_an_error_inside_restores_the_outer_context(lead, other_organisation):
    stranger = acting_of(make_membership(other_organisation))

    with acting_as(lead):
        with pytest.raises(ZeroDivisionError), acting_as(stranger):
            1 / 0  # noqa: B018
        assert Membership.objects.get().organisation_id == lead.organisation_id


def test_the_system_role_sees_nothing_without_a_policy_for_its_purpose(organisation):
    with system_role("gardening"):
        assert list(Organisation.objects.all()) == []


def test_after_the_system_role_the_app_role_is_back(organisation):
    with system_role("provision"):
        pass

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("portal_app",)


def test_a_person_sees_their_own_memberships_before_choosing_an_organisation(lead):
    with person_context(user_id=lead.user_id, organisation_id=None):
        assert [m.pk for m in Membership.objects.all()] == [lead.membership_id]


def test_a_partnership_and_its_members_see_each_others_names_and_nothing_else(lead, other_organisation):
    from foundation.ledger import acting_system
    from foundation.organisations.models import PartnershipMember

    board = make_organisation("Severnshire Prevent Board", kind=Organisation.Kind.PARTNERSHIP, sectors=[])
    with acting_system("provision"):
        PartnershipMember.objects.create(organisation=board, member=lead.organisation, starts_on="2024-01-01")
        PartnershipMember.objects.create(organisation=board, member=other_organisation, starts_on="2024-01-01")
    make_membership(board)
    make_membership(other_organisation)

    with acting_as(lead):
        seen = set(Organisation.objects.values_list("name", flat=True))
        people = list(Membership.objects.values_list("pk", flat=True))

    assert seen == {"Severnshire County Council", "Severnshire Prevent Board"}
    assert people == [lead.membership_id]


def test_recording_outside_a_transaction_is_an_error(committed, lead):
    with pytest.raises(RuntimeError, match="outside a transaction"):
        record("thing.done", actor=lead, at=NOW)


def test_an_event_of_another_organisation_is_refused_by_the_database(lead, other_organisation):
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(lead):
        record("thing.done", actor=None, organisation_id=other_organisation.pk, at=NOW)


def test_events_cannot_be_changed_or_removed_by_the_app_role(lead):
    with acting_as(lead):
        record("thing.done", actor=lead, at=NOW)

    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(lead):
        Event.objects.update(verb="thing.undone")
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(lead):
        Event.objects.all()._raw_delete("default")
