import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.core.acting import acting_as
from foundation.organisations.models import Membership
from tests.factories import organisations as factories


@pytest.fixture
def admin(acting_for):
    return acting_for("organisation_admin")


@pytest.fixture
def ann(admin):
    return factories.person(admin, name="Ann", team_id=factories.team(admin, "Housing").pk)


def test_any_of_finds_rows_by_their_own_number_or_by_what_they_point_at(admin, ann):
    dev, _other = factories.person(admin, name="Dev"), factories.person(admin, name="Other")

    with acting_as(admin):
        assert {*Membership.objects.filter(pk__any_of=[dev.pk, ann.pk, -1])} == {ann, dev}
        assert {*Membership.objects.filter(team__any_of={ann.team_id})} == {ann}


def test_any_of_no_numbers_finds_nothing(admin, ann):
    with acting_as(admin):
        assert list(Membership.objects.filter(pk__any_of=())) == []


def test_any_of_a_thousand_numbers_is_one_value_of_the_statement(admin):
    with acting_as(admin), CaptureQueriesContext(connection) as captured:
        list(Membership.objects.filter(pk__any_of=range(1, 1001)))

    assert captured[-1]["sql"].count("ANY('{1,2,3,") == 1


def test_any_of_takes_numbers_only(admin):
    with acting_as(admin), pytest.raises(DataError), transaction.atomic():
        list(Membership.objects.filter(pk__any_of=["1}'::bigint[]) OR true --"]))
