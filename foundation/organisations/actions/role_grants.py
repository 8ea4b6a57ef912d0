"""Roles: give and end. Never changed but for their end."""

from datetime import date, datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations import permissions
from foundation.organisations.actions.guards import (
    check_an_administrator_remains,
    end_sessions,
    lock_organisation,
    refuse_duplicates,
)
from foundation.organisations.models import Membership, RoleGrant
from foundation.organisations.roles import ROLES, Role


@transaction.atomic
def grant_role(
    *, membership_id: int, role: str, starts_on: date, ends_on: date | None, reason: str, by: Acting, now: datetime
) -> RoleGrant:
    """Give somebody else a role from a day, to a day or until it is ended. Their sessions begin anew.

    ``reason`` is kept on the grant for whoever reviews roles.
    """
    lock_organisation(by.organisation_id)
    membership = Membership.objects.visible_to(by).select_for_update(no_key=True).get(pk=membership_id)
    permissions.check_can_grant_role(by, membership)
    wanted = Role(role)
    if wanted == Role.STAFF:
        raise RuleBroken(_("Everybody in the organisation is a staff member. This role needs no giving."))
    if starts_on < timezone.localdate(now):
        raise RuleBroken(_("A role cannot begin in the past."))
    if ends_on is not None and ends_on < starts_on:
        raise RuleBroken(_("The last day is before the first day."))
    if ends_on is None and ROLES[wanted].needs_end_date:
        raise RuleBroken(_("This role is for a limited time. Enter its last day."))
    if starts_on < membership.starts_on:
        raise RuleBroken(_("The role would begin before this person does."))
    if membership.ends_on and (ends_on is None or ends_on > membership.ends_on):
        raise RuleBroken(_("The role would last longer than this person stays."))
    if _overlapping(membership, wanted, starts_on, ends_on):
        raise RuleBroken(_("This person has this role in that time already."))
    with refuse_duplicates():
        grant = RoleGrant.objects.create(
            organisation_id=by.organisation_id,
            membership=membership,
            role=wanted,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason,
            granted_at=now,
            granted_by_id=by.membership_id,
        )
    end_sessions(membership, because="role_changed", by=by, now=now)
    ledger.record(
        "role.granted", actor=by, target=membership, at=now, role=wanted.value, starts_on=starts_on, ends_on=ends_on
    )
    return grant


@transaction.atomic
def end_role(
    *,
    grant_id: int,
    last_day: date | None,
    reason: str,
    by: Acting,
    now: datetime,
    keep: SessionBase | None = None,
) -> RoleGrant:
    """End a role: at once when ``last_day`` is None, otherwise after that day. Refused for the last administrator."""
    lock_organisation(by.organisation_id)
    grant = RoleGrant.objects.visible_to(by).select_for_update(no_key=True).get(pk=grant_id)
    membership = grant.membership
    permissions.check_can_end_role(by, membership)
    today = timezone.localdate(now)
    ends_on = max(today, grant.starts_on) - timedelta(days=1) if last_day is None else last_day
    if grant.ends_on is not None and grant.ends_on < today:
        raise RuleBroken(_("This role has ended already."))
    if last_day is not None and last_day < max(today, grant.starts_on):
        raise RuleBroken(_("The last day cannot be in the past. To take the role away now, choose “at once”."))
    if grant.ends_on is not None and grant.ends_on < ends_on:
        raise RuleBroken(_("The role ends earlier than that. To make it longer, give it again."))
    grant.ends_on, grant.ended_at, grant.ended_by_id, grant.end_reason = ends_on, now, by.membership_id, reason
    grant.save(update_fields=["ends_on", "ended_at", "ended_by", "end_reason"])
    if grant.role == Role.ORGANISATION_ADMIN:
        check_an_administrator_remains(by.organisation_id, on=today)
    end_sessions(membership, because="role_changed", by=by, now=now, keep=keep)
    ledger.record("role.ended", actor=by, target=membership, at=now, role=grant.role, ends_on=ends_on)
    return grant


def _overlapping(membership: Membership, role: Role, starts_on: date, ends_on: date | None) -> bool:
    grants = RoleGrant.objects.filter(membership=membership, role=role).exclude(ends_on__lt=starts_on)
    if ends_on is not None:
        grants = grants.filter(starts_on__lte=ends_on)
    return grants.exists()
