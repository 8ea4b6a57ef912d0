"""Partnerships, their members, and what members share."""

from datetime import date, datetime
from typing import Any

from compliance import actions
from compliance.models import Answer, Contribution, Requirement
from foundation.core.acting import Acting, acting_as
from foundation.ledger import acting_system
from foundation.organisations.models import Organisation, PartnershipMember
from tests.conftest import LONG_AGO, NOW, make_organisation


def partnership(name: str = "Severnshire Prevent Partnership", **fields: Any) -> Organisation:
    """A partnership of councils: not listed in the Act itself."""
    return make_organisation(name, kind="partnership", is_specified_authority=False, **fields)


def join(board: Organisation, *members: Organisation, starts_on: date = LONG_AGO, ends_on: date | None = None) -> None:
    """Make organisations members of a partnership."""
    with acting_system("provision"):
        for member in members:
            PartnershipMember.objects.create(organisation=board, member=member, starts_on=starts_on, ends_on=ends_on)


def share(
    by: Acting, board: Organisation, requirement: Requirement, *, comment: str = "Ours", now: datetime = NOW
) -> Contribution:
    """The answer of ``by`` to a benchmark, shared as it stands."""
    with acting_as(by):
        version = Answer.objects.visible_to(by).get(requirement=requirement).version
        return actions.share_contribution(
            requirement_id=requirement.pk, partnership_id=board.pk, version=version, comment=comment, by=by, now=now
        )


def take_back(by: Acting, contribution: Contribution, *, now: datetime = NOW) -> Contribution:
    with acting_as(by):
        return actions.take_back_contribution(contribution_id=contribution.pk, by=by, now=now)
