import pytest

from foundation.core.acting import acting_as
from foundation.organisations.models import Membership
from tests.conftest import make_membership
from tests.factories.records import outside_course


@pytest.fixture
def manager(acting_for):
    return acting_for("training_manager", name="Mari Manager")


@pytest.fixture
def learner(acting_for):
    return acting_for("staff", name="Leila Learner")


@pytest.fixture
def course(_database):
    return outside_course()


@pytest.fixture
def people(manager, organisation):
    """``people(3)``: so many people without a sign-in. ``people(1, name="Ann", staff_number="1001")``: with these."""

    def make(count=1, **fields):
        made = [
            make_membership(organisation, name=f"Person {number:02}", with_user=False) for number in range(1, count + 1)
        ]
        with acting_as(manager):
            Membership.objects.filter(pk__in=[one.pk for one in made]).update(**(fields or {"job_title": "Officer"}))
            return list(Membership.objects.filter(pk__in=[one.pk for one in made]).order_by("pk"))

    return make
