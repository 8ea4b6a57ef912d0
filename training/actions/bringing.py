"""A file of training done elsewhere: uploaded, explained, checked, recorded whole or not at all, and taken back."""

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import jobs, ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.files import actions as stored_files
from foundation.files.examination import Examined, FileType
from foundation.files.workflow import Status as FileStatus
from foundation.organisations.models import Membership
from foundation.organisations.people_files import reading
from training import assigning, permissions
from training.bringing import applying, columns, lines, names, staging
from training.bringing.names import Meant
from training.models import CompletionImport, Course, CourseName

PURPOSE = "training.completion_import"
Status = CompletionImport.Status
UNFINISHED = (Status.UPLOADED, Status.CHECKING, Status.CHECKED, Status.FAILED)
OTHER = "other"


@transaction.atomic
def upload_completions(*, examined: Examined, by: Acting, now: datetime) -> CompletionImport:
    """Take in a file and guess its columns. Records nothing; files of one's own that were not used are put aside."""
    permissions.check_can_manage_training(by)
    stored = stored_files.receive(examined=examined, purpose=PURPOSE, by=by, now=now)
    is_spreadsheet = examined.file_type == FileType.XLSX
    headings = reading.read(io.BytesIO(examined.content), is_spreadsheet=is_spreadsheet).headings
    earlier = CompletionImport.objects.visible_to(by).filter(status__in=UNFINISHED, uploaded_by_id=by.membership_id)
    for row in earlier.order_by("pk").select_for_update(no_key=True):
        _put_aside(row, by, now)
    row = CompletionImport.objects.create(
        organisation_id=by.organisation_id,
        stored_file=stored,
        is_spreadsheet=is_spreadsheet,
        headings=[heading[:200] for heading in headings],
        columns=columns.guess(headings),
        uploaded_at=now,
        uploaded_by_id=by.membership_id,
    )
    ledger.record("training.import_uploaded", actor=by, target=row, at=now, sha256=stored.sha256)
    return row


@transaction.atomic
def explain_columns(
    *, import_id: int, chosen: Mapping[str, int], course_id: int | None, by: Acting, now: datetime
) -> CompletionImport:
    """Say which column means what, or which one course all rows are about, and have the file checked."""
    row = _lock(import_id, by)
    _check_waiting(row)
    if row.stored_file.is_waiting:
        raise RuleBroken(_("The file is still being scanned for viruses. Try again in a moment."))
    if row.stored_file.status not in (FileStatus.CLEAN, FileStatus.NOT_SCANNED):
        raise RuleBroken(_("The virus scanner refused this file. Upload another."))
    row.course = Course.objects.visible_to(by).get(pk=course_id) if course_id else None
    row.columns = columns.check(chosen, row.headings, has_course=course_id is not None)
    row.problem = ""
    _have_checked(row, by, now, "columns", "course")
    ledger.record("training.import_columns_chosen", actor=by, target=row, at=now, columns=sorted(row.columns))
    return row


@transaction.atomic
def explain_names(*, import_id: int, chosen: Mapping[str, str], by: Acting, now: datetime) -> CompletionImport:
    """Say which course each name in the file means, or that it is another one, and have the file checked again.

    ``chosen``: the key of a name → the number of a course, or OTHER. It is remembered for the next file.
    """
    row = _lock(import_id, by)
    if row.status != Status.CHECKED:
        raise RuleBroken(_("Check the file first."))
    asked = {each.key: each.name for each in names.unknown(by, row)}
    if not chosen.keys() <= asked.keys():
        raise RuleBroken(_("Somebody explained a name of this file meanwhile. Look at it again."))
    courses = {str(pk) for pk in Course.objects.visible_to(by).values_list("pk", flat=True)}
    if not set(chosen.values()) <= courses | {OTHER}:
        raise RuleBroken(_("Select a course of the list."))
    for key, value in sorted(chosen.items()):
        CourseName.objects.update_or_create(
            organisation_id=by.organisation_id,
            key=key,
            defaults={
                "name": asked[key],
                "course_id": None if value == OTHER else int(value),
                "saved_at": now,
                "saved_by_id": by.membership_id,
            },
        )
    _have_checked(row, by, now)
    ledger.record("training.import_names_explained", actor=by, target=row, at=now, names=len(chosen))
    return row


