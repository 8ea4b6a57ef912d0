"""A ledger to tamper with: written and sealed as the app does it, changed as only the owner of the tables could."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections, transaction

from foundation import ledger
from foundation.core.acting import person_context
from foundation.ledger import sealing
from foundation.ledger.models import Event, Seal
from tests.conftest import NOW


def write(count: int, *, organisation_id: int = 1) -> None:
    """Record so many events, each in a transaction of its own."""
    for number in range(count):
        with person_context(user_id=None, organisation_id=organisation_id):
            ledger.record("test.happened", actor=None, at=NOW, organisation_id=organisation_id, number=number)


@pytest.fixture
def sealed(committed: None) -> list[int]:
    """Twelve events, sealed in two runs with a checkpoint each. Gives their ids in the order of the chain."""
    write(6)
    sealing.seal()
    write(6)
    sealing.seal()

    return list(Seal.objects.values_list("event_id", flat=True))


@pytest.fixture
def tamper(committed: None) -> Callable[..., None]:
    """``tamper(sql, …)``: what somebody could do who has the owner's password, every guard switched off."""

    def change(*statements: str) -> None:
        with guards_down() as cursor:
            for statement in statements:
                cursor.execute(statement)

    return change


@contextmanager
def guards_down() -> Iterator[Any]:
    tables = ("ledger_event", "ledger_seal", "ledger_sealerstate")
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        yield cursor
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        cursor.execute("ALTER TABLE ledger_event ENABLE ALWAYS TRIGGER ledger_event_is_insert_only")
        cursor.execute("ALTER TABLE ledger_seal ENABLE ALWAYS TRIGGER ledger_seal_is_insert_only")


def all_events() -> list[dict[str, Any]]:
    """Every event, as the backup role sees them."""
    return list(Event._base_manager.using("backup").order_by("pk").values())
