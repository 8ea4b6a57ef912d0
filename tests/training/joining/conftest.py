"""An administrator, a training manager, and one person who is in the organisation twice, with two accounts."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from foundation.core.acting import Acting, acting_as
from foundation.organisations import actions
from foundation.organisations.models import Membership
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.records import outside_course


@dataclass
class Twice:
    """``kept`` and ``ended`` as the person acts under each entry before they are joined."""

    admin: Acting
    manager: Acting
    kept: Acting
    ended: Acting

    def join(self, *, now: datetime = NOW) -> None:
        with acting_as(self.admin):
            kept, ended = (Membership.objects.get(pk=each.membership_id) for each in (self.kept, self.ended))
            actions.join_people(
                kept=actions.Seen(kept.pk, kept.version),
                ended=actions.Seen(ended.pk, ended.version),
                by=self.admin,
                now=now,
            )


@pytest.fixture
def twice(committed, organisation) -> Twice:
    def of(name: str, *roles: str) -> Acting:
        return acting_of(make_membership(organisation, *roles, name=name))

    return Twice(
        of("Administrator", Role.ORGANISATION_ADMIN),
        of("Mari Manager", Role.TRAINING_MANAGER),
        of("Rhys Morgan"),
        of("R Morgan"),
    )


@pytest.fixture
def course(committed):
    return outside_course()
