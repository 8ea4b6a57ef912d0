"""What several actions must hold to: the last administrator, unique numbers, ended sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts.actions import end_other_sessions
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.models import Membership, Organisation, RoleGrant
from foundation.organisations.roles import Role

TAKEN = {
    "membership_staff_number_once": gettext_lazy("Somebody else in your organisation has this staff number."),
    "membership_external_id_once": gettext_lazy("Somebody else in your organisation has this id."),
    "membership_user_once": gettext_lazy("This sign-in already belongs to somebody in the organisation."),
    "team_name_once": gettext_lazy("There is a team with this name already."),
    "role_grant_open_once": gettext_lazy("This person has this role already."),
    "partnership_member_once": gettext_lazy("This organisation joined on that day already."),
    "organisations_organisation_slug_key": gettext_lazy("Another organisation uses this name in addresses."),
}


@contextmanager
def refuse_duplicates() -> Iterator[None]:
    """Turn the database's refusal of a duplicate into a sentence. Anything else it refuses stays an error."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        sentence = TAKEN.get(getattr(diagnosis, "constraint_name", None) or "")
        if sentence is None:
            raise
        raise RuleBroken(str(sentence)) from error


def lock_organisation(organisation_id: int) -> Organisation:
    """One at a time from here on: whoever may take away an administrator or move a team passes through this lock."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


def lasting_administrators(on: date) -> QuerySet[RoleGrant]:
    """Grants that keep an organisation administered: in force, without an end, of people who stay and can sign in."""
    return RoleGrant.objects.filter(
        role=Role.ORGANISATION_ADMIN,
        starts_on__lte=on,
        ends_on__isnull=True,
        membership__starts_on__lte=on,
        membership__ends_on__isnull=True,
        membership__user__is_active=True,
    )


def check_an_administrator_remains(organisation_id: int, *, on: date) -> None:
    """Refuse a change after which nobody would administer the organisation. Call it after the change, in the lock."""
    if not lasting_administrators(on).filter(organisation_id=organisation_id).exists():
        raise RuleBroken(
            _(
                "Your organisation needs at least one administrator who can sign in and whose role has no last day."
                " Make somebody else an administrator first."
            )
        )


def end_sessions(
    membership: Membership, *, because: str, by: Acting, now: datetime, keep: SessionBase | None = None
) -> None:
    """End the person's sessions at their next request, but for the one to ``keep``: that of somebody changing their own
    rights. ``because`` is a code for the ledger."""
    if membership.user_id is not None:
        mine = keep if membership.user_id == by.user_id else None
        end_other_sessions(user_id=membership.user_id, now=now, because=because, keep=mine, by=by)
