"""What the clock asks of the files room: scan what waits, sweep what nobody owns, check what is stored."""

import hashlib
import logging
import time
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import F

from foundation import ledger
from foundation.core import encryption
from foundation.core.encryption import CannotDecrypt
from foundation.files import actions, quarantine
from foundation.files.models import StoredBytes
from foundation.files.storage import BytesMissing, DirectoryStore, store

logger = logging.getLogger(__name__)

PURPOSE = "files-upkeep"
ORPHAN_AFTER = timedelta(hours=1)
CHECK_SECONDS = 420
AT_A_TIME = 100
READ = 1 << 20


def scan_waiting(*, now: datetime) -> None:
    """See foundation.files.quarantine."""
    quarantine.scan_waiting(now=now)


def sweep(*, now: datetime) -> int:
    """Remove bytes that no row names: what a crash between file and row left behind. Returns how many.

    Each is removed under the lock that uploads take, and only if there is still no row then.
    """
    removed = 0
    kept = store()
    old = (name for name, stored_at in kept.names() if now - stored_at >= ORPHAN_AFTER)
    while names := list(islice(old, AT_A_TIME)):
        with ledger.acting_system(PURPOSE):
            ownerless = _without_a_row(names)
        for name in ownerless:
            owner, _, address = name.partition("/")
            with ledger.acting_system(PURPOSE, organisation_id=int(owner)):
                actions.lock_address(int(owner), address)
                if not _without_a_row([name]):
                    continue
                kept.delete(name)
                ledger.record(
                    "file.orphan_removed", actor=None, at=now, organisation_id=int(owner), system_purpose=PURPOSE
                )
            removed += 1
    if isinstance(kept, DirectoryStore):
        for place, written_at in kept.half_written():
            if now - written_at >= ORPHAN_AFTER:
                place.unlink(missing_ok=True)
                removed += 1
    return removed


def _without_a_row(names: list[str]) -> list[str]:
    """Call it as the system role."""
    rows = StoredBytes.objects.filter(address__in=[name.partition("/")[2] for name in names])
    known = {row.name for row in rows.only("organisation_id", "address")}
    return [name for name in names if name not in known]


def check(*, now: datetime, seconds: float = CHECK_SECONDS) -> list[str]:
    """Read stored bytes and compare them with their hash, longest unchecked first, until the time is up.

    Returns the names of those that are not what was stored; they are marked, recorded and logged.
    """
    damaged: list[str] = []
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        with ledger.acting_system(PURPOSE):
            batch = list(
                StoredBytes.objects.exclude(checked_at__gte=now).order_by(F("checked_at").asc(nulls_first=True), "pk")[
                    :AT_A_TIME
                ]
            )
        whole: list[StoredBytes] = []
        broken: list[StoredBytes] = []
        for stored_bytes in batch:
            (whole if _is_whole(stored_bytes) else broken).append(stored_bytes)
            if time.monotonic() >= ends_at:
                break
        with ledger.acting_system(PURPOSE):
            StoredBytes.objects.filter(pk__in=[each.pk for each in whole]).update(checked_at=now, damaged_at=None)
            for each in broken:
                _note_damage(each, now)
        damaged += [each.name for each in broken]
        if len(batch) < AT_A_TIME:
            break
    return damaged


def check_all(*, now: datetime) -> None:
    """The nightly check."""
    if damaged := check(now=now):
        logger.error("%d stored files are missing or damaged: %s", len(damaged), ", ".join(damaged[:20]))


def rewrap_keys(*, now: datetime) -> int:
    """After a new key was put first in the ring: wrap every file's own key under it. The files are not touched."""
    rewrapped = 0
    with ledger.acting_system(PURPOSE):
        for stored_bytes in StoredBytes.objects.select_for_update(no_key=True).order_by("pk").iterator():
            if encryption.is_under_current_key(bytes(stored_bytes.wrapped_key)):
                continue
            key = encryption.decrypt(bytes(stored_bytes.wrapped_key), place=stored_bytes.place)
            stored_bytes.wrapped_key = encryption.encrypt(key, place=stored_bytes.place)
            stored_bytes.save(update_fields=["wrapped_key"])
            rewrapped += 1
        if rewrapped:
            ledger.record("files.keys_rewrapped", actor=None, at=now, system_purpose=PURPOSE, count=rewrapped)
    return rewrapped


def _is_whole(stored_bytes: StoredBytes) -> bool:
    digest = hashlib.sha256()
    try:
        with stored_bytes.open() as content:
            while piece := content.read(READ):
                digest.update(piece)
    except (BytesMissing, CannotDecrypt, OSError):
        return False
    return digest.hexdigest() == stored_bytes.sha256


def _note_damage(stored_bytes: StoredBytes, now: datetime) -> None:
    is_news = stored_bytes.damaged_at is None
    stored_bytes.checked_at, stored_bytes.damaged_at = now, stored_bytes.damaged_at or now
    stored_bytes.save(update_fields=["checked_at", "damaged_at"])
    if is_news:
        ledger.record(
            "file.damaged",
            actor=None,
            target=stored_bytes,
            organisation_id=stored_bytes.organisation_id,
            at=now,
            system_purpose=PURPOSE,
        )
