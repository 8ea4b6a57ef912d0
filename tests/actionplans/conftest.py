import pytest

from tests.conftest import acting_of, make_membership
from tests.factories.actionplans import action


@pytest.fixture
def owner(organisation):
    """Somebody with no role who is to do an action."""
    return acting_of(make_membership(organisation, name="Owen Owner"))


@pytest.fixture
def theirs(lead, owner):
    return action(lead, owner_id=owner.membership_id)