@transaction.atomic
def check_completions(
    *, import_id: int, by: Acting, now: datetime, progress: Callable[[int], None] | None = None
) -> CompletionImport:
    """Read the whole file and find out what each row would do. Records nothing. Done twice it gives the same."""
    row = _lock(import_id, by)
    if row.status not in (Status.CHECKING, Status.CHECKED):
        raise RuleBroken(_("This file does not wait to be checked."))
    today = timezone.localdate(now)
    try:
        with _content(row) as content:
            table = reading.read(content, is_spreadsheet=row.is_spreadsheet)
            if [heading[:200] for heading in table.headings] != row.headings:
                raise RuleBroken(_("The file is not the one that was uploaded."))
            found = (lines.read(number, cells, row.columns, today=today) for number, cells in table.rows)
            with transaction.atomic():
                staging.write(found, import_id=row.pk, by=by, progress=progress)
    except reading.CannotRead as problem:
        row.status, row.problem = Status.FAILED, str(problem)
        row.save(update_fields=["status", "problem"])
        ledger.record("training.import_unreadable", actor=by, target=row, at=now)
        return row
    row.counts = staging.match(import_id=row.pk, by=by, names=_names(row, by))
    row.status = Status.CHECKED
    row.save(update_fields=["status", "counts"])
    ledger.record("training.import_checked", actor=by, target=row, at=now, **row.counts)
    return row


@transaction.atomic
def confirm_completions(*, import_id: int, leave_out_refused: bool, by: Acting, now: datetime) -> CompletionImport:
    """Have a checked file recorded. Refused rows stand in the way unless they are left out on purpose."""
    row = _lock(import_id, by)
    if row.status != Status.CHECKED:
        raise RuleBroken(_("Check the file first."))
    if row.counts["refused"] and not leave_out_refused:
        raise RuleBroken(_("Some rows are refused. Correct the file, or choose to leave those rows out."))
    if not row.counts["create"]:
        raise RuleBroken(_("There is nothing new in this file."))
    row.status = Status.APPLYING
    row.job = jobs.queue("training.record_completions", by=by, now=now, import_id=row.pk)
    row.save(update_fields=["status", "job"])
    ledger.record("training.import_confirmed", actor=by, target=row, at=now, leave_out_refused=leave_out_refused)
    return row


@transaction.atomic
def record_completions(
    *, import_id: int, by: Acting, now: datetime, progress: Callable[[int], None] | None = None
) -> CompletionImport:
    """Record what the check promised, all of it or nothing. Raises RuleBroken when something changed since."""
    row = _lock(import_id, by)
    if row.applied_at is not None:
        return row
    if row.status != Status.APPLYING:
        raise RuleBroken(_("This file was not confirmed."))
    changed = RuleBroken(_("People or records were changed since the file was checked. Check it again."))
    staging.lock_people(import_id=row.pk, by=by)
    if staging.match(import_id=row.pk, by=by, names=_names(row, by)) != row.counts:
        raise changed
    try:
        with transaction.atomic():
            members = applying.record(import_id=row.pk, by=by, now=now, progress=progress)
    except IntegrityError as error:
        raise changed from error
    if len(members) != row.counts["create"]:
        raise changed
    _tell_ledger("training.recorded", members, row, by, now)
    assigning.note_changed(by.organisation_id, set(members))
    staging.forget(row.pk, by.organisation_id)
    row.status, row.applied_at, row.applied_by_id = Status.APPLIED, now, by.membership_id
    row.save(update_fields=["status", "applied_at", "applied_by"])
    stored_files.withdraw(stored_file_id=row.stored_file_id, by=by, now=now)
    ledger.record("training.import_applied", actor=by, target=row, at=now, **row.counts)
    return row


@transaction.atomic
def take_confirmation_back(*, import_id: int, by: Acting, now: datetime) -> None:
    """After an attempt to record that could not be finished: the file may be checked and confirmed again."""
    row = _lock(import_id, by)
    if row.status == Status.APPLYING:
        row.status = Status.CHECKED
        row.save(update_fields=["status"])
        ledger.record("training.import_confirmation_taken_back", actor=by, target=row, at=now)


@transaction.atomic
def put_completions_aside(*, import_id: int, by: Acting, now: datetime) -> CompletionImport:
    """Put a file aside without recording it. Its rows and bytes go."""
    row = _lock(import_id, by)
    if row.is_over or (row.status == Status.APPLYING and not row.is_stuck):
        raise RuleBroken(_("This file was recorded already, or is being recorded, or was put aside."))
    _put_aside(row, by, now)
    return row


