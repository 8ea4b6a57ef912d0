from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from foundation.core.acting import Acting
from foundation.organisations.roles import Role
from risk.models import Assessment, Entry
from tests.conftest import NOW
from tests.factories import risk as factories


@pytest.fixture
def approver(acting_for: Callable[..., Acting]) -> Acting:
    return acting_for(Role.SENIOR_APPROVER, name="Approver")


@pytest.fixture
def draft(lead: Acting) -> Assessment:
    return factories.assessment(lead)


@pytest.fixture
def entry(lead: Acting, draft: Assessment) -> Entry:
    """R1 of the draft: inherent 16, current 9, version 2."""
    return factories.score(lead, factories.risk(lead, draft))


@pytest.fixture
def approved(lead: Acting, approver: Acting, draft: Assessment, entry: Entry) -> Assessment:
    factories.send(lead, draft, approver)
    return factories.approve(approver, draft)


@pytest.fixture
def today_is_now() -> Iterator[None]:
    """Pages read the clock; factories and actions are told ``NOW``."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def browser(lead: Acting, client_for: Callable[[Acting], Client]) -> Client:
    return client_for(lead)
