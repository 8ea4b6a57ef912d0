"""Two entries that look alike are said to be two people, until that is taken back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations import permissions
from foundation.organisations.models import KeptApart, Membership


@transaction.atomic
def keep_apart(*, membership_id: int, other_id: int, by: Acting, now: datetime) -> KeptApart:
    """Say that two entries are of two people. Said again, what stands is given.

    Raises RuleBroken for one and the same entry, and where one of the two was joined with another.
    """
    one, other = _lock(membership_id, other_id, by)
    said = KeptApart.objects.visible_to(by).in_force().of(one, other).first()
    if said is None:
        said = KeptApart.objects.create(
            organisation_id=by.organisation_id, lower=one, higher=other, said_at=now, said_by=by.membership
        )
        ledger.record("person.kept_apart", actor=by, target=one, at=now, other=other.reference)
    return said


@transaction.atomic
def no_longer_keep_apart(*, membership_id: int, other_id: int, by: Acting, now: datetime) -> None:
    """Take back that two entries are of two people. Where nobody says so any more, nothing changes.

    Raises RuleBroken as ``keep_apart`` does.
    """
    one, other = _lock(membership_id, other_id, by)
    if KeptApart.objects.visible_to(by).in_force().of(one, other).update(ended_at=now, ended_by=by.membership):
        ledger.record("person.no_longer_kept_apart", actor=by, target=one, at=now, other=other.reference)


def _lock(membership_id: int, other_id: int, by: Acting) -> tuple[Membership, Membership]:
    """Both rows in the order of their numbers, as whoever joins two locks them."""
    rows = Membership.objects.visible_to(by).select_for_update(no_key=True).order_by("pk")
    found = list(rows.filter(pk__in=[membership_id, other_id]))
    if membership_id == other_id:
        raise RuleBroken(_("These are one and the same. Choose two different people."))
    if len(found) < 2:
        raise Membership.DoesNotExist
    if any(each.joined_into_id is not None for each in found):
        raise RuleBroken(_("One of the two was joined with another meanwhile. Look at the list again."))
    for each in found:
        permissions.check_can_manage_people(by, each)
    return found[0], found[1]
