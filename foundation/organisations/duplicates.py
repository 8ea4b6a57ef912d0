"""Entries that may be of one person: found, looked for, and set side by side."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Count, F, Func, Q, Value, Window
from django.db.models.functions import Lower, Trim
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.templatetags.portal import day, moment
from foundation.organisations import joining
from foundation.organisations.listing import searched
from foundation.organisations.models import Membership, RoleGrant
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
    """Entries of people who are here or will be, that share a name and a team, or what stands before the @. One query,
    of at most a hundred entries."""
    spelled = Lower(Trim(Func(F("name"), Value(r"[\s.,'’-]+"), Value(" "), Value("g"), function="regexp_replace")))
    mailbox = Lower(Func(F("email"), Value("@"), Value(1), function="split_part", output_field=CharField()))
    rows = (
        entries(acting)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
        .annotate(spelled=spelled, mailbox=mailbox)
        .annotate(
            named=Window(Count("pk"), partition_by=[F("spelled"), F("team_id")]),
            mailed=Window(Count("pk"), partition_by=[F("mailbox")]),
        )
        .filter(Q(named__range=ALIKE) | Q(mailed__range=ALIKE) & ~Q(mailbox=""))
        .order_by("spelled", "pk")
    )
    alike: dict[tuple[Any, ...], list[Membership]] = defaultdict(list)
    for row in rows[:MOST]:
        if ALIKE[0] <= row.named <= ALIKE[1]:
            alike["name", row.spelled, row.team_id].append(row)
        if row.mailbox and ALIKE[0] <= row.mailed <= ALIKE[1]:
            alike["mailbox", row.mailbox].append(row)
    groups: dict[frozenset[int], Group] = {}
    for (kind, *_key), found in alike.items():
        if len(found) > 1:
            why = _("Same name and team") if kind == "name" else _("Same e-mail name before the @")
            groups.setdefault(frozenset(each.pk for each in found), Group(why, found[0], found[1:]))
    return list(groups.values())


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
        (_("Signs in with"), lambda each: each.user.email if each.user else ""),
        (_("Last signed in"), lambda each: _last_signed_in(each)),
        (_("Reference"), lambda each: each.reference),
    ]
    compared = [Compared(label, said(one) or "–", said(other) or "–") for label, said in lines]
    for figure in joining.figures(acting, both):
        if any(figure.numbers.values()):
            numbers = [str(figure.numbers.get(pk, 0)) for pk in both]
            compared.append(Compared(figure.label, *numbers))
    return compared


def _last_signed_in(entry: Membership) -> str:
    return moment(entry.user.last_login) if entry.user and entry.user.last_login else ""


def joined_with(acting: Acting, person: Membership) -> list[Membership]:
    """Entries that were joined into this one, the latest first."""
    return list(Membership.objects.visible_to(acting).filter(joined_into=person).order_by("-joined_at", "pk"))
