"""The sealer: puts settled events into the chain, one at a time however many are started.

Events are inserted by many transactions at once and become visible in any order. Only events of transactions older
than every open one are sealed; nothing can appear among them any more, so no event slips behind the chain.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from foundation.ledger import checkpoints
from foundation.ledger.canonical import CANONICAL, GENESIS, digest_of, link
from foundation.ledger.models import Seal, SealerState
from foundation.ledger.recording import acting_system

log = logging.getLogger(__name__)

BATCH = 20_000
LOCK = 7_368_126_001  # any number that nothing else in the database locks

# transaction_id and the snapshot's limits have 64 bits that never wrap round.
SETTLED_SINCE = "e.transaction_id >= %s::text::xid8 AND e.transaction_id < pg_snapshot_xmin(pg_current_snapshot())"
# After a restore into a younger database, restored events carry transactions of the old one: in the future by our
# count, yet visible, and therefore settled.
SETTLED_EVER = (
    "(e.transaction_id < pg_snapshot_xmin(pg_current_snapshot())"
    " OR e.transaction_id >= pg_snapshot_xmax(pg_current_snapshot()))"
)
UNSEALED = "NOT EXISTS (SELECT FROM ledger_seal s WHERE s.event_id = e.id)"
STILL_OPEN = (
    "SELECT min(e.recorded_at) FROM ledger_event e WHERE e.transaction_id >= %s::text::xid8"  # noqa: S608 -- our text
    f" AND e.transaction_id < pg_snapshot_xmax(pg_current_snapshot()) AND {UNSEALED}"
)
LIMITS = (
    "SELECT pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint FROM pg_current_snapshot() AS now"
)


@dataclass(frozen=True)
class Batch:
    """What one batch did. ``more`` says that another batch may find work at once."""

    sealed: int
    more: bool


def seal(*, thorough: bool = False) -> int:
    """Seal every settled event, then write a checkpoint. Returns how many were sealed; 0 while another sealer works.

    Normally looks only at what was written since the last run. ``thorough`` looks at every event: for use after a
    restore, and whenever somebody wants to be sure.
    """
    total = 0
    while (batch := _seal_batch(thorough=thorough)) is not None:
        total += batch.sealed
        if not batch.more:
            break
    if batch is not None:
        _write_checkpoint()
    return total


def state() -> SealerState | None:
    """What the sealer last saw; None when it has never run. Readable in any context."""
    return SealerState.objects.filter(pk=1).first()


def sealing_is_late(now: datetime) -> bool:
    """True when the sealer has stopped, or an event has waited for more than five minutes. One small query."""
    found = state()
    return found is None or found.is_late(now)


def accept_restore() -> checkpoints.Checkpoint | None:
    """After the database was knowingly restored to an older time: sign where the ledger stands now.

    Later checkpoints of the ledger as it was no longer count. Returns None when there is nothing to accept.
    """
    with acting_system("seal"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        last = _last_seal()
        latest = checkpoints.latest()
        if latest is None or _agrees(latest):
            return None
        accepted = checkpoints.append(sequence=last[0], hash=last[1], restored_from=latest.sequence)
        _remember(checkpoint_at=accepted.at, checkpoint_sequence=accepted.sequence, problem="")
    return accepted


def _seal_batch(*, thorough: bool) -> Batch | None:
    with acting_system("seal"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        known = state() or SealerState(transaction_id=0)
        # Read before the events: a transaction that ends in between is looked at again next time, not missed.
        cursor.execute(LIMITS)
        oldest_open, next_new = cursor.fetchone()
        since = 0 if thorough or known.transaction_id > next_new else known.transaction_id
        cursor.execute(
            f"SELECT e.id, e.transaction_id::text::bigint, {CANONICAL} FROM ledger_event e"  # noqa: S608 -- our own text
            f" WHERE {SETTLED_SINCE if since else SETTLED_EVER} AND {UNSEALED}"
            f" ORDER BY e.transaction_id, e.id LIMIT {BATCH}",
            [since] if since else [],
        )
        events = cursor.fetchall()
        sequence = _append(cursor, sorted(events))
        full = len(events) == BATCH
        if full:
            reached = events[-1][1] if since else 0
            waiting_since = known.waiting_since
        else:
            reached = oldest_open
            cursor.execute(STILL_OPEN, [reached])
            (waiting_since,) = cursor.fetchone()
        _remember(ran_at=timezone.now(), sequence=sequence, transaction_id=reached, waiting_since=waiting_since)
    return Batch(len(events), more=full)


def _append(cursor: CursorWrapper, events: list[tuple[int, int, bytes]]) -> int:
    """Add the events to the chain in this order, in one statement. Returns the last sequence of the chain."""
    sequence, before = _last_seal()
    digests, hashes = [], []
    for _, _, canonical in events:
        digests.append(digest_of(canonical))
        before = link(before, digests[-1])
        hashes.append(before)
    if events:
        cursor.execute(
            "INSERT INTO ledger_seal (sequence, event_id, digest, hash, sealed_at)"
            " SELECT %s + place, event_id, digest, hash, clock_timestamp()"
            " FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[])"
            " WITH ORDINALITY AS new (event_id, digest, hash, place)",
            [sequence, [event[0] for event in events], digests, hashes],
        )
    return sequence + len(events)


def _last_seal() -> tuple[int, bytes]:
    last = Seal.objects.order_by("sequence").values_list("sequence", "hash").last()
    return (last[0], bytes(last[1])) if last else (0, GENESIS)


def _write_checkpoint() -> None:
    with acting_system("seal"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return
        sequence, hash_now = _last_seal()
        known = state()
        try:
            latest = checkpoints.latest()
            if latest is None or (_agrees(latest) and latest.sequence < sequence):
                latest = checkpoints.append(sequence=sequence, hash=hash_now) if sequence else None
            problem = _disagreement(latest, sequence)
        except checkpoints.CheckpointError:
            latest, problem = None, SealerState.Problem.CHECKPOINT_DAMAGED
        except OSError:
            latest, problem = None, SealerState.Problem.CHECKPOINT_NOT_WRITTEN
        if problem and (known is None or known.problem != problem):
            log.error("The ledger and its checkpoint do not agree: %s", problem)
        if latest is None:
            _remember(problem=problem)
        else:
            _remember(checkpoint_at=latest.at, checkpoint_sequence=latest.sequence, problem=problem)


def _disagreement(latest: checkpoints.Checkpoint | None, sequence: int) -> str:
    if latest is None or _agrees(latest):
        return ""
    if latest.sequence > sequence:
        return SealerState.Problem.BEHIND_CHECKPOINT
    return SealerState.Problem.CHECKPOINT_DIFFERS


def _agrees(checkpoint: checkpoints.Checkpoint) -> bool:
    if checkpoint.sequence == 0:
        return checkpoint.hash == GENESIS
    found = Seal.objects.filter(sequence=checkpoint.sequence).values_list("hash", flat=True).first()
    return found is not None and bytes(found) == checkpoint.hash


def _remember(**seen: object) -> None:
    SealerState.objects.update_or_create(pk=1, defaults=seen, create_defaults={"ran_at": timezone.now(), **seen})
