"""Organisations come into being and people join them, as they would: created, invited, accepted, given roles."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils import timezone

from foundation import jobs
from foundation.core.acting import Acting, person_context
from foundation.jobs.models import Job
from foundation.organisations import actions
from foundation.organisations.acting import for_membership
from foundation.organisations.models import Invitation, Membership, Organisation, Team
from foundation.organisations.roles import Role
from foundation.organisations.sectors import Nation
from home.severnshire.moments import Moments
from home.severnshire.reading import OrganisationEntry, PersonEntry

FIRST_DAY = date(2015, 7, 1)  # the day on which the duty began for most authorities
LETTER_LASTS = timedelta(hours=72)
SITE = "http://localhost:8000/"


class Cast:
    """Who has come into being so far, and a way to act as any of them at any time. People are "organisation/key".

    ``site`` is where the links in their letters lead.
    """

    def __init__(self, moments: Moments, site: str = SITE) -> None:
        self.moments = moments
        self.site = site
        self.organisations: dict[str, Organisation] = {}
        self.members: dict[str, Membership] = {}

    @contextmanager
    def acting(self, who: str, at: datetime) -> Iterator[Acting]:
        """Do something as this person, with the rights they had then, having just proved who they are."""
        membership = self.members[who]
        with person_context(user_id=membership.user_id, organisation_id=membership.organisation_id):
            yield for_membership(membership.user, membership, at=at, strong_at=at)


@dataclass(frozen=True)
class Deed:
    """Something that somebody does at a time."""

    at: datetime
    who: str
    do: Callable[[Acting, datetime], object]


def perform(cast: Cast, deeds: Iterable[Deed]) -> int:
    """Do everything in the order in which it happened. Returns how many deeds there were.

    Nobody's roles change while they are at it, so each person's rights are read once.
    """
    ordered = sorted(deeds, key=lambda deed: deed.at)
    rights: dict[str, Acting] = {}
    for who, in_a_row in groupby(ordered, key=lambda deed: deed.who):
        member = cast.members[who]
        with person_context(user_id=member.user_id, organisation_id=member.organisation_id):
            for deed in in_a_row:
                if who not in rights:
                    rights[who] = for_membership(member.user, member, at=deed.at)
                deed.do(replace(rights[who], at=deed.at, strong_at=deed.at), deed.at)
    return len(ordered)


def found(cast: Cast, entry: OrganisationEntry) -> None:
    """Create an organisation and let its people join it."""
    begins = cast.moments.at_work(entry.since, entry.key)
    _create(cast, entry, begins)
    admin = f"{entry.key}/{entry.people[0].key}"
    if len(entry.people) == 1:
        return
    with cast.acting(admin, begins + timedelta(hours=3)) as by:
        organisation = by.organisation
        actions.change_settings(
            version=organisation.version,
            name=organisation.name,
            sectors=organisation.sectors,
            nation=organisation.nation,
            is_specified_authority=organisation.is_specified_authority,
            open_unscanned_files=True,  # no scanner is connected to a demonstration
            by=by,
            now=by.at,
        )
        teams = {name: actions.add_team(name=name, part_of_id=None, by=by, now=by.at) for name in entry.teams}
    numbered = enumerate(entry.people[1:], start=2)
    for number, person in sorted(numbered, key=lambda each: entry.steps_above(each[1])):
        _join(cast, entry, person, admin, teams, number)
    for person in entry.people[1:]:
        if person.left is not None:
            _leave(cast, entry, person, admin)


def join_partnership(cast: Cast, partnership: OrganisationEntry, members: Iterable[OrganisationEntry]) -> None:
    """Make the organisations members of the partnership from its beginning."""
    begins = cast.moments.at_work(partnership.since, partnership.key)
    for member in members:
        actions.add_partnership_member(
            partnership_id=cast.organisations[partnership.key].pk,
            member_id=cast.organisations[member.key].pk,
            starts_on=timezone.localdate(begins),
            now=begins + timedelta(hours=1),
        )


def address_of(name: str, domain: str) -> str:
    """The made-up e-mail address of a made-up name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '.')}@{domain}.severnshire.example"


