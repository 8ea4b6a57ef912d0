import pytest

from foundation.organisations.roles import Role


@pytest.fixture
def admin(acting_for, within):
    """An administrator of the organisation; the rest of the test runs in their context."""
    return within(acting_for(Role.ORGANISATION_ADMIN, name="Administrator"))