@transaction.atomic
def put_completions_aside_by_the_clock(*, import_id: int, system_purpose: str, now: datetime) -> bool:
    """The same where its time is up. Call it in the organisation's context. False where somebody was faster."""
    rows = CompletionImport.objects.filter(pk=import_id, status__in=UNFINISHED)
    row = rows.select_for_update(no_key=True, of=("self",)).first()
    if row is None:
        return False
    _abandon(row)
    stored_files.withdraw_by_the_clock(stored_file_id=row.stored_file_id, system_purpose=system_purpose, now=now)
    ledger.record("training.import_put_aside", actor=None, target=row, at=now, system_purpose=system_purpose)
    return True


@transaction.atomic
def withdraw_import(*, import_id: int, reason: str, by: Acting, now: datetime) -> CompletionImport:
    """Have all records of a file withdrawn. They stay readable, and counted for the days on which they were known."""
    row = _lock(import_id, by)
    if row.status != Status.APPLIED:
        raise RuleBroken(_("Only a file that was recorded can be withdrawn, and only once."))
    row.status, row.reason = Status.WITHDRAWING, reason
    row.withdrawn_at, row.withdrawn_by_id = now, by.membership_id
    row.job = jobs.queue("training.withdraw_completions", by=by, now=now, import_id=row.pk)
    row.save(update_fields=["status", "reason", "withdrawn_at", "withdrawn_by", "job"])
    ledger.record("training.import_withdrawn", actor=by, target=row, at=now)
    return row


@transaction.atomic
def withdraw_completions(*, import_id: int, by: Acting, now: datetime) -> CompletionImport:
    """Withdraw every record of a file that still counts. Done twice it does nothing more."""
    row = _lock(import_id, by)
    if row.status == Status.WITHDRAWN:
        return row
    if row.status != Status.WITHDRAWING:
        raise RuleBroken(_("Nobody asked for this file to be withdrawn."))
    members = applying.withdraw(import_id=row.pk, reason=row.reason, by=by, now=now)
    _tell_ledger("training.record_withdrawn", members, row, by, now)
    assigning.note_changed(by.organisation_id, set(members))
    row.status, row.counts = Status.WITHDRAWN, row.counts | {"withdrawn": len(members)}
    row.save(update_fields=["status", "counts"])
    ledger.record("training.import_records_withdrawn", actor=by, target=row, at=now, records=len(members))
    return row


def _lock(import_id: int, by: Acting) -> CompletionImport:
    permissions.check_can_manage_training(by)
    return (
        CompletionImport.objects.visible_to(by)
        .select_related("stored_file__bytes", "job", "course")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=import_id)
    )


def _check_waiting(row: CompletionImport) -> None:
    checkable = row.status in (Status.UPLOADED, Status.CHECKED, Status.FAILED)
    if row.is_over or (not checkable and not row.is_stuck):
        raise RuleBroken(_("This file is being worked on, or it is done."))


def _have_checked(row: CompletionImport, by: Acting, now: datetime, *fields: str) -> None:
    row.status, row.counts = Status.CHECKING, {}
    row.job = jobs.queue("training.check_completions", by=by, now=now, import_id=row.pk)
    row.save(update_fields=["status", "counts", "problem", "job", *fields])


def _names(row: CompletionImport, by: Acting) -> list[Meant]:
    if row.course is None:
        return names.meant(by, staging.keys(row.pk, by))
    return [Meant("", row.course.pk, names.since_when([row.course]).get(row.course.pk))]


def _content(row: CompletionImport) -> BinaryIO:
    stored = row.stored_file.bytes
    if stored is None:
        raise RuleBroken(_("The file is not there any more. Upload it again."))
    return stored.open()


def _put_aside(row: CompletionImport, by: Acting, now: datetime) -> None:
    _abandon(row)
    stored_files.withdraw(stored_file_id=row.stored_file_id, by=by, now=now)
    ledger.record("training.import_put_aside", actor=by, target=row, at=now)


def _abandon(row: CompletionImport) -> None:
    row.status, row.problem = Status.ABANDONED, ""
    row.save(update_fields=["status", "problem"])
    staging.forget(row.pk, row.organisation_id)


def _tell_ledger(verb: str, members: list[int], row: CompletionImport, by: Acting, now: datetime) -> None:
    record_people = partial(ledger.record_many, actor=by, at=now, model=Membership)
    named = dict(Membership.objects.visible_to(by).filter(pk__in=set(members)).values_list("pk", "reference"))
    record_people(verb, targets=((pk, named[pk], {"import": row.reference}) for pk in members))
