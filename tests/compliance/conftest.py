from collections.abc import Callable

import pytest

from compliance.models import Requirement
from foundation.core.acting import Acting
from tests.foundation.jobs.ground import often, redis, start

__all__ = ["often", "redis", "start"]


@pytest.fixture
def library(_database: None) -> None:
    """The duty library as shipped: loaded once a run, in November 2024."""


@pytest.fixture
def requirement(library: None) -> Callable[[str], Requirement]:
    """``requirement("LA-05")``: a row of the library."""
    return lambda code: Requirement.objects.get(code=code, organisation=None)


@pytest.fixture
def assurer(acting_for: Callable[..., Acting]) -> Acting:
    return acting_for("assurer")
