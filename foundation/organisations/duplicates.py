"""Entries that may be of one person: found, looked for, and set side by side."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import Case, CharField, Count, F, Func, Q, Value, When, Window
from django.db.models.functions import Collate, Lower
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.templatetags.portal import day
from foundation.organisations import joining
from foundation.organisations.listing import searched
from foundation.organisations.models import KeptApart, Membership, RoleGrant
from foundation.organisations.models.people import MembershipQuerySet

MOST = 100  # entries on the page of likely duplicates
ALIKE = (2, 5)  # as many entries look like one person; more of them share a mailbox or a very common name
FOUND = 10


@dataclass(frozen=True)
class Group:
    """Entries that look like one person, and by what."""

    why: str
    first: Membership
    others: list[Membership]


def likely(acting: Acting, today: date) -> list[Group]:
    """Entries of people who are here or will be, that share a name and a team, or what stands before the @.

    Those that share both come first, then those with one address. Pairs that somebody said are two people are left
    out. Three queries, of at most a hundred entries besides those.
    """
    apart = _pairs_apart(acting)
    wanted = MOST + len(set(chain.from_iterable(apart)))  # who is left out takes nobody's place
    one_space = Func(F("name"), Value(r"\s+"), Value(" "), Value("g"), function="regexp_replace")
    mailbox_of = Func(F("email"), Value("@"), Value(1), function="split_part", output_field=CharField())
    spelled, mailbox = Collate(Lower(one_space), "C"), Collate(Lower(mailbox_of), "C")  # "C": alike or not, fast
    is_named, is_mailed = Q(named__range=ALIKE), Q(mailed__range=ALIKE) & ~Q(mailbox="")
    rows = (
        _here(acting, today)
        .annotate(spelled=spelled, mailbox=mailbox)
        .annotate(
            named=Window(Count("pk"), partition_by=[F("spelled"), F("team_id")]),
            mailed=Window(Count("pk"), partition_by=[F("mailbox")]),
        )
        .filter(is_named | is_mailed)
        .annotate(
            sign=Case(When(is_named & is_mailed, then=0), When(is_mailed, then=1), default=2),
            key=Case(When(is_mailed, then="mailbox"), default="spelled", output_field=CharField()),
        )
        .order_by("sign", "key", "pk")
    )
    # Two sorts of everybody: of a few columns, and no more.
    found = list(rows.values_list("pk", "spelled", "team_id", "mailbox", "named", "mailed")[:wanted])
    people = entries(acting).in_bulk([pk for pk, *_signs in found])
    alike: dict[tuple[Any, ...], list[Membership]] = defaultdict(list)
    for pk, name, team, address, named, mailed in found:
        if ALIKE[0] <= named <= ALIKE[1]:
            alike["name", name, team].append(people[pk])
        if address and ALIKE[0] <= mailed <= ALIKE[1]:
            alike["mailbox", address].append(people[pk])
    groups: dict[frozenset[int], Group] = {}
    for (kind, *_key), group in alike.items():
        why = _("Same name and team") if kind == "name" else _("Same e-mail name before the @")
        for first, others in _not_apart(group, apart):
            groups.setdefault(frozenset(each.pk for each in (first, *others)), Group(why, first, others))
    return list(_first(groups.values()))


def _first(groups: Iterable[Group]) -> Iterator[Group]:
    """Whole groups, until they are of as many entries as a page shows."""
    shown = 0
    for group in groups:
        if shown >= MOST:
            return
        yield group
        shown += 1 + len(group.others)


def _pairs_apart(acting: Acting) -> set[tuple[int, int]]:
    said = KeptApart.objects.visible_to(acting).in_force()
    return set(said.order_by().values_list("lower_id", "higher_id"))


def _not_apart(group: list[Membership], apart: set[tuple[int, int]]) -> Iterator[tuple[Membership, list[Membership]]]:
    """The first of those alike beside all that may be the same person; then the same of those that are not."""
    while len(group) > 1:
        first, *rest = group
        others = [each for each in rest if (min(first.pk, each.pk), max(first.pk, each.pk)) not in apart]
        if others:
            yield first, others
        group = [each for each in rest if each not in others]


def apart(acting: Acting, one: Membership, other: Membership) -> KeptApart | None:
    """Who said of these that they are two people, and when."""
    return KeptApart.objects.visible_to(acting).in_force().of(one, other).select_related("said_by").first()


def kept_apart(acting: Acting) -> list[KeptApart]:
    """The pairs last said to be two people. Who has left or was joined with another is looked for no more."""
    said = KeptApart.objects.visible_to(acting).in_force().select_related("lower", "higher", "said_by")
    today = timezone.localdate(acting.at)
    here = _here(acting, today).order_by().values("pk")
    return list(said.filter(lower__in=here, higher__in=here)[:MOST])


def _here(acting: Acting, today: date) -> MembershipQuerySet:
    """Entries of people who are here or will be."""
    return entries(acting).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))


def entries(acting: Acting) -> MembershipQuerySet:
    """Everybody who is, was or will be in the organisation, but for entries that were joined with another."""
    return Membership.objects.visible_to(acting).filter(joined_into__isnull=True).select_related("team")


def find(acting: Acting, text: str, *, beside: Membership) -> list[Membership]:
    """Who fits what was typed: name, e-mail address, staff number or reference. At most ten, and one to say of more."""
    rows = entries(acting).exclude(pk=beside.pk)
    by_reference = rows.filter(reference=text.strip().upper())
    return list(by_reference or searched(rows, text).order_by("name", "pk")[: FOUND + 1])


@dataclass(frozen=True)
class Compared:
    """One line of the comparison."""

    label: str | Promise
    one: str
    other: str

    @property
    def differs(self) -> bool:
        return self.one != self.other


def compare(acting: Acting, one: Membership, other: Membership) -> list[Compared]:
    """All that tells whether two entries are one person, and what would go over. A fixed number of queries."""
    both = [one.pk, other.pk]
    today = timezone.localdate(acting.at)
    roles: dict[int, list[str]] = defaultdict(list)
    held = RoleGrant.objects.visible_to(acting).filter(membership__in=both).exclude(ends_on__lt=today)
    for grant in held:
        roles[grant.membership_id].append(grant.get_role_display())
    lines = [
        (_("Name"), lambda each: each.name),
        (_("E-mail address"), lambda each: each.email),
        (_("Staff number"), lambda each: each.staff_number),
        (_("Team"), lambda each: each.team.name if each.team else ""),
        (_("Job title"), lambda each: each.job_title),
        (_("Staff group"), lambda each: each.staff_group),
        (_("Employment"), lambda each: each.get_employment_display()),
        (_("Line manager"), lambda each: each.line_manager.name if each.line_manager else ""),
        (_("First day"), lambda each: day(each.starts_on)),
        (_("Last day"), lambda each: day(each.ends_on) if each.ends_on else ""),
        (_("Roles"), lambda each: ", ".join(roles[each.pk])),
        (_("Sign-in"), lambda each: _("Can sign in") if each.user else _("No sign-in")),
        (_("Last signed in"), lambda each: day(timezone.localdate(each.user.last_login)) if _has_come(each) else ""),
        (_("Reference"), lambda each: each.reference),
    ]
    compared = [Compared(label, said(one) or "–", said(other) or "–") for label, said in lines]
    for figure in joining.figures(acting, both):
        if any(figure.numbers.values()):
            numbers = [str(figure.numbers.get(pk, 0)) for pk in both]
            compared.append(Compared(figure.label, *numbers))
    return compared


def _has_come(entry: Membership) -> bool:
    """Whether the account of an entry has ever been used."""
    return entry.user is not None and entry.user.last_login is not None


def joined_with(acting: Acting, person: Membership) -> list[Membership]:
    """Entries that were joined into this one, the latest first."""
    return list(Membership.objects.visible_to(acting).filter(joined_into=person).order_by("-joined_at", "pk"))
