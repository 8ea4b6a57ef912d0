"""Fetches seals and the events they name: glued together where all is well, row by row where something is not."""

from dataclasses import dataclass

import psycopg
from django.db import connection

from foundation.ledger.canonical import CANONICAL

BLOCK = 5_000
SPREAD = 4  # read a range of event ids at most this many times as long as the block

SEALS = (
    "SELECT count(*), min(sequence), max(sequence), min(event_id), max(event_id),"
    " coalesce(string_agg(digest, ''), ''), coalesce(string_agg(hash, ''), '')"
    " FROM (SELECT * FROM ledger_seal WHERE sequence BETWEEN %s AND %s ORDER BY sequence OFFSET 0) s"
)
GLUED = "SELECT coalesce(string_agg(int4send(octet_length(row)), ''), ''), coalesce(string_agg(row, ''), '') FROM"
# Usually the events of a block are neighbours in the order of the seals: read them as one range.
RANGE = (
    f"{GLUED} (SELECT {CANONICAL} AS row FROM ledger_event e"  # noqa: S608 -- our own text
    " WHERE e.id BETWEEN %s AND %s ORDER BY e.id OFFSET 0) x"
)
# Otherwise look each of them up.
LOOK_UP = (
    f"{GLUED} (SELECT {CANONICAL} AS row FROM ledger_seal s"  # noqa: S608 -- our own text
    " JOIN ledger_event e ON e.id = s.event_id WHERE s.sequence BETWEEN %s AND %s ORDER BY s.sequence OFFSET 0) x"
)
ONE_BY_ONE = (
    "SELECT s.sequence, s.event_id, s.digest, s.hash,"  # noqa: S608 -- our own text
    f" CASE WHEN e.id IS NOT NULL THEN {CANONICAL} END"
    " FROM ledger_seal s LEFT JOIN ledger_event e ON e.id = s.event_id"
    " WHERE s.sequence BETWEEN %s AND %s ORDER BY s.sequence"
)


@dataclass(frozen=True)
class Block:
    """Seals ``first`` to ``last`` and what should be their events, each column glued together.

    ``gap_free`` says that every sequence is there. Whether the events are the right ones, only their digests tell.
    """

    first: int
    last: int
    gap_free: bool
    digests: bytes
    hashes: bytes
    lengths: bytes
    events: bytes


@dataclass(frozen=True)
class SealedRow:
    """One seal as stored, and the canonical bytes of its event as they are now; None when there is no such event."""

    sequence: int
    event_id: int
    digest: bytes
    hash: bytes
    canonical: bytes | None


def fetch(cursor: psycopg.Cursor, first: int, last: int) -> Block:
    """One block. Call it where the system role may read for verifying."""
    size, lowest, highest, first_event, last_event, digests, hashes = _one(cursor, SEALS, first, last)
    if size and last_event - first_event < SPREAD * BLOCK:
        lengths, events = _one(cursor, RANGE, first_event, last_event)
    else:
        lengths, events = _one(cursor, LOOK_UP, first, last)
    gap_free = (size, lowest, highest) == (last - first + 1, first, last)
    return Block(first, last, gap_free, digests, hashes, lengths, events)


def fetch_one_by_one(first: int, last: int) -> list[SealedRow]:
    """The same block with each row by itself, for finding out what is wrong with it."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_BY_ONE, [first, last])
        return [
            SealedRow(sequence, event_id, bytes(digest), bytes(stored), None if canonical is None else bytes(canonical))
            for sequence, event_id, digest, stored, canonical in cursor.fetchall()
        ]


def _one(cursor: psycopg.Cursor, query: str, first: int, last: int) -> tuple:
    row = cursor.execute(query.encode(), (first, last), binary=True).fetchone()
    assert row is not None
    return row
