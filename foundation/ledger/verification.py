"""Reads the whole chain again and says what is wrong with it, in constant memory.

The database sends blocks of seals and events; everything is hashed again here. While one block is hashed, the next is
on its way.
"""

import struct
import sys
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection
from django.utils import timezone

from foundation.ledger import checkpoints, diagnosis, sealing
from foundation.ledger.blocks import BLOCK, Block, fetch
from foundation.ledger.canonical import GENESIS
from foundation.ledger.faults import Fault, Finding
from foundation.ledger.models import Seal, SealerState, Verification
from foundation.ledger.recording import acting_system


@dataclass
class Outcome:
    """What a verification read and found. ``findings`` begins with the first bad row."""

    first: int
    last: int = 0
    findings: list[Finding] = field(default_factory=list)
    began_at: datetime = field(default_factory=timezone.now)

    @property
    def count(self) -> int:
        return max(0, self.last - self.first + 1)


def verify(
    *,
    first: int = 1,
    folder: Path | None = None,
    key: Ed25519PublicKey | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Check the chain from sequence ``first`` on, the checkpoints, and that nothing waits unsealed.

    ``folder`` and ``key`` name another copy of the checkpoints and a public key noted elsewhere. The outcome is kept as
    a row of ``Verification``.
    """
    outcome = Outcome(first)
    with acting_system("verify"):
        state = sealing.state()
        _walk(outcome, _signed(outcome, folder, key), state, on_progress)
        _find_unsealed(outcome, state)
    _keep(outcome)
    return outcome


def latest(count: int) -> list[Verification]:
    """The last verifications, the latest first. Readable in any context."""
    return list(Verification.objects.all()[:count])


def _signed(outcome: Outcome, folder: Path | None, key: Ed25519PublicKey | None) -> Iterator[checkpoints.Checkpoint]:
    """The checkpoints that count from ``outcome.first`` on; a damaged file is a finding and yields none."""
    try:
        yield from (each for each in checkpoints.read_all(folder, key) if each.sequence >= outcome.first)
    except checkpoints.CheckpointError as damaged:
        outcome.findings.append(Finding(Fault.CHECKPOINT_DAMAGED, detail=f"({damaged.place})"))


def _walk(
    outcome: Outcome,
    signed: Iterator[checkpoints.Checkpoint],
    state: SealerState | None,
    on_progress: Callable[[int, int], None] | None,
) -> None:
    before = GENESIS
    if outcome.first > 1:
        found = Seal.objects.filter(sequence=outcome.first - 1).values_list("hash", flat=True).first()
        if found is None:
            outcome.findings.insert(0, Finding(Fault.SEAL_MISSING, outcome.first - 1))
            return
        before = bytes(found)
    end = Seal.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    with closing(_blocks(outcome.first, end)) as blocks:
        _follow(outcome, blocks, before, end, signed, state, on_progress)


def _follow(
    outcome: Outcome,
    blocks: Iterator[Block],
    before: bytes,
    end: int,
    signed: Iterator[checkpoints.Checkpoint],
    state: SealerState | None,
    on_progress: Callable[[int, int], None] | None,
) -> None:
    checkpoint = next(signed, None)
    outcome.last = outcome.first - 1
    for block in blocks:
        finding, hashes = None, _hash_again(block, before)
        if hashes is None:
            finding, hashes = diagnosis.first_bad(block.first, block.last, before)
        while checkpoint and checkpoint.sequence < block.first + len(hashes):
            if hashes[checkpoint.sequence - block.first] != checkpoint.hash:
                outcome.last = checkpoint.sequence
                outcome.findings.insert(0, Finding(Fault.REWRITTEN, checkpoint.sequence, detail=_made_at(checkpoint)))
                return
            checkpoint = next(signed, None)
        outcome.last = block.first + len(hashes) - 1
        if finding:
            outcome.findings.insert(0, finding)
            return
        before = hashes[-1]
        if on_progress:
            on_progress(outcome.last, end)
    while checkpoint and checkpoint.sequence <= end:
        checkpoint = next(signed, None)
    if checkpoint:
        # Cutting the end off leaves the sealer's own memory of it behind; an old copy of everything agrees with itself.
        cut = state is not None and state.sequence > end
        fault = Fault.TAIL_CUT if cut else Fault.OLD_COPY
        outcome.findings.insert(0, Finding(fault, end + 1, detail=_made_at(checkpoint)))


def _made_at(checkpoint: checkpoints.Checkpoint) -> str:
    return f"(checkpoint {checkpoint.sequence} of {checkpoint.at:%Y-%m-%d %H:%M:%S} UTC)"


def _blocks(first: int, end: int) -> Generator[Block, None, None]:
    """Blocks in order, each fetched while the one before is being hashed."""
    connection.ensure_connection()
    cursor = psycopg.Cursor(
        connection.connection
    )  # Django's own belongs to one thread; this one is used by one at once
    starts = range(first, end + 1, BLOCK)
    with _threads_take_turns_quickly(), ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(fetch, cursor, first, min(first + BLOCK - 1, end)) if starts else None
        for start in starts:
            assert coming is not None
            block = coming.result()
            following = start + BLOCK
            if following <= end:
                coming = ahead.submit(fetch, cursor, following, min(following + BLOCK - 1, end))
            yield block
        cursor.close()


@contextmanager
def _threads_take_turns_quickly() -> Iterator[None]:
    """Otherwise the reading thread waits five milliseconds for its turn at every piece the database sends."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _hash_again(block: Block, before: bytes) -> list[bytes] | None:
    """The hashes of the block as they must be; None when anything differs from what the seals say.

    Equal digests mean the right events in the right order: an event's id is part of what is hashed.
    """
    digests, hashes = [], []
    events, place = block.events, 0
    for length in struct.unpack(f">{len(block.lengths) // 4}i", block.lengths):
        digest = sha256(events[place : place + length]).digest()
        before = sha256(before + digest).digest()
        digests.append(digest)
        hashes.append(before)
        place += length
    good = block.gap_free and b"".join(digests) == block.digests and b"".join(hashes) == block.hashes
    return hashes if good else None


def _find_unsealed(outcome: Outcome, state: SealerState | None) -> None:
    """Events that should have been sealed by now. The sealer has passed those of transactions before its mark."""
    oldest = diagnosis.oldest_unsealed(before=timezone.now() - SealerState.LATE_AFTER)
    if oldest is None:
        return
    event_id, transaction_id = oldest
    passed = state is not None and transaction_id < state.transaction_id
    known = any(finding.fault == Fault.RENUMBERED and f"{event_id})" in finding.detail for finding in outcome.findings)
    if not known:
        outcome.findings.append(Finding(Fault.INSERTED if passed else Fault.NOT_SEALED, event_id=event_id))


def _keep(outcome: Outcome) -> None:
    worst = outcome.findings[0] if outcome.findings else None
    with acting_system("verify"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_verification (began_at, ended_at, first_sequence, last_sequence, fault, fault_sequence,"
            " fault_event_id) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                outcome.began_at,
                timezone.now(),
                outcome.first,
                outcome.last,
                worst.fault.value if worst else "",
                worst.sequence if worst else None,
                worst.event_id if worst else None,
            ],
        )
