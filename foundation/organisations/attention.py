"""What waits for an administrator among people and roles: how many of each kind, and the list of exactly those."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import ngettext

from foundation.accounts.models import FactorReset
from foundation.core.acting import Acting
from foundation.core.prepared import Prepared, stand_in
from foundation.organisations.models import Invitation, Membership, Organisation, RoleGrant, in_force

ENDS_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Concern:
    """So many people of one kind. ``filters`` is the query string of the list of people that shows them."""

    text: str
    filters: str


def invited(now: datetime) -> Q:
    """People who can still accept an invitation."""
    return Q(Exists(Invitation.objects.open(now).filter(membership=OuterRef("pk"))))


def invited_in_vain(now: datetime) -> Q:
    """People who have no sign-in, because their invitation ran out before they used it."""
    ran_out = Invitation.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__lte=now)
    return Q(Exists(ran_out.filter(membership=OuterRef("pk"))), user=None) & ~invited(now)


def with_role_ending(today: date) -> Q:
    """People who lose a role within thirty days if nobody gives it again."""
    warned_from = ExpressionWrapper(F("ends_on") - ENDS_SOON, DateField())
    ending = RoleGrant.objects.alias(warned_from=warned_from).filter(in_force(today), warned_from__lte=today)
    return Q(Exists(ending.filter(membership=OuterRef("pk"))))


def managed_by_leaver(today: date) -> Q:
    """People whose line manager has left: somebody else is to be named."""
    return Q(line_manager__ends_on__lt=today)


def with_factor_reset(user_id: int, now: datetime) -> Q:
    """People whose second factors another administrator asked to remove: this one may approve it."""
    waiting = FactorReset.objects.open(now).exclude(requested_by_id=user_id).exclude(user_id=user_id)
    return Q(Exists(waiting.filter(user_id=OuterRef("user_id"), organisation_id=OuterRef("organisation_id"))))


def concerns(acting: Acting) -> list[Concern]:
    """What waits today, the most pressing first; nothing for who does not look after people. One query."""
    if acting.user_id is None or not acting.may("people.manage"):
        return []
    today = timezone.localdate(acting.at)
    counted = _COUNTS.rows(acting.organisation_id, acting.user_id, acting.at, today)[0]
    resets, ran_out, left, ending, still_open = (count or 0 for count in counted)
    found = [
        (resets, "sign_in=reset", ngettext(
            "%(count)s request to remove second factors waits for a second administrator",
            "%(count)s requests to remove second factors wait for a second administrator",
            resets,
        )),
        (ran_out, "sign_in=ran_out", ngettext(
            "%(count)s invitation ran out before it was used",
            "%(count)s invitations ran out before they were used",
            ran_out,
        )),
        (left, "manager=left", ngettext(
            "%(count)s person has a line manager who left",
            "%(count)s people have a line manager who left",
            left,
        )),
        (ending, "role=ending", ngettext(
            "%(count)s person has a role that ends within 30 days",
            "%(count)s people have a role that ends within 30 days",
            ending,
        )),
        (still_open, "sign_in=invited", ngettext(
            "%(count)s invitation is open",
            "%(count)s invitations are open",
            still_open,
        )),
    ]  # fmt: skip
    return [Concern(text % {"count": count}, filters) for count, filters, text in found if count]


def _counts(organisation_id: int, user_id: int, now: datetime, today: date) -> QuerySet:
    """How many people of each kind are here today, all in one row."""
    people = Membership.objects.visible_to(stand_in(organisation_id=organisation_id)).current(today).order_by()
    kinds = (
        with_factor_reset(user_id, now),
        invited_in_vain(now),
        managed_by_leaver(today),
        with_role_ending(today),
        invited(now),
    )
    return (
        Organisation.objects.filter(pk=organisation_id)
        .order_by()
        .values_list(
            *(
                Subquery(people.filter(kind).values("organisation").annotate(n=Count("pk")).values("n"))
                for kind in kinds
            )
        )
    )


_COUNTS = Prepared(_counts, int, int, datetime, date)
