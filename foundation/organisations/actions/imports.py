"""A file of people: uploaded, its columns chosen, checked, then applied whole or not at all."""

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import jobs, ledger
from foundation.accounts.actions import end_other_sessions
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.files import actions as stored_files
from foundation.files.examination import Examined, FileType
from foundation.files.workflow import Status as FileStatus
from foundation.organisations import permissions
from foundation.organisations.actions.guards import lock_organisation
from foundation.organisations.models import Membership, PeopleImport
from foundation.organisations.people_files import applying, columns, reading, staging
from foundation.organisations.people_files.cleaning import clean

PURPOSE = "organisations.people_import"
Status = PeopleImport.Status
UNFINISHED = (Status.UPLOADED, Status.CHECKING, Status.CHECKED)
TRIES = 3
# What somebody may take between the check and the end of an import: numbers, ids, the name of a team. Whatever else the
# database refuses is a mistake of ours and stays an error.
TAKEN_MEANWHILE = {
    "membership_staff_number_once",
    "membership_external_id_once",
    "team_name_once",
}


@transaction.atomic
def upload_people(*, examined: Examined, by: Acting, now: datetime) -> PeopleImport:
    """Take in a file of people and guess its columns. Changes nobody; files that were not applied are abandoned."""
    lock_organisation(by.organisation_id)
    permissions.check_can_manage_people(by)
    stored = stored_files.receive(examined=examined, purpose=PURPOSE, by=by, now=now)
    is_spreadsheet = examined.file_type == FileType.XLSX
    headings = reading.read(io.BytesIO(examined.content), is_spreadsheet=is_spreadsheet).headings
    for earlier in PeopleImport.objects.visible_to(by).filter(status__in=UNFINISHED).select_for_update(no_key=True):
        _abandon(earlier, by, now)
    people_import = PeopleImport.objects.create(
        organisation_id=by.organisation_id,
        stored_file=stored,
        is_spreadsheet=is_spreadsheet,
        headings=[heading[:200] for heading in headings],
        columns=columns.guess(headings),
        uploaded_at=now,
        uploaded_by_id=by.membership_id,
    )
    ledger.record("people_import.uploaded", actor=by, target=people_import, at=now, sha256=stored.sha256)
    return people_import


@transaction.atomic
def choose_columns(*, import_id: int, chosen: Mapping[str, int], by: Acting, now: datetime) -> PeopleImport:
    """Say which column means what, and have the file checked. May be done again until the file is applied."""
    people_import = _lock(import_id, by)
    if people_import.status not in (Status.UPLOADED, Status.CHECKED, Status.FAILED) and not people_import.is_stuck:
        raise RuleBroken(_("This file is being worked on, or it is done."))
    if people_import.stored_file.is_waiting:
        raise RuleBroken(_("The file is still being scanned for viruses. Try again in a moment."))
    if people_import.stored_file.status not in (FileStatus.CLEAN, FileStatus.NOT_SCANNED):
        raise RuleBroken(_("The virus scanner refused this file. Upload another."))
    people_import.columns = columns.check(chosen, people_import.headings)
    people_import.status, people_import.problem, people_import.counts = Status.CHECKING, "", {}
    people_import.job = jobs.queue("organisations.check_people_import", by=by, now=now, import_id=people_import.pk)
    people_import.save(update_fields=["columns", "status", "problem", "counts", "job"])
    ledger.record(
        "people_import.columns_chosen", actor=by, target=people_import, at=now, columns=sorted(people_import.columns)
    )
    return people_import


@transaction.atomic
def check_import(
    *, import_id: int, by: Acting, now: datetime, progress: Callable[[int], None] | None = None
) -> PeopleImport:
    """Read the whole file and find out what each row would do. Changes nobody. Done twice it gives the same."""
    people_import = _lock(import_id, by)
    if people_import.status not in (Status.CHECKING, Status.CHECKED):
        raise RuleBroken(_("This file does not wait to be checked."))
    try:
        with _content(people_import) as content:
            table = reading.read(content, is_spreadsheet=people_import.is_spreadsheet)
            if [heading[:200] for heading in table.headings] != people_import.headings:
                raise RuleBroken(_("The file is not the one that was uploaded."))
            rows = (clean(number, cells, people_import.columns) for number, cells in table.rows)
            with transaction.atomic():
                staging.write(rows, people_import_id=people_import.pk, by=by, progress=progress)
    except reading.CannotRead as problem:
        people_import.status, people_import.problem = Status.FAILED, str(problem)
        people_import.save(update_fields=["status", "problem"])
        ledger.record("people_import.unreadable", actor=by, target=people_import, at=now)
        return people_import
    today = timezone.localdate(now)
    people_import.standing = staging.standing(by=by, today=today)
    people_import.counts = staging.match(people_import_id=people_import.pk, by=by, today=today)
    people_import.status = Status.CHECKED
    people_import.save(update_fields=["status", "counts", "standing"])
    ledger.record("people_import.checked", actor=by, target=people_import, at=now, **people_import.counts)
    return people_import


