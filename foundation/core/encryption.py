"""Authenticated encryption for fields and files: AES-256-GCM under a ring of keys, bound to where the value lives.

``settings.ENCRYPTION_KEYS`` is ``id:base64,id:base64``: the first key encrypts, all of them decrypt, so that keys are
replaced without downtime. It has nothing to do with SECRET_KEY.
"""

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_LENGTH = 12


class CannotDecrypt(Exception):
    """The bytes were not written here, for this place, under a key we still hold."""


@lru_cache(maxsize=4)
def _ring(text: str) -> dict[int, AESGCM]:
    ring: dict[int, AESGCM] = {}
    for part in text.split(","):
        number, _, encoded = part.strip().partition(":")
        try:
            key = base64.urlsafe_b64decode(encoded)
            ring[int(number)] = AESGCM(key)
        except ValueError as error:
            raise ImproperlyConfigured("PORTAL_ENCRYPTION_KEYS: write each key as number:base64.") from error
        if len(key) != 32 or not 0 < int(number) < 256:
            raise ImproperlyConfigured("PORTAL_ENCRYPTION_KEYS: each key has 32 bytes and a number from 1 to 255.")
    if not ring:
        raise ImproperlyConfigured("PORTAL_ENCRYPTION_KEYS holds no key.")
    return ring


def encrypt(plain: bytes, *, place: str) -> bytes:
    """Encrypt for one place, written like ``accounts.authenticator:secret:42``. Every call gives different bytes."""
    ring = _ring(settings.ENCRYPTION_KEYS)
    number, key = next(iter(ring.items()))
    nonce = os.urandom(NONCE_LENGTH)
    return bytes([number]) + nonce + key.encrypt(nonce, plain, place.encode())


def decrypt(stored: bytes, *, place: str) -> bytes:
    """Give back what ``encrypt`` was given for the same place. Raises CannotDecrypt for anything else."""
    stored = bytes(stored)
    key = _ring(settings.ENCRYPTION_KEYS).get(stored[0]) if stored else None
    if key is None:
        raise CannotDecrypt(f"No key for {place.partition(':')[0]}.")
    try:
        return key.decrypt(stored[1 : 1 + NONCE_LENGTH], stored[1 + NONCE_LENGTH :], place.encode())
    except InvalidTag as error:
        raise CannotDecrypt(f"The value does not belong to {place.partition(':')[0]}.") from error
