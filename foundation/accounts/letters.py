"""E-mails about a sign-in. Asking for one writes a row; a scheduled task sends it.

So a page answers as fast, and the same, for an address we know as for one we do not, and a mail server that is down
loses no letter. Letters name the portal and nobody.
"""

import logging
from datetime import datetime, timedelta
from enum import StrEnum

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from foundation import ledger
from foundation.accounts.models import Letter, User
from foundation.core import encryption

logger = logging.getLogger(__name__)
MOST_ATTEMPTS = 8


class Kind(StrEnum):
    """Each letter has a template of this name for its subject and its text."""

    PASSWORD_RESET = "password_reset"  # noqa: S105 -- a letter
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- a letter
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    CODES_RENEWED = "codes_renewed"
    FACTOR_RESET_REQUESTED = "factor_reset_requested"
    FACTOR_RESET_DONE = "factor_reset_done"


def queue(kind: Kind, *, site: str, now: datetime, user: User | None = None, address: str = "") -> None:
    """Have a letter sent, to a person or to an address that somebody typed. Part of the caller's transaction.

    ``site`` is where links lead: ``request.build_absolute_uri("/")``.
    """
    sealed = encryption.encrypt(address.encode(), place="accounts.letter:address") if address else b""
    Letter.objects.create(kind=kind, user=user, address=sealed, site=site, queued_at=now, next_try_at=now)


def send_waiting(now: datetime, *, most: int = 100) -> int:
    """Send what waits and is due; returns how many went. Two processes never send the same letter."""
    return sum(1 for _ in range(most) if _send_next(now))


def _send_next(now: datetime) -> bool:
    with transaction.atomic():
        letter = (
            Letter.objects.select_for_update(skip_locked=True)
            .filter(next_try_at__lte=now)
            .order_by("next_try_at", "pk")
            .first()
        )
        if letter is None:
            return False
        user = _addressee(letter)
        try:
            if user is not None:
                _message(letter, user).send()
        except OSError as problem:  # the mail server is away or refuses: SMTPException is one
            _try_later(letter, now, problem)
        else:
            letter.delete()
        return True


def _addressee(letter: Letter) -> User | None:
    """Who the letter is for, or None when the typed address is nobody's."""
    if letter.user_id is not None:
        return letter.user
    address = encryption.decrypt(bytes(letter.address), place="accounts.letter:address").decode()
    return User.objects.filter(email=User.objects.normalise(address), is_active=True).first()


def _message(letter: Letter, user: User) -> EmailMessage:
    context = {"portal_name": settings.PORTAL_NAME, "site": letter.site}
    kind = letter.kind
    if kind == Kind.PASSWORD_RESET:
        if user.has_usable_password():
            context["link"] = letter.site.rstrip("/") + _reset_path(user)
        else:
            kind = "password_none"
    with translation.override(user.language):
        subject = render_to_string(f"accounts/letters/{kind}.subject.txt", context).strip()
        body = render_to_string(f"accounts/letters/{kind}.txt", context)
    return EmailMessage(subject, body, to=[user.email])


def _reset_path(user: User) -> str:
    pieces = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=pieces)


def _try_later(letter: Letter, now: datetime, problem: Exception) -> None:
    letter.attempts += 1
    logger.warning("A letter (%s) could not be sent: %s", letter.kind, type(problem).__name__)
    if letter.attempts >= MOST_ATTEMPTS:
        ledger.record("letter.given_up", actor=None, at=now, target=letter.user, kind=letter.kind)
        letter.delete()
        return
    letter.next_try_at = now + timedelta(seconds=30 * 2**letter.attempts)
    letter.save(update_fields=["attempts", "next_try_at"])
