"""Fetches seals and the events they name, in blocks that are cheap to send and to take apart."""

import struct
from dataclasses import dataclass

import psycopg

from foundation.ledger.canonical import CANONICAL

BLOCK = 5_000
SPREAD = 4  # read a range of event ids at most this many times as long as the block

SEALS = (
    "SELECT count(*), coalesce(string_agg(int8send(sequence), ''), ''),"
    " coalesce(string_agg(int8send(event_id), ''), ''),"
    " coalesce(string_agg(digest, ''), ''), coalesce(string_agg(hash, ''), '')"
    " FROM (SELECT * FROM ledger_seal WHERE sequence BETWEEN %s AND %s ORDER BY sequence OFFSET 0) s"
)
GLUED = (
    "SELECT coalesce(string_agg(int8send(id), ''), ''), coalesce(string_agg(int4send(octet_length(row)), ''), ''),"
    " coalesce(string_agg(row, ''), '') FROM"
)
# Usually the events of a block are neighbours in the order of the seals: read them as one range.
RANGE = (
    f"{GLUED} (SELECT e.id, {CANONICAL} AS row FROM ledger_event e"  # noqa: S608 -- our own text
    " WHERE e.id BETWEEN %s AND %s ORDER BY e.id OFFSET 0) x"
)
# Otherwise look each of them up.
ONE_BY_ONE = (
    f"{GLUED} (SELECT e.id, {CANONICAL} AS row FROM ledger_seal s"  # noqa: S608 -- our own text
    " JOIN ledger_event e ON e.id = s.event_id WHERE s.sequence BETWEEN %s AND %s ORDER BY s.sequence OFFSET 0) x"
)


@dataclass(frozen=True)
class Block:
    """Seals ``first`` to ``last`` and their events, each column glued together.

    ``lengths`` and ``events`` hold only the events that were found; ``complete`` says that none is missing, and then
    they stand in the order of the seals.
    """

    first: int
    last: int
    size: int
    sequences: bytes
    event_ids: bytes
    digests: bytes
    hashes: bytes
    found_ids: bytes
    lengths: bytes
    events: bytes

    @property
    def complete(self) -> bool:
        return self.found_ids == self.event_ids and self.size == self.last - self.first + 1

    def seals(self) -> list[tuple[int, int, bytes, bytes]]:
        """Sequence, event id, digest and hash of each seal."""
        sequences = struct.unpack(f">{self.size}q", self.sequences)
        event_ids = struct.unpack(f">{self.size}q", self.event_ids)
        return [
            (sequence, event_id, self.digests[32 * place : 32 * place + 32], self.hashes[32 * place : 32 * place + 32])
            for place, (sequence, event_id) in enumerate(zip(sequences, event_ids, strict=True))
        ]

    def events_by_id(self) -> dict[int, bytes]:
        found, place = {}, 0
        count = len(self.lengths) // 4
        ids = struct.unpack(f">{count}q", self.found_ids)
        for event_id, length in zip(ids, struct.unpack(f">{count}i", self.lengths), strict=True):
            found[event_id] = self.events[place : place + length]
            place += length
        return found


def fetch(cursor: psycopg.Cursor, first: int, last: int) -> Block:
    """One block. Call it where the system role may read for verifying."""
    seals = _one(cursor, SEALS, first, last)
    size, event_ids = seals[0], struct.unpack(f">{seals[0]}q", seals[2])
    events: tuple | None = None
    if event_ids and max(event_ids) - min(event_ids) < SPREAD * BLOCK:
        events = _one(cursor, RANGE, min(event_ids), max(event_ids))
    if events is None or events[0] != seals[2]:
        events = _one(cursor, ONE_BY_ONE, first, last)
    return Block(first, last, size, *seals[1:], *events)


def _one(cursor: psycopg.Cursor, query: str, first: int, last: int) -> tuple:
    row = cursor.execute(query.encode(), (first, last), binary=True).fetchone()
    assert row is not None
    return row