def _create(cast: Cast, entry: OrganisationEntry, begins: datetime) -> None:
    first = entry.people[0]
    is_partnership = entry.kind == Organisation.Kind.PARTNERSHIP
    active_from = timezone.localdate(begins) if is_partnership or len(entry.people) == 1 else FIRST_DAY
    invitation = actions.create_organisation(
        name=entry.name,
        slug=entry.slug,
        sectors=entry.sectors,
        nation=Nation.ENGLAND,
        is_specified_authority=not is_partnership,
        active_from=active_from,
        administrator=actions.Administrator(
            name=first.name, email=address_of(first.name, entry.domain), job_title=first.title
        ),
        kind=entry.kind,
        now=begins,
    )
    cast.organisations[entry.key] = invitation.organisation
    actions.accept_with_new_account(
        secret=_secret_of(invitation, begins), name=first.name, password=None, now=begins + timedelta(hours=2)
    )
    _remember(cast, entry, first, invitation.membership_id)


def _join(
    cast: Cast, entry: OrganisationEntry, person: PersonEntry, admin: str, teams: dict[str, Team], number: int
) -> None:
    at = cast.moments.at_work(person.since, f"{entry.key}/{person.key}")
    known = cast.members[person.same_as] if person.same_as else None
    name = known.name if known else person.name
    with cast.acting(admin, at) as by:
        added = actions.add_person(
            person=actions.Person(
                name=name,
                starts_on=timezone.localdate(at),
                email=known.email if known else address_of(name, entry.domain),
                staff_number=f"{entry.key[:3].upper()}{number:04}",
                team_id=teams[person.team].pk if person.team else None,
                job_title=person.title,
                staff_group=person.staff_group,
                employment=person.employment,
                line_manager_id=cast.members[f"{entry.key}/{person.line_manager}"].pk if person.line_manager else None,
            ),
            by=by,
            now=at,
        )
        for role in person.roles:
            actions.grant_role(
                membership_id=added.pk,
                role=Role(role),
                starts_on=timezone.localdate(at),
                ends_on=cast.moments.today + timedelta(days=person.ends) if person.ends else None,
                reason="",
                by=by,
                now=at,
            )
    if person.sign_in != "none":
        _invite(cast, person, added, admin, at + timedelta(minutes=20), known)
    _remember(cast, entry, person, added.pk)


def _invite(
    cast: Cast, person: PersonEntry, added: Membership, admin: str, at: datetime, known: Membership | None
) -> None:
    if person.sign_in == "open":  # asked for some hours ago, however long the person has been here
        at = cast.moments.now - timedelta(hours=6)
    elif person.sign_in == "expired":
        at = min(at, cast.moments.now - 2 * LETTER_LASTS)
    with cast.acting(admin, at) as by:
        invitation = actions.invite(membership_id=added.pk, site=cast.site, by=by, now=at)
        # Whoever accepts is told the secret here; its letter is then not sent a second time. The others get a letter.
        secret = _secret_of(invitation, at) if person.sign_in == "accepted" else ""
        for job in Job.objects.visible_to(by).unfinished():
            jobs.run_here(job, at=at)
    if not secret:
        return
    if known is not None and known.user is not None:
        actions.accept(secret=secret, user=known.user, now=at + timedelta(hours=1))
    else:
        actions.accept_with_new_account(secret=secret, name=person.name, password=None, now=at + timedelta(hours=1))


def _leave(cast: Cast, entry: OrganisationEntry, person: PersonEntry, admin: str) -> None:
    assert person.left is not None
    at = cast.moments.at_work(person.left, f"{entry.key}/{person.key}/left")
    who = f"{entry.key}/{person.key}"
    with cast.acting(admin, at) as by:
        actions.end_person(membership_id=cast.members[who].pk, last_day=timezone.localdate(at), by=by, now=at)


def _secret_of(invitation: Invitation, at: datetime) -> str:
    return actions.hand_over(invitation_id=invitation.pk, now=at).rstrip("/").rpartition("/")[2]


def _remember(cast: Cast, entry: OrganisationEntry, person: PersonEntry, membership_id: int) -> None:
    with person_context(user_id=None, organisation_id=cast.organisations[entry.key].pk):
        cast.members[f"{entry.key}/{person.key}"] = Membership.objects.select_related("organisation", "user").get(
            pk=membership_id
        )
