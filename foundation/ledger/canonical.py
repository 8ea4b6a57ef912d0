"""The bytes that are hashed, and the hashes.

The canonical form of an event is its row in PostgreSQL's binary form of a composite value: the number of columns, then
for each column of ``COLUMNS``, in that order, its type, its length (-1 where it is empty) and its stored bytes.
Nothing in it depends on a session's settings, and lengths keep neighbouring columns apart. The ``id`` is part of it,
so two events cannot change places; ``transaction_id`` and ``recorded_at`` are, so an event cannot be moved in time.

    digest = SHA-256(canonical form of the event)
    hash   = SHA-256(hash of the seal before | digest), beginning with 32 zero bytes

The digest stands in the seal by itself, so that the chain can still be followed once old events are lawfully removed.
Changing anything here breaks every chain in use.
"""

import struct
from hashlib import sha256

# Each with the type it is hashed as: a later change of a column's declared length must not change old bytes.
COLUMNS = {
    "id": "bigint",
    "organisation_id": "bigint",
    "actor_user_id": "bigint",
    "actor_membership_id": "bigint",
    "system_purpose": "text",
    "verb": "text",
    "target_type": "text",
    "target_id": "bigint",
    "target_reference": "text",
    "facts": "text",
    "at": "timestamptz",
    "recorded_at": "timestamptz",
    "request_id": "text",
    "transaction_id": "xid8",
}
CANONICAL = f"record_send(ROW({', '.join(f'e.{column}::{kind}' for column, kind in COLUMNS.items())}))"
GENESIS = bytes(32)

_ID_AT = 12  # after the number of columns, the type of the first and its length
_ID = struct.Struct(">q")


def digest_of(canonical: bytes) -> bytes:
    return sha256(canonical).digest()


def link(previous: bytes, digest: bytes) -> bytes:
    """The hash of the seal that follows the one with hash ``previous``."""
    return sha256(previous + digest).digest()


def with_event_id(canonical: bytes, event_id: int) -> bytes:
    """The same event under another id."""
    return canonical[:_ID_AT] + _ID.pack(event_id) + canonical[_ID_AT + _ID.size :]
