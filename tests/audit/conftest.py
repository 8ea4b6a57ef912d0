from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from foundation import ledger
from foundation.core.acting import Acting, acting_as
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership


def happen(acting: Acting, verb: str = "team.added", *, times: int = 1, at: datetime = NOW, **more: Any) -> None:
    """Let somebody do something."""
    with acting_as(acting):
        for _ in range(times):
            ledger.record(verb, actor=acting, at=at, **more)


@pytest.fixture
def records_manager(acting_for: Callable[..., Acting]) -> Acting:
    return acting_for(Role.RECORDS_MANAGER, name="Rowan Keeper")


@pytest.fixture
def browser(client_for: Callable[[Acting], Client], records_manager: Acting) -> Client:
    """The records manager's, who may read and export the log."""
    return client_for(records_manager)


@pytest.fixture
def outsider(other_organisation: Any) -> Acting:
    return acting_of(make_membership(other_organisation, Role.PREVENT_LEAD, name="Canary Outsider"))
