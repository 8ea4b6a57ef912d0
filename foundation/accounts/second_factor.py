"""Second factors: their secrets are encrypted for their owner, and each code works once."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum

import segno
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.accounts.authentication import REAL_FACTORS
from foundation.accounts.models import User
from foundation.core import encryption

_owner: ContextVar[int | None] = ContextVar("owner_of_secrets", default=None)

CLAIM_STEP = """
    INSERT INTO accounts_lastcode AS last (user_id, step) VALUES (%s, %s)
    ON CONFLICT (user_id) DO UPDATE SET step = EXCLUDED.step WHERE last.step < EXCLUDED.step
    RETURNING 1
"""


class Code(Enum):
    """What a typed code was."""

    RIGHT = "right"
    USED = "used"
    WRONG = "wrong"


@contextmanager
def secrets_of(user_id: int) -> Iterator[None]:
    """Read and write this person's secrets; outside, those of the person who is signed in."""
    token = _owner.set(user_id)
    try:
        yield
    finally:
        _owner.reset(token)


def seal(text: str) -> str:
    """Encrypt a secret for the person named by ``secrets_of``, or for the person who is signed in."""
    return base64.b64encode(encryption.encrypt(text.encode(), place=_place())).decode()


def unseal(stored: str) -> str:
    """Give back what ``seal`` was given for the same person. Raises CannotDecrypt for anybody else's."""
    return encryption.decrypt(base64.b64decode(stored), place=_place()).decode()


def _place() -> str:
    owner = _owner.get()
    if owner is None:
        owner = context.request.user.pk
    assert owner is not None, "Whose secret is it?"
    return f"mfa.authenticator:data:{owner}"


class SecondFactorAdapter(DefaultMFAAdapter):
    """django-allauth's second factors, with our encryption, words and names."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("The code is not right. Check it and enter it again."),
        "cannot_delete_authenticator": _("This is your only second factor. Add another one before you remove it."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return settings.PORTAL_NAME

    def _get_site_name(self) -> str:
        return settings.PORTAL_NAME

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return others_remain(authenticator)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}


def others_remain(authenticator: Authenticator) -> bool:
    """The person keeps another second factor when this one goes."""
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=REAL_FACTORS).exclude(
        pk=authenticator.pk
    )
    return others.exists()


def app_address(user: User, secret: str) -> str:
    """What the QR code for an authenticator app says."""
    return SecondFactorAdapter().build_totp_url(user, secret)


def qr_code(text: str) -> bytes:
    """A QR code as an SVG document without any style or script."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff", svgclass=None, lineclass=None)
    return drawn.getvalue()


def matching_step(secret: str, code: str) -> int | None:
    """The time step whose code this is, now or half a minute either side."""
    for step in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return int(step)
    return None


def claim_step(user_id: int, step: int) -> bool:
    """True for the one caller that uses this time step; no code of it or of an earlier one works afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_STEP, [user_id, step])
        return cursor.fetchone() is not None


@transaction.atomic
def check_code(user: User, code: str) -> tuple[Code, Authenticator | None]:
    """Use up a code from the person's app, or a recovery code. Right once only, however many ask at once."""
    with secrets_of(user.pk):
        for factor in (
            Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN).order_by("-type")
        ):
            factor.user = user
            if factor.type == Authenticator.Type.RECOVERY_CODES:
                if factor.wrap().validate_code(code):
                    return Code.RIGHT, factor
                continue
            step = matching_step(unseal(factor.data["secret"]), code)
            if step is not None:
                return (Code.RIGHT, factor) if claim_step(user.pk, step) else (Code.USED, factor)
    return Code.WRONG, None


def of_request(request: HttpRequest) -> list[Authenticator]:
    """The signed-in person's second factors, oldest first."""
    return list(
        Authenticator.objects.filter(user_id=request.user.pk, type__in=REAL_FACTORS).order_by("created_at", "pk")
    )
