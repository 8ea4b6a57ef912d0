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
    """``people(name="Ann", staff_number="1001")``: somebody of the organisation without a sign-in."""

    def make(name="Ann Bowen", **fields):
        made = make_membership(organisation, name=name, with_user=False)
        with acting_as(manager):
            Membership.objects.filter(pk=made.pk).update(**fields)
            return Membership.objects.get(pk=made.pk)

    return make
