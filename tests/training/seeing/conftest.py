from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine

from foundation.core.acting import Acting, acting_as
from foundation.organisations.models import Membership, Team
from foundation.organisations.roles import Role
from tests.conftest import NOW
from tests.factories import asked
from training.models import Requirement


@dataclass
class Scene:
    """An organisation in which people stand in every way."""

    manager: Acting
    awareness: Requirement
    channel: Requirement
    housing: Team
    homes: Team
    people: dict[str, Membership]


@pytest.fixture
def _today(_database: None) -> Iterator[None]:
    """The pages are read on 23 November 2026."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def scene(acting_for, _today) -> Scene:
    """Awareness is asked of everybody, Channel of the front line only, with time until the end of the year."""
    manager = acting_for(Role.TRAINING_MANAGER, name="Meg Manager")
    housing = asked.make_team(manager, "Housing")
    homes = asked.make_team(manager, "Care homes", part_of=housing)
    front = {"staff_group": "Front line", "job_title": "Warden"}
    names = {
        "Ola Overdue": {"team": housing, **front},
        "Ida Indate": {"team": housing, **front},
        "Eve Expiring": {"team": homes, **front},
        "Wes Waived": {"team": homes, "staff_group": "Office", "job_title": "Clerk"},
        "Abe Away": {"team": homes},
        "Nia New": {"starts_on": date(2026, 11, 10)},
        "Lou Left": {"team": housing, "ends_on": date(2026, 11, 1)},
    }
    people = {name: asked.employ(manager, [name], **post)[0] for name, post in names.items()}
    awareness = asked.require(manager, "Awareness", months=12)
    channel = asked.require(
        manager, "Channel", scope=asked.Scope(staff_groups=("Front line",)), starts_on=date(2026, 11, 1), grace_days=60
    )
    asked.work_out(manager)
    asked.did(manager, people["Ida Indate"], awareness, date(2026, 6, 1))
    asked.did(manager, people["Eve Expiring"], awareness, date(2026, 1, 8))
    asked.waived(manager, people["Wes Waived"], awareness)
    asked.away(manager, people["Abe Away"])
    with acting_as(manager):
        for row in (awareness, channel):
            row.refresh_from_db()
    return Scene(manager, awareness, channel, housing, homes, people)


@pytest.fixture
def browser(scene, client_for):
    """A browser of the training manager."""
    return client_for(scene.manager)
