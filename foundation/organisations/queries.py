"""Reads that other rooms and this room's pages share."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import FactorReset
from foundation.core.acting import Acting
from foundation.core.prepared import Prepared, PreparedObjects, Question, answers, stand_in
from foundation.organisations.models import (
    IdentityProvider,
    Invitation,
    Membership,
    Organisation,
    PartnershipMember,
    PeopleExport,
    PeopleImport,
    PeopleImportRow,
    RoleGrant,
    Succession,
    Team,
    in_force,
)
from foundation.organisations.models.people import MembershipQuerySet
from foundation.organisations.roles import ROLES, Role

MOST_CHOICES = 500


# ---- People
def current_people(acting: Acting, on: date) -> MembershipQuerySet:
    """Everybody who belongs to the organisation acted for on a day, by name."""
    return Membership.objects.visible_to(acting).current(on).for_list()


def people_choices(
    acting: Acting, *, on: date, permission: str = "", including: int | None = None
) -> list[tuple[int, str]]:
    """Choices for a field that names a person, at most 500: current people, or those whose roles carry ``permission``.

    ``including`` is somebody already named there, who stays selectable after they left. An organisation with more
    people than fit asks for a permission, or uses ``people_fields``.
    """
    people = current_people(acting, on)
    if permission:
        people = people.filter(_may(permission, on))
    chosen = [*people.values_list("pk", "name", "job_title")[:MOST_CHOICES]]
    if including is not None and including not in {pk for pk, *_rest in chosen}:
        chosen += Membership.objects.visible_to(acting).filter(pk=including).values_list("pk", "name", "job_title")
    return [(pk, named(name, job_title)) for pk, name, job_title in chosen]


def named(name: str, job_title: str) -> str:
    """Somebody as forms name them: with what they are, if that is known."""
    return f"{name}, {job_title}" if job_title else name


def find_people(acting: Acting, text: str, *, on: date, most: int = 20) -> list[Membership]:
    """Current people whose name, e-mail address or staff number contains every word of ``text``."""
    people = current_people(acting, on)
    for word in text.split()[:5]:
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(staff_number__icontains=word))
    return list(people[:most])


def people_for_list(acting: Acting, now: datetime) -> MembershipQuerySet:
    """Everybody who is, was or will be in the organisation, with what the list of people shows of them."""
    today = timezone.localdate(now)
    invitation = Invitation.objects.open(now).filter(membership=OuterRef("pk"))
    return (
        Membership.objects.visible_to(acting)
        .select_related("team", "line_manager")
        .prefetch_related(Prefetch("role_grants", RoleGrant.objects.in_force(today), to_attr="roles_now"))
        .annotate(is_invited=Exists(invitation))
    )


def get_import_or_404(acting: Acting, reference: str) -> PeopleImport:
    found = PeopleImport.objects.visible_to(acting).select_related("stored_file", "uploaded_by", "job")
    return get_object_or_404(found, reference=reference)


def latest_imports(acting: Acting) -> list[PeopleImport]:
    """The last ten files of people, newest first."""
    return list(PeopleImport.objects.visible_to(acting).select_related("uploaded_by")[:10])


def refused_rows(acting: Acting, people_import: PeopleImport) -> QuerySet[PeopleImportRow]:
    """Rows of a checked file that cannot be applied, in the order of the file."""
    return PeopleImportRow.objects.visible_to(acting).filter(people_import=people_import).refused()


def get_export_or_404(acting: Acting, reference: str) -> PeopleExport:
    """One's own export: those of others are nobody else's to see."""
    mine = PeopleExport.objects.visible_to(acting).filter(asked_by_id=acting.membership_id)
    return get_object_or_404(mine.select_related("job"), reference=reference)


def get_person_or_404(acting: Acting, reference: str) -> Membership:
    """Somebody of the organisation acted for."""
    people = Membership.objects.visible_to(acting).select_related("team", "user", "line_manager", "joined_into")
    person = people.filter(reference=reference).first()
    if person is None:
        raise Http404
    return person


@dataclass(frozen=True)
class GrantLine:
    """One role of a person: ``state`` is current, future or ended."""

    grant: RoleGrant
    state: str


def role_history(acting: Acting, person: Membership, today: date) -> list[GrantLine]:
    """Every role the person has, had or will have, newest first."""
    grants = (
        RoleGrant.objects.visible_to(acting)
        .filter(membership=person)
        .select_related("granted_by", "ended_by")
        .order_by("-starts_on", "-pk")
    )

    def state(grant: RoleGrant) -> str:
        if grant.ends_on is not None and grant.ends_on < today:
            return "ended"
        return "future" if grant.starts_on > today else "current"

    return [GrantLine(grant, state(grant)) for grant in grants]


def open_invitation_of(acting: Acting, person: Membership, now: datetime) -> Invitation | None:
    """The invitation the person can still accept."""
    return Invitation.objects.visible_to(acting).open(now).filter(membership=person).order_by("-sent_at").first()


def open_factor_resets(acting: Acting, person: Membership, now: datetime) -> list[FactorReset]:
    """Requests to remove the person's second factors that nobody has decided."""
    if person.user_id is None or not acting.may("people.manage"):
        return []
    waiting = FactorReset.objects.visible_to(acting).open(now).filter(user_id=person.user_id)
    return list(waiting.select_related("requested_by"))


