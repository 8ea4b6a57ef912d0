"""Names the first bad row of a block that did not hash as it should, and what was done to it."""

from datetime import datetime

from django.db import connection

from foundation.ledger.blocks import SealedRow, fetch_one_by_one
from foundation.ledger.canonical import CANONICAL, digest_of, link, with_event_id
from foundation.ledger.faults import Fault, Finding
from foundation.ledger.models import Seal

NEARBY = 2_000  # how far to look for the other half of a swap
LOOKED_AT = 10_000  # how many unsealed events to try when one is missing
IDS_AT_ONCE = 200_000


def first_bad(first: int, last: int, before: bytes) -> tuple[Finding | None, list[bytes]]:
    """The first fault among the seals ``first`` to ``last``, if any, and the hashes of the good ones before it."""
    hashes: list[bytes] = []
    for expected, row in enumerate(fetch_one_by_one(first, last), first):
        good = row.sequence == expected and row.canonical is not None and digest_of(row.canonical) == row.digest
        if not good or link(before, row.digest) != row.hash:
            return _explain(expected, row, before), hashes
        hashes.append(row.hash)
        before = row.hash
    if len(hashes) <= last - first:
        return Finding(Fault.SEAL_MISSING, first + len(hashes)), hashes
    return None, hashes


def _explain(expected: int, row: SealedRow, before: bytes) -> Finding:
    if row.sequence != expected:
        return Finding(Fault.SEAL_MISSING, expected)
    if link(before, row.digest) != row.hash:
        return Finding(_what_happened_to_the_seal(row, before), row.sequence, row.event_id)
    if row.canonical is None:
        number = _unsealed_event_that_was(row.event_id, row.digest)
        if number is not None:
            return Finding(Fault.RENUMBERED, row.sequence, row.event_id, detail=f"(it is now {number})")
        return Finding(Fault.DELETED, row.sequence, row.event_id)
    other = _event_whose_content_this_is(row.sequence, row.event_id, row.canonical)
    if other is not None:
        return Finding(Fault.SWAPPED, row.sequence, row.event_id, detail=f"(the other is event {other})")
    return Finding(Fault.EDITED, row.sequence, row.event_id)


def _what_happened_to_the_seal(row: SealedRow, before: bytes) -> Fault:
    """The seal does not follow from the one before it, although what it says of itself may be right."""
    following = [
        (bytes(after_digest), bytes(after_hash))
        for after_digest, after_hash in Seal.objects.filter(sequence__gt=row.sequence)
        .order_by("sequence")
        .values_list("digest", "hash")[:NEARBY]
    ]
    if following and link(before, following[0][0]) == following[0][1]:
        return Fault.SEAL_INSERTED
    if any(link(before, after_digest) in {row.hash, after_hash} for after_digest, after_hash in following):
        return Fault.SEALS_SWAPPED
    return Fault.SEAL_EDITED


def _event_whose_content_this_is(sequence: int, event_id: int, canonical: bytes) -> int | None:
    """The event from which this content was taken, if a neighbour's seal still knows it."""
    nearby = Seal.objects.filter(sequence__range=(sequence - NEARBY, sequence + NEARBY)).exclude(event_id=event_id)
    for other, digest in nearby.values_list("event_id", "digest").iterator():
        if digest_of(with_event_id(canonical, other)) == bytes(digest):
            return other
    return None


def _unsealed_event_that_was(event_id: int, digest: bytes) -> int | None:
    """The number under which a missing event now stands among those without a seal."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.id, {CANONICAL} FROM ledger_event e"  # noqa: S608 -- our own text
            " WHERE NOT EXISTS (SELECT FROM ledger_seal s WHERE s.event_id = e.id) ORDER BY e.id LIMIT %s",
            [LOOKED_AT],
        )
        for number, canonical in cursor.fetchall():
            if digest_of(with_event_id(bytes(canonical), event_id)) == digest:
                return number
    return None


def oldest_unsealed(*, before: datetime) -> tuple[int, int] | None:
    """Id and transaction of the first event recorded before then that has no seal. Reads a range of ids at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM ledger_event")
        lowest, highest = cursor.fetchone()
        for start in range(lowest, highest + 1, IDS_AT_ONCE):
            cursor.execute(
                "SELECT e.id, e.transaction_id::text::bigint FROM ledger_event e"
                " WHERE e.id >= %s AND e.id < %s AND e.recorded_at < %s"
                " AND NOT EXISTS (SELECT FROM ledger_seal s WHERE s.event_id = e.id) ORDER BY e.id LIMIT 1",
                [start, start + IDS_AT_ONCE, before],
            )
            found = cursor.fetchone()
            if found:
                return found
    return None
