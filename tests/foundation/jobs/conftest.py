from collections.abc import Callable
from typing import Any

import pytest

from foundation import jobs
from foundation.core.acting import Acting, acting_as
from foundation.jobs import broker
from foundation.jobs.models import Job
from foundation.ledger.models import Event
from tests.conftest import NOW
from tests.foundation.jobs import handlers
from tests.foundation.jobs.ground import often, redis, start

__all__ = ["often", "redis", "start"]


@pytest.fixture(autouse=True)
def _redis_may_be_tried() -> None:
    broker.forget_failures()


@pytest.fixture
def ask() -> Callable[..., Job]:
    """``ask(acting, "tests.once", part=1)``: queue a job as that person, in a transaction of its own."""

    def make(acting: Acting, name: str = "tests.once", *, now: Any = NOW, **options: Any) -> Job:
        with acting_as(acting):
            return jobs.queue(name, by=acting, now=now, **options)

    return make


@pytest.fixture
def effects(backup: Callable[..., Any]) -> Callable[[], list[str]]:
    """The references of the jobs whose effect stands, one entry for each time it happened."""

    def read() -> list[str]:
        import json

        return [json.loads(event.facts)["job"] for event in backup(Event).filter(verb=handlers.EFFECT).order_by("pk")]

    return read


@pytest.fixture
def verbs(backup: Callable[..., Any]) -> Callable[[], list[str]]:
    """What the ledger says about jobs, in order."""
    return lambda: list(backup(Event).filter(verb__startswith="job.").order_by("pk").values_list("verb", flat=True))
