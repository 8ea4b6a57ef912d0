"""People: add, change, end, reinstate."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

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
from foundation.organisations.models import Membership, RoleGrant, Team
from foundation.organisations.roles import Role


@dataclass(frozen=True, kw_only=True)
class Person:
    """What an organisation keeps about a person. Empty text means: not known."""

    name: str
    starts_on: date
    email: str = ""
    staff_number: str = ""
    external_id: str = ""
    team_id: int | None = None
    job_title: str = ""
    staff_group: str = ""
    employment: str = ""
    line_manager_id: int | None = None


@transaction.atomic
def add_person(*, person: Person, by: Acting, now: datetime) -> Membership:
    """Add somebody to the organisation, without a sign-in and without a role."""
    permissions.check_can_manage_people(by)
    _hold_team(person.team_id, by)
    _check_line_manager(person.line_manager_id, None, by)
    with refuse_duplicates():
        membership = Membership.objects.create(organisation_id=by.organisation_id, **asdict(person))
    ledger.record("person.added", actor=by, target=membership, at=now, starts_on=person.starts_on)
    return membership


@transaction.atomic
def change_person(*, membership_id: int, version: int, person: Person, by: Acting, now: datetime) -> Membership:
    """Save what was typed about a person, if nobody saved since ``version``. Raises StaleVersion otherwise."""
    today = timezone.localdate(now)
    # Somebody who administers today might not tomorrow; and two people could be made to lead each other at once.
    if person.starts_on > today or person.line_manager_id is not None:
        lock_organisation(by.organisation_id)
    membership = _lock(membership_id, by)
    permissions.check_can_manage_people(by, membership)
    membership.check_version(version)
    if membership.ends_on and membership.ends_on < person.starts_on:
        raise RuleBroken(_("The first day is after this person's last day."))
    _hold_team(person.team_id, by)
    _check_line_manager(person.line_manager_id, membership, by)
    wanted = asdict(person)
    changed = [name for name, value in wanted.items() if getattr(membership, name) != value]
    if not changed:
        return membership
    for name in changed:
        setattr(membership, name, wanted[name])
    membership.count_up(by_id=by.membership_id, now=now)
    with refuse_duplicates():
        membership.save(update_fields=[*changed, *Membership.SAVED])
    if person.starts_on > today and "starts_on" in changed and _administers(membership, on=today):
        check_an_administrator_remains(by.organisation_id, on=today)
    ledger.record("person.changed", actor=by, target=membership, at=now, fields=sorted(changed))
    return membership


@transaction.atomic
def end_person(
    *, membership_id: int, last_day: date, by: Acting, now: datetime, keep: SessionBase | None = None
) -> Membership:
    """Record somebody's last day. Their roles end with it, open invitations at once; sessions end at the next request.

    Refused for the last administrator.
    """
    lock_organisation(by.organisation_id)
    membership = _lock(membership_id, by)
    permissions.check_can_manage_people(by, membership)
    if last_day < membership.starts_on:
        raise RuleBroken(_("The last day is before this person's first day."))
    if membership.ends_on == last_day:
        raise RuleBroken(_("This is already recorded as the last day."))
    membership.ends_on = last_day
    membership.count_up(by_id=by.membership_id, now=now)
    membership.save(update_fields=["ends_on", *Membership.SAVED])
    ended = _end_roles_with(membership, last_day, by, now)
    withdrawn = membership.invitations.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    if Role.ORGANISATION_ADMIN in ended:
        check_an_administrator_remains(by.organisation_id, on=timezone.localdate(now))
    end_sessions(membership, because="person_ended", by=by, now=now, keep=keep)
    ledger.record(
        "person.ended",
        actor=by,
        target=membership,
        at=now,
        last_day=last_day,
        roles=sorted(ended),
        invitations_withdrawn=withdrawn,
    )
    return membership


@transaction.atomic
def reinstate_person(*, membership_id: int, by: Acting, now: datetime) -> Membership:
    """Take back somebody's last day. Roles that ended do not come back: they are given again."""
    membership = _lock(membership_id, by)
    permissions.check_can_manage_people(by, membership)
    if membership.ends_on is None:
        raise RuleBroken(_("This person has no last day."))
    before, membership.ends_on = membership.ends_on, None
    membership.count_up(by_id=by.membership_id, now=now)
    membership.save(update_fields=["ends_on", *Membership.SAVED])
    ledger.record("person.reinstated", actor=by, target=membership, at=now, last_day_before=before)
    return membership


def _lock(membership_id: int, by: Acting) -> Membership:
    return Membership.objects.visible_to(by).select_for_update(no_key=True).get(pk=membership_id)


def _hold_team(team_id: int | None, by: Acting) -> None:
    """Keep the team from being removed while somebody joins it."""
    if team_id is not None and not Team.objects.visible_to(by).select_for_update(no_key=True).filter(pk=team_id):
        raise RuleBroken(_("This team is not there any more. Choose another."))


def _check_line_manager(line_manager_id: int | None, of: Membership | None, by: Acting) -> None:
    """Refuse a line manager from elsewhere, oneself, and whoever reports to oneself.

    Two people who lead each other are a slip of the pen that would send every reminder round in a ring. Longer rings
    are let be: they arise while a reorganisation is entered bit by bit, and whoever follows line managers goes up one
    step only. A line manager who has left stays until somebody names another.
    """
    if line_manager_id is None or (of is not None and line_manager_id == of.line_manager_id):
        return
    manager = Membership.objects.visible_to(by).filter(pk=line_manager_id).first()
    if manager is None:
        raise RuleBroken(_("The line manager is not somebody of your organisation. Choose another."))
    if of is None:
        return
    if manager.pk == of.pk:
        raise RuleBroken(_("Nobody is their own line manager. Choose another."))
    if manager.line_manager_id == of.pk:
        raise RuleBroken(
            _("%(manager)s reports to %(name)s, so cannot be their line manager. Change that first.")
            % {"manager": manager.name, "name": of.name}
        )


def _end_roles_with(membership: Membership, last_day: date, by: Acting, now: datetime) -> set[str]:
    """Bring every role to an end with the membership; give back which."""
    ended = set()
    for grant in RoleGrant.objects.visible_to(by).filter(membership=membership).select_for_update(no_key=True):
        if grant.ends_on is None or grant.ends_on > last_day:
            grant.ends_on = max(last_day, date.fromordinal(grant.starts_on.toordinal() - 1))
            grant.ended_at, grant.ended_by_id = now, by.membership_id
            grant.save(update_fields=["ends_on", "ended_at", "ended_by"])
            ended.add(grant.role)
    return ended


def _administers(membership: Membership, *, on: date) -> bool:
    return RoleGrant.objects.in_force(on).filter(membership=membership, role=Role.ORGANISATION_ADMIN).exists()
