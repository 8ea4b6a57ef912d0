"""Organisations come, merge, split and go. Done by whoever runs the portal, at the command line, never on a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.exceptions import RuleBroken
from foundation.organisations.actions.guards import refuse_duplicates
from foundation.organisations.actions.invitations import LASTS, new_secret_hash
from foundation.organisations.models import (
    Invitation,
    Membership,
    Organisation,
    PartnershipMember,
    RoleGrant,
    Succession,
)
from foundation.organisations.roles import ROLES, Role

PURPOSE = "provision"


@dataclass(frozen=True, kw_only=True)
class Administrator:
    """The first person of an organisation. ``also`` are further roles: in a small school one person does both."""

    name: str
    email: str
    job_title: str = ""
    also: tuple[str, ...] = ()


def create_organisation(
    *,
    name: str,
    slug: str,
    sectors: Sequence[str],
    nation: str,
    is_specified_authority: bool,
    active_from: date,
    administrator: Administrator,
    now: datetime,
    kind: str = Organisation.Kind.AUTHORITY,
    predecessors: Sequence[int] = (),
) -> Invitation:
    """Create an organisation with its first administrator and that person's invitation, which is still to be sent."""
    if kind == Organisation.Kind.AUTHORITY and not sectors:
        raise RuleBroken(_("Name at least one sector."))
    timed = [role for role in administrator.also if ROLES[Role(role)].needs_end_date]
    if timed:
        raise RuleBroken(_("The first administrator cannot have a role that is for a limited time."))
    with ledger.acting_system(PURPOSE), refuse_duplicates():
        organisation = Organisation.objects.create(
            name=name,
            slug=slug,
            kind=kind,
            sectors=sorted(sectors),
            nation=nation,
            is_specified_authority=is_specified_authority,
            active_from=active_from,
        )
        person = Membership.objects.create(
            organisation=organisation,
            name=administrator.name,
            email=administrator.email,
            job_title=administrator.job_title,
            starts_on=active_from,
        )
        roles = sorted({Role.ORGANISATION_ADMIN.value, *administrator.also})
        RoleGrant.objects.bulk_create(
            RoleGrant(organisation=organisation, membership=person, role=role, starts_on=active_from, granted_at=now)
            for role in roles
        )
        invitation = Invitation.objects.create(
            organisation=organisation,
            membership=person,
            secret_hash=new_secret_hash(),
            email=administrator.email,
            sent_at=now,
            expires_at=now + LASTS,
        )
        for predecessor in predecessors:
            Succession.objects.create(organisation=organisation, predecessor_id=predecessor, on=active_from)
        _record(
            "organisation.created",
            organisation,
            now,
            slug=slug,
            kind=str(kind),
            sectors=organisation.sectors,
            nation=nation,
            is_specified_authority=is_specified_authority,
            active_from=active_from,
            predecessors=list(predecessors),
        )
        for role in roles:
            _record("role.granted", person, now, role=role, starts_on=active_from, ends_on=None)
    return invitation


def find_by_slug(slugs: Sequence[str]) -> list[int]:
    """The organisations with these names in addresses, in that order. Raises RuleBroken naming one that is unknown."""
    if not slugs:
        return []
    with ledger.acting_system(PURPOSE):
        found = dict(Organisation.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    unknown = sorted(set(slugs) - found.keys())
    if unknown:
        raise RuleBroken(_("There is no organisation called %(slug)s.") % {"slug": ", ".join(unknown)})
    return [found[slug] for slug in slugs]


def close_organisation(*, organisation_id: int, last_day: date, successors: Sequence[int] = (), now: datetime) -> None:
    """Set the last day of an organisation and who takes over the day after. Nobody signs in for it from then on."""
    with ledger.acting_system(PURPOSE):
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        if last_day < organisation.active_from:
            raise RuleBroken(_("The last day is before the organisation's first day."))
        if organisation.active_to is not None and organisation.active_to <= last_day:
            raise RuleBroken(_("The organisation ends on or before that day already."))
        organisation.active_to = last_day
        organisation.count_up(by_id=None, now=now)
        organisation.save(update_fields=["active_to", *Organisation.SAVED])
        for successor in successors:
            Succession.objects.get_or_create(
                organisation_id=successor,
                predecessor=organisation,
                defaults={"on": date.fromordinal(last_day.toordinal() + 1)},
            )
        _record("organisation.closed", organisation, now, last_day=last_day, successors=list(successors))


def add_partnership_member(*, partnership_id: int, member_id: int, starts_on: date, now: datetime) -> PartnershipMember:
    """Let an organisation join a partnership from a day."""
    with ledger.acting_system(PURPOSE), refuse_duplicates():
        partnership = Organisation.objects.select_for_update(no_key=True).get(pk=partnership_id)
        if partnership.kind != Organisation.Kind.PARTNERSHIP:
            raise RuleBroken(_("Only a partnership has member organisations."))
        if PartnershipMember.objects.filter(organisation=partnership, member_id=member_id).exclude(
            ends_on__lt=starts_on
        ):
            raise RuleBroken(_("This organisation is a member in that time already."))
        member = PartnershipMember.objects.create(organisation=partnership, member_id=member_id, starts_on=starts_on)
        _record("partnership.member_added", partnership, now, member=member_id, starts_on=starts_on)
    return member


def end_partnership_member(*, member_id: int, last_day: date, now: datetime) -> PartnershipMember:
    """Record the last day of an organisation in a partnership."""
    with ledger.acting_system(PURPOSE):
        member = PartnershipMember.objects.select_for_update(of=("self",), no_key=True).get(pk=member_id)
        if last_day < member.starts_on:
            raise RuleBroken(_("The last day is before the first day."))
        member.ends_on = last_day
        member.save(update_fields=["ends_on"])
        _record("partnership.member_ended", member.organisation, now, member=member.member_id, last_day=last_day)
    return member


def _record(verb: str, target: Organisation | Membership, now: datetime, **facts: Any) -> None:
    organisation_id = target.pk if isinstance(target, Organisation) else target.organisation_id
    ledger.record(
        verb,
        actor=None,
        target=target,
        at=now,
        organisation_id=organisation_id,
        system_purpose=PURPOSE,
        **facts,
    )
