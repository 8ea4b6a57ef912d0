import pytest

from foundation.core.acting import acting_as
from tests.actionplans.sharing.ground import lead_of
from tests.conftest import make_organisation
from tests.factories import actionplans as factories
from tests.factories.partnerships import join, partnership


@pytest.fixture
def board(_database):
    return partnership()


@pytest.fixture
def member(board):
    made = make_organisation("Ashmere District Council")
    join(board, made)
    return made


@pytest.fixture
def owner(member):
    """The Prevent lead of the member."""
    return lead_of(member)


@pytest.fixture
def chair(board):
    """The Prevent lead of the partnership."""
    return lead_of(board)


@pytest.fixture
def row(owner):
    """A1 of an active plan of the member."""
    return factories.active(owner)


@pytest.fixture
def plan(chair):
    """A plan of the partnership, with objectives."""
    return factories.plan(chair, title="Partnership plan", grouping="objectives")


@pytest.fixture
def objectives(chair, plan):
    """Those of the partnership's plan."""
    with acting_as(chair):
        return list(plan.objectives.all())
