"""An administrator starts the reset of somebody's sign-in; what happens to the sign-in is the accounts room's."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import notifications
from foundation.accounts import actions as accounts
from foundation.accounts.models import FactorReset
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations import permissions, queries
from foundation.organisations.models import Membership


@transaction.atomic
def start_password_reset(*, membership_id: int, site: str, by: Acting, now: datetime) -> None:
    """Have a link for a new password sent to the person, and end their sessions."""
    accounts.start_password_reset(user_id=_user_of(membership_id, by), site=site, by=by, now=now)


@transaction.atomic
def request_factor_reset(*, membership_id: int, site: str, by: Acting, now: datetime) -> FactorReset:
    """Ask a second administrator to remove the person's second factors. The person and the administrators are told."""
    person = _person(membership_id, by)
    assert person.user_id is not None
    reset = accounts.request_factor_reset(user_id=person.user_id, site=site, by=by, now=now)
    others = [
        administrator.pk
        for administrator in queries.administrators(by)
        if administrator.user_id is not None and administrator.pk not in {by.membership_id, person.pk}
    ]
    notifications.notify_many(
        events=dict.fromkeys(others, str(reset.pk)),
        kind="organisations.factor_reset_asked",
        target=person,
        by=by,
        now=now,
    )
    return reset


@transaction.atomic
def approve_factor_reset(*, membership_id: int, reset_id: int, site: str, by: Acting, now: datetime) -> FactorReset:
    """Remove the person's second factors, as the second administrator."""
    user_id = _user_of(membership_id, by)
    reset = accounts.approve_factor_reset(reset_id=reset_id, site=site, by=by, now=now)
    if reset.user_id != user_id:
        raise RuleBroken(_("This request is about somebody else."))
    return reset


def _person(membership_id: int, by: Acting) -> Membership:
    membership = Membership.objects.visible_to(by).get(pk=membership_id)
    permissions.check_can_reset_sign_in(by, membership)
    return membership


def _user_of(membership_id: int, by: Acting) -> int:
    user_id = _person(membership_id, by).user_id
    assert user_id is not None
    return user_id
