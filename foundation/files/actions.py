"""What happens to stored files: received, scanned, opened, withdrawn."""

import hashlib
from datetime import datetime
from tempfile import TemporaryFile

from django.db import connection, transaction

from foundation import jobs, ledger
from foundation.core import encryption
from foundation.core.acting import Acting
from foundation.files import permissions, scanning, workflow
from foundation.files.examination import Examined, FileRefused, FileType
from foundation.files.models import StoredBytes, StoredFile
from foundation.files.sealing import SealedWriter, new_key
from foundation.files.storage import store
from foundation.files.workflow import Status

READ = 1 << 20


@transaction.atomic
def receive(*, examined: Examined, purpose: str, by: Acting, now: datetime) -> StoredFile:
    """Keep an examined file for ``purpose``. The caller's own action has checked that ``by`` may add one.

    With a scanner it goes into quarantine and a scan is queued; without, it says that it was not scanned. The row
    stands only if the bytes do: they are on disk before this returns.
    """
    received = _new_file(
        examined.content, examined.sha256, examined.file_type, examined.name, purpose=purpose, by=by, now=now
    )
    has_scanner = scanning.configured() is not None
    _move(received, Status.QUARANTINED if has_scanner else Status.NOT_SCANNED)
    ledger.record(
        "file.received",
        actor=by,
        target=received,
        at=now,
        purpose=purpose,
        type=examined.file_type.value,
        size=examined.size,
        sha256=examined.sha256,
        status=received.status,
    )
    if has_scanner:
        jobs.queue("files.scan", by=by, now=now, stored_file_id=received.pk)
    return received


@transaction.atomic
def keep_made(*, content: bytes, file_type: FileType, name: str, purpose: str, by: Acting, now: datetime) -> StoredFile:
    """Keep what the portal itself made, such as a report: there is nothing to examine or scan."""
    made = _new_file(content, hashlib.sha256(content).hexdigest(), file_type, name, purpose=purpose, by=by, now=now)
    _move(made, Status.MADE_HERE)
    ledger.record(
        "file.made",
        actor=by,
        target=made,
        at=now,
        purpose=purpose,
        type=file_type.value,
        size=made.size,
        sha256=made.sha256,
    )
    return made


def _new_file(
    content: bytes, sha256: str, file_type: FileType, name: str, *, purpose: str, by: Acting, now: datetime
) -> StoredFile:
    return StoredFile.objects.create(
        organisation_id=by.organisation_id,
        purpose=purpose,
        bytes=_keep(content, sha256, by, now),
        original_name=name,
        file_type=file_type,
        sha256=sha256,
        size=len(content),
        uploaded_at=now,
        uploaded_by_id=by.membership_id,
    )


def _keep(content: bytes, sha256: str, by: Acting, now: datetime) -> StoredBytes:
    """The organisation's one copy of this content, sealed and on disk.

    Two uploads of the same content, an upload and the orphan sweep, an upload and a removal: each waits for the other
    at the lock, which ends with the transaction.
    """
    address = encryption.keyed_hash(bytes.fromhex(sha256), place=f"files.storedbytes:{by.organisation_id}")
    lock_address(by.organisation_id, address)
    standing = StoredBytes.objects.visible_to(by).filter(address=address, damaged_at__isnull=True).first()
    if standing is not None:
        return standing
    new = StoredBytes(
        organisation_id=by.organisation_id, address=address, sha256=sha256, size=len(content), stored_at=now
    )
    key = new_key()
    new.wrapped_key = encryption.encrypt(key, place=new.place)
    try:
        with TemporaryFile() as sealed:
            writer = SealedWriter(sealed, key, place=new.place)
            for start in range(0, len(content), READ):
                writer.write(content[start : start + READ])
            writer.finish()
            store().put(new.name, sealed)
    except OSError as error:
        raise FileRefused("no_room") from error
    damaged = StoredBytes.objects.visible_to(by).filter(address=address).first()
    if damaged is not None:  # the same content came again: the copy that was lost is whole once more
        damaged.wrapped_key, damaged.stored_at, damaged.damaged_at = new.wrapped_key, now, None
        damaged.save(update_fields=["wrapped_key", "stored_at", "damaged_at"])
        return damaged
    new.save(force_insert=True)
    return new


def lock_address(organisation_id: int, address: str) -> None:
    """Until the transaction ends, nobody else stores or removes these bytes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{organisation_id}/{address}"])


@transaction.atomic
def open_file(*, stored_file_id: int, by: Acting, now: datetime) -> StoredFile:
    """Let somebody open a file, and remember that they did. Raises PermissionDenied with the reason."""
    stored_file = StoredFile.objects.visible_to(by).select_related("bytes").get(pk=stored_file_id)
    permissions.check_can_open(by, stored_file)
    ledger.record(
        "file.opened", actor=by, target=stored_file, at=now, purpose=stored_file.purpose, status=stored_file.status
    )
    return stored_file


@transaction.atomic
def withdraw(*, stored_file_id: int, by: Acting, now: datetime) -> StoredFile:
    """Take a file back: nobody opens it again. The caller's own action has checked that ``by`` may."""
    stored_file = StoredFile.objects.visible_to(by).select_for_update(no_key=True).get(pk=stored_file_id)
    before = _withdrawn(stored_file, by.membership_id, now)
    ledger.record("file.withdrawn", actor=by, target=stored_file, at=now, before=before)
    return stored_file


@transaction.atomic
def withdraw_by_the_clock(*, stored_file_id: int, system_purpose: str, now: datetime) -> StoredFile:
    """The same where its time is up and nobody does it. Call it in the context of the file's organisation."""
    stored_file = StoredFile.objects.select_for_update(no_key=True).get(pk=stored_file_id)
    before = _withdrawn(stored_file, None, now)
    ledger.record(
        "file.withdrawn", actor=None, target=stored_file, at=now, system_purpose=system_purpose, before=before
    )
    return stored_file


def _withdrawn(stored_file: StoredFile, by_id: int | None, now: datetime) -> str:
    """Withdraw it and return what it was before."""
    before = stored_file.status
    workflow.check_transition(before, Status.WITHDRAWN)
    stored_file.status = Status.WITHDRAWN
    stored_file.withdrawn_at, stored_file.withdrawn_by_id = now, by_id
    stored_file.save(update_fields=["status", "withdrawn_at", "withdrawn_by"])
    return before


def _move(stored_file: StoredFile, to: Status) -> None:
    workflow.check_transition(stored_file.status, to)
    stored_file.status = to
    stored_file.save(update_fields=["status"])
