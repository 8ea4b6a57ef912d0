from datetime import date, timedelta

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Exists
from django.test.utils import CaptureQueriesContext

from foundation import ledger
from foundation.core.acting import acting_as, person_context, system_role
from foundation.core.lookups import as_one_value
from foundation.core.prepared import Prepared, PreparedObjects, answers, columns, instances, stand_in
from foundation.ledger.models import Event
from foundation.organisations import acting as organisations_acting
from foundation.organisations import queries as organisations
from foundation.organisations.models import Membership, RoleGrant
from risk.models import Assessment
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import risk as risks

TODAY = NOW.date()
NAMES = Prepared(
    lambda organisation_id, on: (
        Membership.objects.current(on).filter(organisation_id=organisation_id).order_by("name").values_list("name")
    ),
    int,
    date,
)


def test_a_prepared_query_answers_as_the_queryset_does_for_any_values(lead):
    with acting_as(lead):
        for name, starts_on in (("Here", TODAY), ("Later", TODAY + timedelta(days=1))):
            Membership.objects.create(organisation=lead.organisation, name=name, starts_on=starts_on)

        for on in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)):
            expected = Membership.objects.current(on).order_by("name").values_list("name")
            assert NAMES.rows(lead.organisation_id, on) == list(expected)


def test_a_prepared_query_sees_only_what_the_context_shows(lead, other_organisation):
    with acting_as(lead):
        assert NAMES.rows(other_organisation.pk, TODAY) == []


def test_a_query_that_was_prepared_in_one_context_shows_nothing_of_it_in_another(lead, other_organisation):
    other_lead = acting_of(make_membership(other_organisation, "prevent_lead"))
    everybody = Prepared(lambda: Membership.objects.order_by("pk").values_list("organisation_id"))

    for _again in range(8):  # after five, the database may keep one plan for all values
        for acting in (lead, other_lead):
            with acting_as(acting):
                assert set(everybody.rows()) == {(acting.organisation_id,)}

    with transaction.atomic():
        assert everybody.rows() == []
    with system_role("seal"):
        assert everybody.rows() == []


def test_a_value_is_put_in_every_place_that_uses_it_whatever_the_column_makes_of_it(lead):
    mine = Prepared(  # a column that is no foreign key wraps the number, a foreign key does not
        lambda organisation_id: (
            Event.objects.filter(organisation_id=organisation_id)
            .annotate(here=Exists(Membership.objects.filter(organisation_id=organisation_id)))
            .values_list("verb", "here")
        ),
        int,
    )
    with acting_as(lead):
        ledger.record("team.added", actor=lead, at=NOW)

        assert ("team.added", True) in mine.rows(lead.organisation_id)


def test_a_place_that_the_query_does_not_use_is_refused(lead):
    forgetful = Prepared(lambda _organisation_id: Membership.objects.values_list("name"), int)

    with acting_as(lead), pytest.raises(AssertionError, match="a place is unused"):
        forgetful.rows(1)


def test_rows_of_all_columns_become_objects(lead):
    with acting_as(lead):
        rows = list(Membership.objects.values_list(*columns(Membership)))
        made, found = list(instances(Membership, rows)), list(Membership.objects.all())

    assert [(each.pk, each.name, each.starts_on) for each in made] == [(e.pk, e.name, e.starts_on) for e in found]


def test_memberships_and_roles_are_those_of_the_day_and_no_others(lead):
    elsewhere = make_membership(make_organisation("A second place"), "prevent_lead", "assurer")
    with acting_as(acting_of(elsewhere)):
        Membership.objects.filter(pk=elsewhere.pk).update(user=lead.user)
        RoleGrant.objects.filter(role="assurer").update(ends_on=TODAY - timedelta(days=1))

    with person_context(user_id=lead.user.pk, organisation_id=None):
        found = organisations_acting.memberships_of(lead.user, NOW)
        orm = Membership.objects.current(TODAY).filter(user=lead.user).order_by("organisation__name", "pk")
        expected = list(orm.values_list("pk", "organisation__name"))
    assert [(each.pk, each.organisation.name) for each in found] == expected
    assert {each.user for each in found} == {lead.user}
    with acting_as(acting_of(elsewhere)):
        yesterday = organisations_acting.for_membership(lead.user, elsewhere, at=NOW - timedelta(days=1))
        today = organisations_acting.for_membership(lead.user, elsewhere, at=NOW)
    assert (yesterday.roles, today.roles) == ({"staff", "prevent_lead", "assurer"}, {"staff", "prevent_lead"})


