"""People and teams, made by the actions an administrator would use."""

from datetime import UTC, date, datetime
from itertools import count

from foundation.core.acting import Acting, acting_as
from foundation.organisations import actions
from foundation.organisations.models import Membership, RoleGrant, Team

EARLIER = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
_number = count(1)


def person(by: Acting, *, now: datetime = EARLIER, **fields: object) -> Membership:
    """A member of ``by``'s organisation since 1 September 2026, without sign-in or role."""
    number = next(_number)
    details = {"name": f"Colleague {number}", "staff_number": f"S{number:06}", "starts_on": date(2026, 9, 1)} | fields
    with acting_as(by):
        return actions.add_person(person=actions.Person(**details), by=by, now=now)


def role_grant(by: Acting, membership: Membership, role: str, *, ends_on: date | None = None) -> RoleGrant:
    """A role from 1 September 2026."""
    with acting_as(by):
        return actions.grant_role(
            membership_id=membership.pk,
            role=role,
            starts_on=date(2026, 9, 1),
            ends_on=ends_on,
            reason="New in post",
            by=by,
            now=EARLIER,
        )


def kept_apart(by: Acting, one: Membership, other: Membership) -> dict[str, int]:
    """Two entries that somebody said are two people; gives what the actions about them ask for."""
    pair = {"membership_id": one.pk, "other_id": other.pk}
    with acting_as(by):
        actions.keep_apart(**pair, by=by, now=EARLIER)
    return pair


def team(by: Acting, name: str, *, part_of: Team | None = None) -> Team:
    with acting_as(by):
        return actions.add_team(name=name, part_of_id=part_of.pk if part_of else None, by=by, now=EARLIER)
