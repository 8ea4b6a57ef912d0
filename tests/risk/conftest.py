from collections.abc import Iterator

import pytest
import time_machine

from tests.conftest import NOW


@pytest.fixture
def today_is_now() -> Iterator[None]:
    """Pages read the clock; factories and actions are told ``NOW``."""
    with time_machine.travel(NOW, tick=True):
        yield