def test_the_first_hour_costs_one_query(lead):
    with acting_as(lead), CaptureQueriesContext(connection) as captured:
        steps = organisations.setup_progress(lead)

    assert len(captured) == 1
    assert {step.key: step.is_done for step in steps}["lead"] is True


def test_whole_objects_come_with_those_they_point_to(lead):
    mine = PreparedObjects(
        lambda organisation_id: RoleGrant.objects.filter(organisation_id=organisation_id).order_by("pk"),
        int,
        related=("membership", "granted_by"),
    )

    with acting_as(lead):
        expected = list(RoleGrant.objects.select_related("membership", "granted_by").order_by("pk"))
        with CaptureQueriesContext(connection) as captured:
            found = mine.all(lead.organisation_id)
            seen = [(each.pk, each.membership.name, each.granted_by) for each in found]

    assert seen == [(each.pk, each.membership.name, each.granted_by) for each in expected]
    assert len(captured) == 1
    assert seen


def test_what_several_rows_point_at_is_one_object_and_what_none_points_at_is_none(lead, acting_for):
    other = acting_for("staff", organisation=lead.organisation)
    pks = [lead.membership_id, other.membership_id]
    people = PreparedObjects(
        lambda first, second: Membership.objects.filter(pk__in=[first, second]).order_by("pk"),
        int,
        int,
        related=("organisation", "user", "team"),
    )

    with acting_as(lead):
        first, second = people.all(*pks)

        assert first.organisation is second.organisation
        assert first.organisation == lead.organisation
        assert [first.user_id, second.user_id] == [first.user.pk, second.user.pk] == [lead.user_id, other.user_id]
        assert first.team is None


def test_a_field_makes_its_own_value_also_of_a_prepared_row(lead):
    row = risks.assessment(lead)
    found = PreparedObjects(lambda pk: Assessment.objects.filter(pk=pk).order_by(), int)

    with acting_as(lead):
        assert found.first(row.pk).matrix == row.matrix
        assert found.first(0) is None


def test_several_questions_are_answered_in_one_message_each_with_its_own_rows(lead):
    with acting_as(lead):
        organisations.role_holders(lead, TODAY)  # prepares it on this connection
        expected = (
            NAMES.rows(lead.organisation_id, TODAY),
            NAMES.rows(0, TODAY),
            organisations.role_holders(lead, TODAY),
        )

        with CaptureQueriesContext(connection) as captured:
            found = answers(
                NAMES.question(lead.organisation_id, TODAY),
                NAMES.question(0, TODAY),
                organisations.asking_role_holders(lead, TODAY),
            )

    assert tuple(found) == expected
    assert len(captured) == 1


def test_questions_asked_together_see_the_context_that_the_same_message_sets(lead):
    seen = {"portal.user_id": str(lead.user_id), "portal.organisation_id": str(lead.organisation_id)}

    with transaction.atomic():
        first, second = answers(
            NAMES.question(lead.organisation_id, TODAY), NAMES.question(lead.organisation_id, TODAY), setting=seen
        )

    assert first == second != []


def test_a_place_for_numbers_takes_any_number_of_them(lead):
    several = Prepared(
        lambda wanted: Membership.objects.filter(pk__any_of=wanted).order_by("pk").values_list("pk"), str
    )
    others = [make_membership(lead.organisation, "staff").pk for _ in range(2)]

    with acting_as(lead):
        assert several.rows(as_one_value([])) == []
        assert several.rows(as_one_value([lead.membership_id, *others])) == [
            (pk,) for pk in sorted([lead.membership_id, *others])
        ]


def test_what_asks_for_a_permission_is_built_for_who_has_it(lead):
    def titles(**who):
        rows = Prepared(
            lambda organisation_id: Assessment.objects.visible_to(
                stand_in(organisation_id=organisation_id, **who)
            ).values_list("title"),
            int,
        )
        return rows.rows(lead.organisation_id)

    risks.assessment(lead, "Risk 2026")

    with acting_as(lead):
        assert titles(permissions={"risk.view"}) == [("Risk 2026",)]
        with pytest.raises(EmptyResultSet):
            titles(permissions={"plan.view"})
        with pytest.raises(EmptyResultSet):
            titles()