def role_holders(acting: Acting, on: date) -> list[tuple[int, str]]:
    """People who may own work: those with a role beyond that of every member of staff, by name, for a select."""
    return [(pk, name) for pk, name in answers(asking_role_holders(acting, on))[0]]


def asking_role_holders(acting: Acting, on: date) -> Question:
    """The question behind ``role_holders``, for a page that asks others with it: rows of number and name."""
    return _ROLE_HOLDERS.question(acting.organisation_id, on)


def _role_holders(organisation_id: int, on: date) -> QuerySet:
    acting = stand_in(organisation_id=organisation_id)
    holders = RoleGrant.objects.visible_to(acting).in_force(on).exclude(role=Role.STAFF).values("membership_id")
    return current_people(acting, on).filter(pk__in=holders).order_by("name", "pk").values_list("pk", "name")


_ROLE_HOLDERS = Prepared(_role_holders, int, date)


def has_role(role: str, on: date) -> Exists:
    """A filter on people: they have this role on a day."""
    return Exists(RoleGrant.objects.in_force(on).filter(membership=OuterRef("pk"), role=role))


def _may(permission: str, on: date) -> Exists:
    roles = [role for role, entry in ROLES.items() if permission in entry.permissions]
    return Exists(RoleGrant.objects.in_force(on).filter(membership=OuterRef("pk"), role__in=roles))


# ---- Teams
@dataclass(frozen=True)
class TeamLine:
    """A team in the tree of teams. ``depth`` 0 stands alone; ``people`` are those in it today, without its parts."""

    team: Team
    depth: int
    people: int = 0


def team_tree(acting: Acting, *, count_on: date | None = None) -> list[TeamLine]:
    """All teams, parts below the team they belong to; with how many people are in each on a day. Two queries."""
    teams = _TEAMS.all(acting.organisation_id)
    people: dict[int, int] = {}
    if count_on is not None:
        here = Membership.objects.visible_to(acting).current(count_on).filter(team__isnull=False)
        people = dict(here.order_by().values_list("team_id").annotate(Count("pk")))
    parts: dict[int | None, list[Team]] = {}
    for team in teams:
        parts.setdefault(team.part_of_id, []).append(team)
    lines: list[TeamLine] = []

    def walk(above: int | None, depth: int) -> None:
        for team in parts.get(above, []):
            lines.append(TeamLine(team, depth, people.get(team.pk, 0)))
            walk(team.pk, depth + 1)

    walk(None, 0)
    return lines


_TEAMS = PreparedObjects(
    lambda organisation_id: Team.objects.visible_to(stand_in(organisation_id=organisation_id)).order_by("name", "pk"),
    int,
)


def team_choices(acting: Acting) -> list[tuple[int, str]]:
    """Teams as choices, each with the teams it is part of: "Adult services: Day centres"."""
    choices: list[tuple[int, str]] = []
    names: list[str] = []
    for line in team_tree(acting):
        names[line.depth :] = [line.team.name]
        choices.append((line.team.pk, ": ".join(names)))
    return choices


def with_parts(acting: Acting, team_id: int) -> list[int]:
    """A team and all its parts."""
    found: list[int] = []
    within = -1
    for line in team_tree(acting):
        if line.team.pk == team_id:
            found, within = [team_id], line.depth
        elif within >= 0 and line.depth > within:
            found.append(line.team.pk)
        elif within >= 0:
            break
    return found


# ---- The organisation
def predecessors(acting: Acting) -> list[Organisation]:
    """What the organisation acted for took over from."""
    successions = Succession.objects.filter(organisation_id=acting.organisation_id).select_related("predecessor")
    return [each.predecessor for each in successions]