@transaction.atomic
def confirm_import(*, import_id: int, leave_out_refused: bool, by: Acting, now: datetime) -> PeopleImport:
    """Have a checked file applied. Refused rows stand in the way unless they are left out on purpose."""
    people_import = _lock(import_id, by)
    if people_import.status != Status.CHECKED:
        raise RuleBroken(_("Check the file first."))
    if people_import.counts["refused"] and not leave_out_refused:
        raise RuleBroken(_("Some rows are refused. Correct the file, or choose to leave those rows out."))
    if not people_import.counts["create"] + people_import.counts["update"]:
        raise RuleBroken(_("This file changes nothing."))
    people_import.status, people_import.leave_out_refused = Status.APPLYING, leave_out_refused
    people_import.job = jobs.queue("organisations.apply_people_import", by=by, now=now, import_id=people_import.pk)
    people_import.save(update_fields=["status", "leave_out_refused", "job"])
    ledger.record(
        "people_import.confirmed", actor=by, target=people_import, at=now, leave_out_refused=leave_out_refused
    )
    return people_import


@transaction.atomic
def apply_import(*, import_id: int, by: Acting, now: datetime) -> PeopleImport:
    """Do what the check promised, for all rows or for none. Raises RuleBroken when people changed since the check."""
    lock_organisation(by.organisation_id)
    people_import = _lock(import_id, by)
    if people_import.status == Status.APPLIED:
        return people_import
    if people_import.status != Status.APPLYING:
        raise RuleBroken(_("This file was not confirmed."))
    today, counts = timezone.localdate(now), people_import.counts
    has_changed = staging.standing(by=by, today=today) != people_import.standing
    if has_changed and staging.match(people_import_id=people_import.pk, by=by, today=today) != counts:
        raise RuleBroken(_("People were changed since the file was checked. Check it again."))
    applied = _apply(people_import, by, now)
    if len(applied.created) != counts["create"] or len(applied.updated) != counts["update"]:
        raise RuleBroken(_("People were changed while the file was applied. Check it again."))
    _record(applied, people_import, by, now)
    for user_id in applied.leaving_users:
        end_other_sessions(user_id=user_id, now=now, because="person_ended", by=by)
    staging.forget(people_import.pk)
    people_import.status, people_import.applied_at, people_import.applied_by_id = Status.APPLIED, now, by.membership_id
    people_import.save(update_fields=["status", "applied_at", "applied_by"])
    stored_files.withdraw(stored_file_id=people_import.stored_file_id, by=by, now=now)
    ledger.record("people_import.applied", actor=by, target=people_import, at=now, **counts)
    return people_import


@transaction.atomic
def take_back_confirmation(*, import_id: int, by: Acting, now: datetime) -> None:
    """After an attempt to apply that could not be finished: the file may be checked and confirmed again."""
    people_import = _lock(import_id, by)
    if people_import.status == Status.APPLYING:
        people_import.status = Status.CHECKED
        people_import.save(update_fields=["status"])
        ledger.record("people_import.confirmation_taken_back", actor=by, target=people_import, at=now)


@transaction.atomic
def abandon_import(*, import_id: int, by: Acting, now: datetime) -> PeopleImport:
    """Put a file aside without applying it. Its rows and bytes go."""
    people_import = _lock(import_id, by)
    working = people_import.status == Status.APPLYING and not people_import.is_stuck
    if working or people_import.status in (Status.APPLIED, Status.ABANDONED):
        raise RuleBroken(_("This file was applied already, or is being applied, or was put aside."))
    _abandon(people_import, by, now)
    return people_import


def _lock(import_id: int, by: Acting) -> PeopleImport:
    people_import = (
        PeopleImport.objects.visible_to(by)
        .select_related("stored_file__bytes", "job")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=import_id)
    )
    permissions.check_can_manage_people(by, people_import)
    return people_import


def _content(people_import: PeopleImport) -> BinaryIO:
    stored = people_import.stored_file.bytes
    if stored is None:
        raise RuleBroken(_("The file is not there any more. Upload it again."))
    return stored.open()


def _abandon(people_import: PeopleImport, by: Acting, now: datetime) -> None:
    people_import.status, people_import.problem = Status.ABANDONED, ""
    people_import.save(update_fields=["status", "problem"])
    staging.forget(people_import.pk)
    stored_files.withdraw(stored_file_id=people_import.stored_file_id, by=by, now=now)
    ledger.record("people_import.abandoned", actor=by, target=people_import, at=now)


def _apply(people_import: PeopleImport, by: Acting, now: datetime) -> applying.Applied:
    """Apply in one go. A reference that the dice gave to somebody else already is diced for again."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return applying.apply(people_import_id=people_import.pk, by=by, today=timezone.localdate(now), now=now)
        except IntegrityError as error:
            constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
            if constraint in TAKEN_MEANWHILE:
                raise RuleBroken(_("People were changed while the file was applied. Check it again.")) from error
            if "reference" not in constraint or attempt == TRIES:
                raise
    raise AssertionError


def _record(applied: applying.Applied, people_import: PeopleImport, by: Acting, now: datetime) -> None:
    source = people_import.reference
    record_people = partial(ledger.record_many, actor=by, at=now, model=Membership)
    record_people("person.added", targets=((pk, name, {"import": source}) for pk, name in applied.created))
    record_people(
        "person.changed",
        targets=((pk, name, {"import": source, "fields": sorted(changed)}) for pk, name, changed in applied.updated),
    )
    record_people(
        "person.ended",
        targets=((pk, name, {"import": source, "last_day": day}) for pk, name, day in applied.ended),
    )
