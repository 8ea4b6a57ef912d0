"""Invitations: a letter with a secret that turns a membership into a sign-in, once, within 72 hours."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import jobs, ledger
from foundation.accounts.actions import create_user
from foundation.accounts.models import User
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations import letters, permissions
from foundation.organisations.actions.guards import refuse_duplicates
from foundation.organisations.models import Invitation, Membership

LASTS = timedelta(hours=72)
SIGN_IN = "sign-in"


class InvitationUnusable(RuleBroken):
    """Unknown, used, withdrawn or too old: whoever holds it is told no more than that."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This invitation cannot be used. It may have been used already, withdrawn, or be older than 72 hours."
                " Ask your administrator to send you a new one."
            )
        )


class AlreadyHasAccount(RuleBroken):
    """The invited address has a sign-in already: its owner signs in and then accepts."""

    def __init__(self) -> None:
        super().__init__(_("There is a sign-in for your e-mail address already. Sign in, then accept the invitation."))


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret_hash() -> str:
    """The hash of a secret that nobody was told: the invitation is unusable until it is sent."""
    return hash_of(secrets.token_urlsafe(32))


@transaction.atomic
def invite(*, membership_id: int, site: str, by: Acting, now: datetime) -> Invitation:
    """Invite somebody to sign in, at the e-mail address kept about them. Earlier invitations stop working.

    ``site`` is where the link leads: ``request.build_absolute_uri("/")``.
    """
    membership = Membership.objects.visible_to(by).select_for_update(no_key=True).get(pk=membership_id)
    permissions.check_can_manage_people(by, membership)
    if membership.user_id is not None:
        raise RuleBroken(_("This person can sign in already."))
    if not membership.email:
        raise RuleBroken(_("Enter an e-mail address for this person first."))
    if membership.ends_on is not None and membership.ends_on < timezone.localdate(now):
        raise RuleBroken(_("This person has left."))
    membership.invitations.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    invitation = Invitation.objects.create(
        organisation_id=by.organisation_id,
        membership=membership,
        secret_hash=new_secret_hash(),
        email=membership.email,
        site=site,
        sent_at=now,
        sent_by_id=by.membership_id,
        expires_at=now + LASTS,
    )
    ledger.record("invitation.sent", actor=by, target=membership, at=now, invitation=invitation.pk)
    jobs.queue("organisations.send_invitation", by=by, now=now, invitation_id=invitation.pk)
    return invitation


@transaction.atomic
def send(*, invitation_id: int, by: Acting, now: datetime) -> None:
    """Make the secret and mail it, once. The secret is stored nowhere: if this fails, the next try makes another."""
    invitation = Invitation.objects.visible_to(by).select_for_update(no_key=True).get(pk=invitation_id)
    permissions.check_can_manage_people(by, invitation)
    if invitation.mailed_at is not None or not invitation.is_open(now):
        return
    secret = _issue(invitation, now)
    ledger.record("invitation.mailed", actor=by, target=invitation.membership, at=now, invitation=invitation.pk)
    letters.send_invitation(
        invitation.email, organisation=by.organisation.name, address=invitation.site.rstrip("/") + path_of(secret)
    )


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, by: Acting, now: datetime) -> Invitation:
    """Make an open invitation unusable."""
    invitation = Invitation.objects.visible_to(by).select_for_update(no_key=True).get(pk=invitation_id)
    permissions.check_can_manage_people(by, invitation)
    if not invitation.is_open(now):
        raise RuleBroken(_("This invitation is no longer open."))
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    ledger.record("invitation.withdrawn", actor=by, target=invitation.membership, at=now, invitation=invitation.pk)
    return invitation


def hand_over(*, invitation_id: int, now: datetime) -> str:
    """The address of a first administrator's invitation, for whoever set up the organisation at the command line."""
    with ledger.acting_system("provision"):
        invitation = Invitation.objects.select_for_update(no_key=True).get(pk=invitation_id)
        if not invitation.is_open(now):
            raise InvitationUnusable
        return path_of(_issue(invitation, now))


def path_of(secret: str) -> str:
    return reverse("organisations:invitation", args=[secret])


def open_invitation(secret: str, now: datetime) -> Invitation:
    """The invitation this secret opens, with its organisation. Raises InvitationUnusable. Writes nothing of its own."""
    with ledger.acting_system(SIGN_IN):
        invitation = (
            Invitation.objects.select_related("membership", "organisation").filter(secret_hash=hash_of(secret)).first()
        )
        if invitation is None or not _is_usable(invitation, now):
            raise InvitationUnusable
        return invitation


def accept_with_new_account(
    *, secret: str, name: str, password: str | None, now: datetime, language: str = User.Language.ENGLISH
) -> User:
    """Accept an invitation and open an account for its e-mail address. Of two who try at once, one succeeds."""
    with ledger.acting_system(SIGN_IN):
        invitation = _hold(secret, now)
        if User.objects.filter(email=User.objects.normalise(invitation.email)).exists():
            raise AlreadyHasAccount
        user = create_user(email=invitation.email, name=name, password=password, language=language, now=now)
        _join(invitation, user, now, new_account=True)
        return user


def accept(*, secret: str, user: User, now: datetime) -> Membership:
    """Accept an invitation with the account that is signed in, whatever its e-mail address."""
    with ledger.acting_system(SIGN_IN):
        invitation = _hold(secret, now)
        if Membership.objects.filter(organisation_id=invitation.organisation_id, user=user).exists():
            raise RuleBroken(_("You belong to this organisation already, so you do not need the invitation."))
        _join(invitation, user, now, new_account=False)
        return invitation.membership


def _issue(invitation: Invitation, now: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    invitation.secret_hash, invitation.mailed_at = hash_of(secret), now
    invitation.save(update_fields=["secret_hash", "mailed_at"])
    return secret


def _hold(secret: str, now: datetime) -> Invitation:
    invitation = Invitation.objects.select_for_update(no_key=True).filter(secret_hash=hash_of(secret)).first()
    if invitation is None:
        raise InvitationUnusable
    invitation.membership = Membership.objects.select_for_update(no_key=True).get(pk=invitation.membership_id)
    if not _is_usable(invitation, now):
        raise InvitationUnusable
    return invitation


def _is_usable(invitation: Invitation, now: datetime) -> bool:
    person, today = invitation.membership, timezone.localdate(now)
    has_left = person.ends_on is not None and person.ends_on < today
    return (
        invitation.is_open(now)
        and person.user_id is None
        and not has_left
        and (invitation.organisation.active_to is None or today <= invitation.organisation.active_to)
    )


def _join(invitation: Invitation, user: User, now: datetime, *, new_account: bool) -> None:
    person = invitation.membership
    person.user = user
    person.count_up(by_id=person.pk, now=now)
    with refuse_duplicates():
        person.save(update_fields=["user", *Membership.SAVED])
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    ledger.record(
        "invitation.accepted",
        actor=None,
        target=person,
        at=now,
        organisation_id=invitation.organisation_id,
        user_id=user.pk,
        system_purpose=SIGN_IN,
        invitation=invitation.pk,
        new_account=new_account,
    )
