"""Authenticated encryption for fields and files: AES-256-GCM under a ring of keys, bound to where the value lives.

``settings.ENCRYPTION_KEYS`` is ``id:base64,id:base64``: the first key encrypts, all of them decrypt, so that keys are
replaced without downtime. It has nothing to do with SECRET_KEY.
"""

import base64
import hashlib
import hmac
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
    return {number: AESGCM(key) for number, key in _keys(text).items()}


@lru_cache(maxsize=4)
def _keys(text: str) -> dict[int, bytes]:
    ring: dict[int, bytes] = {}
    for part in text.split(","):
        number, _, encoded = part.strip().partition(":")
        try:
            key = base64.urlsafe_b64decode(encoded)
            ring[int(number)] = key
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


def is_under_current_key(stored: bytes) -> bool:
    """False when the ring has moved on: what is stored should be encrypted again before the old key is dropped."""
    return bytes(stored)[:1] == bytes([next(iter(_ring(settings.ENCRYPTION_KEYS)))])


def keyed_hash(plain: bytes, *, place: str) -> str:
    """64 hexadecimal digits that equal values of one place share, and that nobody without the ring can work out.

    It changes with the ring's first key: use it to find or name something, and store the name.
    """
    key = next(iter(_keys(settings.ENCRYPTION_KEYS).values()))
    own_key = hmac.digest(key, b"keyed hash:" + place.encode(), hashlib.sha256)
    return hmac.digest(own_key, plain, hashlib.sha256).hex()
