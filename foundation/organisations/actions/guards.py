"""What several actions must hold to: the last administrator, unique numbers, ended sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts.models import User
from foundation.core.exceptions import RuleBroken
from foundation.organisations.models import Organisation, RoleGrant
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


def lasting_administrators(on: date) -> "RoleGrant.objects":  # type: ignore[name-defined]
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


def end_sessions(*user_ids: int | None, now: datetime) -> None:
    """Sessions of these people that began before ``now`` end at their next request."""
    User.objects.filter(pk__in=[each for each in user_ids if each]).update(
        sessions_valid_from=Greatest("sessions_valid_from", now)
    )
