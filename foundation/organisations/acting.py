"""Builds ``Acting``: which roles are in force for this person in this organisation at this moment."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from foundation.accounts.models import User
from foundation.core import request_id
from foundation.core.acting import Acting, person_context
from foundation.core.prepared import Prepared, Question, answers, columns, instances
from foundation.organisations.models import Membership, Organisation, RoleGrant
from foundation.organisations.roles import ROLES, Role, permissions_of

Rows = list[tuple[Any, ...]]


def for_membership(
    user: User | None,
    membership: Membership,
    *,
    at: datetime,
    strong_at: datetime | None = None,
    has_passkey: bool = True,
) -> Acting:
    """The acting value for a membership. Call it inside the person's row-level-security context.

    From then on that context acts for the membership's organisation. Roles that need a passkey are withheld, with what
    they allow, from somebody who signed in without one.
    """
    return for_membership_with(user, membership, at=at, strong_at=strong_at, has_passkey=has_passkey)[0]


def for_membership_with(
    user: User | None,
    membership: Membership,
    *beside: Question,
    at: datetime,
    strong_at: datetime | None = None,
    has_passkey: bool = True,
) -> tuple[Acting, list[Rows]]:
    """The same, and the answers to further questions of that organisation, asked in one message to the database."""
    organisation_id = membership.organisation_id
    context = {"portal.organisation_id": organisation_id}
    roles = _ROLES.question(organisation_id, membership.pk, timezone.localdate(at))
    rows, *others = answers(roles, *beside, setting=context)
    granted = frozenset(role for (role,) in rows) | {Role.STAFF.value}
    withheld = frozenset(role for role in granted if not has_passkey and ROLES[Role(role)].needs_passkey)
    acting = Acting(
        user=user,
        membership=membership,
        organisation=membership.organisation,
        roles=granted - withheld,
        withheld_roles=withheld,
        permissions=permissions_of(granted - withheld),
        at=at,
        strong_at=strong_at,
        request_id=request_id.current.get(),
    )
    return acting, others


def memberships_of(
    user: User, on: datetime, *, provider: str | None = None, setting: Mapping[str, str] | None = None
) -> list[Membership]:
    """Where this person may act today, by organisation name. Call it inside ``person_context(user_id=…)``.

    ``setting``: what that context has yet to set (see its ``first``). ``provider`` is the identity provider whose word
    the sign-in rests on. It speaks for its own organisation only.
    """
    today = timezone.localdate(on)
    return [
        membership
        for membership in _current_memberships(user, today, setting)
        if membership.organisation.is_active(today) and provider in (None, membership.organisation.slug)
    ]


def _current_memberships(user: User, on: date, setting: Mapping[str, str] | None) -> list[Membership]:
    rows = _MEMBERSHIPS.rows(user.pk, on, setting=setting)
    of_membership = len(columns(Membership))
    found = []
    for membership, organisation in zip(
        instances(Membership, rows), instances(Organisation, rows, begin=of_membership), strict=True
    ):
        membership.organisation, membership.user = organisation, user
        found.append(membership)
    return found


_MEMBERSHIPS = Prepared(
    lambda user_id, on: (
        Membership.objects.current(on)
        .filter(user_id=user_id)
        .order_by("organisation__name", "pk")
        .values_list(*columns(Membership), *columns(Organisation, "organisation__"))
    ),
    int,
    date,
)
_ROLES = Prepared(
    lambda organisation_id, membership_id, on: (
        RoleGrant.objects.in_force(on)
        .filter(organisation_id=organisation_id, membership_id=membership_id)
        .order_by()
        .values_list("role")
    ),
    int,
    int,
    date,
)


def for_job(*, user_id: int | None, membership_id: int, organisation_id: int, at: datetime) -> Acting | None:
    """Rebuild who asked for a job, with the rights they have now.

    None when they have left or may not sign in, or their organisation is not active that day.
    """
    today = timezone.localdate(at)
    with person_context(user_id=user_id, organisation_id=organisation_id):
        membership = Membership.objects.select_related("organisation", "user").filter(pk=membership_id).first()
        if membership is None or not membership.is_current(today) or not membership.organisation.is_active(today):
            return None
        user = membership.user
        if user_id is not None and (user is None or user.pk != user_id or not user.is_active):
            return None
        return for_membership(user, membership, at=at)