def partnerships(acting: Acting) -> list[Organisation]:
    """The partnerships the organisation belongs to today, or, for a partnership, its members."""
    return list(Organisation.objects.visible_to(acting).exclude(pk=acting.organisation_id).order_by("name"))


def belongs_to(acting: Acting, on: date) -> list[Organisation]:
    """The partnerships that the organisation acted for is a member of on a day, by name."""
    return _BELONGS_TO.all(acting.organisation_id, on)


def _belongs_to(member_id: int, on: date) -> QuerySet[Organisation]:
    places = PartnershipMember.objects.filter(in_force(on), member_id=member_id)
    return Organisation.objects.active(on).filter(pk__in=places.values("organisation_id")).order_by("name", "pk")


_BELONGS_TO = PreparedObjects(_belongs_to, int, date)


def is_partnership(acting: Acting) -> bool:
    """Whether the organisation acted for is a partnership, which has members."""
    return acting.organisation.kind == Organisation.Kind.PARTNERSHIP


def members(acting: Acting, on: date) -> list[Organisation]:
    """The members that a partnership has on a day, by name. None for what is no partnership."""
    return members_of(answers(asking_members(acting, on))[0])


def asking_members(acting: Acting, on: date) -> Question:
    """The question behind ``members``, for a page that asks others with it; ``members_of`` reads the answer."""
    return _MEMBERS.question(acting.organisation_id, on)


def members_of(rows: list[tuple[Any, ...]]) -> list[Organisation]:
    """The members, from the answer to ``asking_members``."""
    return _MEMBERS.made_of(rows)


def _members(partnership_id: int, on: date) -> QuerySet[Organisation]:
    places = PartnershipMember.objects.filter(in_force(on), organisation_id=partnership_id)
    return Organisation.objects.filter(pk__in=places.values("member_id")).order_by("name", "pk")


_MEMBERS = PreparedObjects(_members, int, date)


def administrators(acting: Acting) -> list[Membership]:
    """Whom to ask for a role or an invitation: current administrators by name."""
    today = timezone.localdate(acting.at)
    return list(current_people(acting, today).filter(has_role(Role.ORGANISATION_ADMIN, today))[:20])


@dataclass(frozen=True)
class SetupStep:
    """One step of the first hour: what to do, whether it is done and where to do it (a URL name)."""

    key: str
    title: str | Promise
    why: str | Promise
    url_name: str
    is_done: bool


def setup_progress(acting: Acting) -> list[SetupStep]:
    """What an administrator of a new organisation does first, in order. One query."""
    (several_people, lead, two_administrators, several_sign_in, provider), *_rest = _SETUP.rows(
        acting.organisation_id, timezone.localdate(acting.at)
    )
    return [
        SetupStep(
            "settings",
            _("Check your organisation's settings"),
            _("Sectors and nation decide which parts of the duty you are asked about."),
            "organisations:settings",
            acting.organisation.version > 1,
        ),
        SetupStep(
            "people",
            _("Add your people"),
            _("Import a file from your personnel system, or add a few people by hand."),
            "organisations:people",
            several_people,
        ),
        SetupStep(
            "lead",
            _("Name a Prevent or safeguarding lead"),
            _("The lead answers the duty, keeps the evidence and reports."),
            "organisations:people",
            lead,
        ),
        SetupStep(
            "second_administrator",
            _("Name a second administrator"),
            _("Some things take two: giving you a role, or resetting somebody's second factor."),
            "organisations:people",
            two_administrators,
        ),
        SetupStep(
            "sign_in",
            _("Decide how people sign in"),
            _("Invite them one by one, or connect your organisation's identity provider."),
            "organisations:identity_provider",
            provider or several_sign_in,
        ),
    ]


def _setup(organisation_id: int, on: date) -> QuerySet:
    """How far an organisation has come: all the questions of ``setup_progress`` as one row."""
    acting = stand_in(organisation_id=organisation_id)
    people = Membership.objects.visible_to(acting).current(on).order_by()
    grants = RoleGrant.objects.visible_to(acting).in_force(on).order_by()
    administrators = grants.filter(role=Role.ORGANISATION_ADMIN, membership__user__isnull=False)
    providers = IdentityProvider.objects.visible_to(acting).filter(enabled_at__isnull=False)
    return (
        Organisation.objects.filter(pk=organisation_id)
        .order_by()
        .values_list(
            Exists(people[1:2]),
            Exists(grants.filter(role=Role.PREVENT_LEAD)),
            Exists(administrators[1:2]),
            Exists(people.filter(user__isnull=False)[1:2]),
            Exists(providers),
        )
    )


_SETUP = Prepared(_setup, int, date)
