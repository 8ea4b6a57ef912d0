from collections.abc import Iterator

import pytest
import time_machine

from tests.conftest import NOW


@pytest.fixture
def time_machine_at_now() -> Iterator[None]:
    """The day the page calls today: list filters read the clock, because a list has no moment of its own."""
    with time_machine.travel(NOW, tick=True):
        yield
