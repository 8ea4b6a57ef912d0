"""Takes files through the scanner. Only a clear answer ends the quarantine; anything else is tried again later."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any

from foundation import ledger
from foundation.core.acting import Acting
from foundation.files import scanning, workflow
from foundation.files.models import SCAN_MAY_TAKE, StoredFile
from foundation.files.scanning import Outcome, ScannerUnavailable, Verdict
from foundation.files.workflow import WAITING, Status

logger = logging.getLogger(__name__)

PURPOSE = "scan"
AT_A_TIME = 40
STATUS_AFTER = {Outcome.CLEAN: Status.CLEAN, Outcome.HARMFUL: Status.INFECTED, Outcome.UNWANTED: Status.REFUSED}

# A short transaction, as a person or as the system role; None stands for the system.
Step = Callable[[], AbstractContextManager[Acting | None]]


def scan(*, stored_file_id: int, step: Step, now: datetime) -> Status | None:
    """Scan one file and settle what it is. None when there is nothing to do: judged, withdrawn, or being scanned.

    No transaction stands open while the scanner works. May run twice, and at the same time.
    """
    scanner = scanning.configured()
    with step() as actor:
        stored_file = _begin(stored_file_id, actor, now, has_scanner=scanner is not None)
    if stored_file is None or stored_file.bytes is None:
        return None
    if scanner is None:
        return Status.NOT_SCANNED
    verdict: Verdict | None = None
    try:
        with stored_file.bytes.open() as content:
            verdict = scanner.scan(content)
    except ScannerUnavailable as error:
        logger.warning("No verdict on file %s: %s", stored_file.reference, error)
    finally:
        with step() as actor:
            settled = _settle(stored_file_id, verdict, actor, now)
    return settled


def scan_waiting(*, now: datetime) -> None:
    """By the clock: everything still in quarantine, and what came in while no scanner was connected."""
    if scanning.configured() is not None:
        _queue_those_never_scanned(now)
    with ledger.acting_system(PURPOSE):
        waiting = list(
            StoredFile.objects.waiting(now)
            .order_by("uploaded_at", "pk")
            .values_list("pk", "organisation_id")[:AT_A_TIME]
        )
    for stored_file_id, organisation_id in waiting:
        step = partial(ledger.acting_system, PURPOSE, organisation_id=organisation_id)
        try:
            settled = scan(stored_file_id=stored_file_id, step=step, now=now)
        except Exception:
            # One file whose bytes are gone must not keep the others waiting; the nightly check names it.
            logger.exception("A file could not be scanned")
            continue
        if settled == Status.QUARANTINED:
            return  # the scanner is away: the others would only wait for it, too


def _queue_those_never_scanned(now: datetime) -> None:
    with ledger.acting_system(PURPOSE):
        for stored_file in (
            StoredFile.objects.filter(status=Status.NOT_SCANNED)
            .select_for_update(no_key=True, skip_locked=True)
            .order_by("uploaded_at", "pk")[:AT_A_TIME]
        ):
            workflow.check_transition(stored_file.status, Status.QUARANTINED)
            stored_file.status = Status.QUARANTINED
            stored_file.save(update_fields=["status"])


def _begin(stored_file_id: int, actor: Acting | None, now: datetime, *, has_scanner: bool) -> StoredFile | None:
    stored_file = (
        StoredFile.objects.select_for_update(no_key=True, of=("self",))
        .select_related("bytes")
        .filter(pk=stored_file_id, status__in=WAITING)
        .first()
    )
    if stored_file is None:
        return None
    if stored_file.status == Status.SCANNING:
        assert stored_file.scan_started_at is not None
        if stored_file.scan_started_at > now - SCAN_MAY_TAKE:
            return None
        workflow.check_transition(stored_file.status, Status.QUARANTINED)  # the scan before this one never came back
        stored_file.status = Status.QUARANTINED
    to = Status.SCANNING if has_scanner else Status.NOT_SCANNED
    workflow.check_transition(stored_file.status, to)
    stored_file.status, stored_file.scan_started_at = to, now if has_scanner else None
    stored_file.save(update_fields=["status", "scan_started_at"])
    if not has_scanner:
        _record("file.not_scanned", stored_file, actor, now)
    return stored_file


def _settle(stored_file_id: int, verdict: Verdict | None, actor: Acting | None, now: datetime) -> Status | None:
    stored_file = (
        StoredFile.objects.select_for_update(no_key=True).filter(pk=stored_file_id, status=Status.SCANNING).first()
    )
    if stored_file is None:  # withdrawn meanwhile
        return None
    to = STATUS_AFTER[verdict.outcome] if verdict else Status.QUARANTINED
    workflow.check_transition(stored_file.status, to)
    stored_file.status, stored_file.scan_started_at = to, None
    changed = ["status", "scan_started_at"]
    if verdict:
        stored_file.scanned_at = now
        stored_file.scanner, stored_file.signatures = verdict.scanner, verdict.signatures
        stored_file.finding = verdict.finding
        changed += ["scanned_at", "scanner", "signatures", "finding"]
    stored_file.save(update_fields=changed)
    if verdict:
        _record("file.scanned", stored_file, actor, now, finding=verdict.finding, scanner=verdict.scanner)
    else:
        _record("file.scan_unanswered", stored_file, actor, now)
    return to


def _record(verb: str, stored_file: StoredFile, actor: Acting | None, now: datetime, **facts: Any) -> None:
    ledger.record(
        verb,
        actor=actor,
        target=stored_file,
        at=now,
        organisation_id=stored_file.organisation_id,
        system_purpose="" if actor else PURPOSE,
        status=stored_file.status,
        **facts,
    )
