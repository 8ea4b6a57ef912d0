"""Two memberships of one person become one: one is kept, the other is ended and says into which it was joined."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.notifications import actions as notifications
from foundation.organisations import joining, permissions
from foundation.organisations.actions.guards import (
    check_an_administrator_remains,
    end_sessions,
    lock_organisation,
)
from foundation.organisations.models import Invitation, KeptApart, Membership, RoleGrant
from foundation.organisations.roles import Role

# What the one that is kept takes from the other where it has nothing of its own.
FILLED = (
    "email", "staff_number", "external_id", "team_id", "job_title", "staff_group", "employment", "line_manager_id",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A membership as somebody saw it before they decided."""

    membership_id: int
    version: int


@transaction.atomic
def join_people(*, kept: Seen, ended: Seen, by: Acting, now: datetime) -> Membership:
    """Make one of two memberships of the same person. Everything that is theirs in this organisation goes over.

    Raises RuleBroken where one of them was changed or joined meanwhile, and where nobody would administer the
    organisation. Nobody joins their own: roles go over too (ADR 45).
    """
    lock_organisation(by.organisation_id)
    joining.hold(by, [kept.membership_id, ended.membership_id])
    keeps, ends = _lock(kept, ended, by)
    permissions.check_can_join(by, keeps, ends)
    today = timezone.localdate(now)
    _fill(keeps, ends, today)
    _end(ends, keeps, by, now)
    _keep(keeps, ends, by, now)
    roles = _hand_over_roles(keeps, ends, by, now)
    _withdraw_invitations(keeps, ends, now)
    notifications.hand_over(organisation_id=by.organisation_id, from_id=ends.pk, to_id=keeps.pk)
    moved = joining.go_over(joining.Joining(kept=keeps, ended=ends, by=by, now=now))
    if Role.ORGANISATION_ADMIN in roles:
        check_an_administrator_remains(by.organisation_id, on=today)
    for each in (keeps, ends):
        end_sessions(each, because="person_joined", by=by, now=now)
    ledger.record("person.joined", actor=by, target=keeps, at=now, other=ends.reference, roles=sorted(roles), **moved)
    ledger.record("person.joined_into_another", actor=by, target=ends, at=now, kept=keeps.reference)
    return keeps


def _lock(kept: Seen, ended: Seen, by: Acting) -> tuple[Membership, Membership]:
    if kept.membership_id == ended.membership_id:
        raise RuleBroken(_("These are one and the same. Choose two different people."))
    wanted = [kept.membership_id, ended.membership_id]
    rows = Membership.objects.visible_to(by).select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) < len(wanted):
        raise Membership.DoesNotExist
    if any(row.joined_into_id is not None for row in found.values()):
        raise RuleBroken(_("One of the two was joined with another meanwhile. Look at the list again."))
    if any(found[seen.membership_id].version != seen.version for seen in (kept, ended)):
        raise RuleBroken(_("One of the two was changed meanwhile. Compare them again before you decide."))
    if KeptApart.objects.visible_to(by).in_force().of(*rows).exists():
        raise RuleBroken(_("Somebody said that these are two people. Take that back first."))
    return found[kept.membership_id], found[ended.membership_id]


def _fill(kept: Membership, ended: Membership, today: date) -> None:
    """Give the kept one what only the other knows, and the time during which the person belongs here."""
    if kept.line_manager_id == ended.pk:
        kept.line_manager_id = None
    for name in FILLED:
        value = getattr(ended, name)
        if not getattr(kept, name) and not (name == "line_manager_id" and value == kept.pk):
            setattr(kept, name, value)
    last = ended.ends_on or date.max
    its_last = kept.ends_on or date.max
    if ended.starts_on <= its_last and kept.starts_on <= last:  # one employment, written down twice
        kept.starts_on = min(kept.starts_on, ended.starts_on)
    elif last > its_last:  # they left and came back: the later employment is the one that counts
        kept.starts_on = ended.starts_on
    kept.ends_on = None if date.max in (last, its_last) else max(last, its_last)


def _end(ended: Membership, kept: Membership, by: Acting, now: datetime) -> None:
    """End it as of yesterday, so that it allows nothing from now on. An account goes over if the other has none."""
    yesterday = timezone.localdate(now) - timedelta(days=1)
    ended.ends_on = min(ended.ends_on or yesterday, yesterday)
    ended.joined_into, ended.joined_at = kept, now
    if kept.user_id is None:
        kept.user_id, ended.user_id = ended.user_id, None
    ended.count_up(by_id=by.membership_id, now=now)
    ended.save(update_fields=["ends_on", "joined_into", "joined_at", "user", *Membership.SAVED])


def _keep(kept: Membership, ended: Membership, by: Acting, now: datetime) -> None:
    kept.count_up(by_id=by.membership_id, now=now)
    kept.save(update_fields=[*FILLED, "starts_on", "ends_on", "user", *Membership.SAVED])
    earlier = Membership.objects.visible_to(by).filter(joined_into=ended)
    earlier.update(joined_into=kept)  # what was joined into the other leads here now, in one step


def _hand_over_roles(kept: Membership, ended: Membership, by: Acting, now: datetime) -> set[str]:
    """End every role of the one and give it to the other from today, but for the time it has it already."""
    today = timezone.localdate(now)
    reason = _("Joined with %(reference)s") % {"reference": ended.reference}
    given = set()
    grants = RoleGrant.objects.visible_to(by).filter(membership=ended).exclude(ends_on__lt=today)
    for grant in grants.select_for_update(no_key=True).order_by("pk"):
        starts_on, ends_on = max(grant.starts_on, today), grant.ends_on
        grant.ends_on = max(today, grant.starts_on) - timedelta(days=1)
        grant.ended_at, grant.ended_by_id, grant.end_reason = now, by.membership_id, reason
        grant.save(update_fields=["ends_on", "ended_at", "ended_by", "end_reason"])
        given.add(grant.role)
        held = RoleGrant.objects.visible_to(by).filter(membership=kept, role=grant.role).exclude(ends_on__lt=starts_on)
        lasts = [each.ends_on for each in held if each.starts_on <= starts_on]
        if None in lasts:
            continue
        starts_on = max([starts_on, *(last + timedelta(days=1) for last in lasts if last)])
        if to_come := [each.starts_on for each in held if each.starts_on > starts_on]:
            ends_on = min(to_come) - timedelta(days=1)
        if ends_on is None or starts_on <= ends_on:
            RoleGrant.objects.create(
                organisation_id=by.organisation_id,
                membership=kept,
                role=grant.role,
                starts_on=starts_on,
                ends_on=ends_on,
                reason=reason,
                granted_at=now,
                granted_by_id=by.membership_id,
            )
    return given


def _withdraw_invitations(kept: Membership, ended: Membership, now: datetime) -> None:
    """Nobody joins as the one that ended; nor as the other once it has an account."""
    whose = [ended] if kept.user_id is None else [ended, kept]
    still_open = Invitation.objects.filter(membership__in=whose, accepted_at=None, withdrawn_at=None)
    still_open.update(withdrawn_at=now)
