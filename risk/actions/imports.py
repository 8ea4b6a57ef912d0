"""A register out of a spreadsheet: uploaded, its columns named, checked, then imported whole or not at all."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import jobs, ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.files import actions as stored_files
from foundation.files.examination import Examined, FileType
from foundation.files.workflow import Status as FileStatus
from risk import permissions, workflow
from risk.actions import keeping
from risk.importing import columns, tables
from risk.importing.outcomes import WhenThere
from risk.models import Assessment, RegisterImport, RegisterImportRow, RememberedColumns
from risk.models.risks import Source

PURPOSE = "risk.register_import"
Status = RegisterImport.Status
UNFINISHED = (Status.UPLOADED, Status.CHECKING, Status.CHECKED, Status.FAILED)


@transaction.atomic
def upload_register(
    *,
    examined: Examined,
    assessment_id: int | None,
    title: str = "",
    period_from: date | None = None,
    period_to: date | None = None,
    by: Acting,
    now: datetime,
) -> RegisterImport:
    """Take in a file for a draft, or for a new assessment with this title and period. Changes no risk.

    The person's earlier files that were not imported are put aside. Raises RuleBroken for a file without a table.
    """
    permissions.check_can_edit(by)
    if assessment_id is not None:
        check_draft(keeping.open_assessment(assessment_id, by))
        title, period_from, period_to = "", None, None
    elif not title.strip() or period_from is None or period_to is None:
        raise RuleBroken(_("Give the new assessment a title and the days it is for."))
    else:
        keeping.check_days(period_from, period_to)
    is_spreadsheet = examined.file_type == FileType.XLSX
    found = tables.layouts(io.BytesIO(examined.content), is_spreadsheet=is_spreadsheet)
    stored = stored_files.receive(examined=examined, purpose=PURPOSE, by=by, now=now)
    unfinished = RegisterImport.objects.visible_to(by).filter(status__in=UNFINISHED)
    for each in unfinished.filter(uploaded_by_id=by.membership_id).select_for_update(no_key=True, of=("self",)):
        _put_aside(each, by, now)
    row = RegisterImport(
        organisation_id=by.organisation_id,
        stored_file=stored,
        is_spreadsheet=is_spreadsheet,
        assessment_id=assessment_id,
        title=title.strip(),
        period_from=period_from,
        period_to=period_to,
        layouts=[layout.as_plain() for layout in found],
        uploaded_at=now,
        uploaded_by_id=by.membership_id,
    )
    _take_layout(row, *(_remembered_place(found, by) or (found[0].sheet, found[0].heading_row)), by)
    row.save(force_insert=True)
    ledger.record("register_import.uploaded", actor=by, target=row, at=now, sha256=stored.sha256)
    return row


@transaction.atomic
def choose_headings(*, import_id: int, sheet: str, heading_row: int, by: Acting, now: datetime) -> RegisterImport:
    """Say in which sheet and row the headings stand. What they mean is guessed, or remembered from last time."""
    row = lock(import_id, by)
    _check_waiting(row)
    _take_layout(row, sheet, heading_row, by)
    if not row.headings:
        raise RuleBroken(_("Choose a row of headings from the file."))
    _forget_rows(row)
    row.status, row.problem, row.counts, row.understood, row.left_out = Status.UPLOADED, "", {}, [], []
    row.save(
        update_fields=[
            "sheet", "heading_row", "headings", "columns", "status", "problem", "counts", "understood", "left_out",
        ]
    )  # fmt: skip
    ledger.record("register_import.headings_chosen", actor=by, target=row, at=now)
    return row


@transaction.atomic
def choose_columns(
    *,
    import_id: int,
    chosen: Mapping[int, str],
    theme: str,
    source: str,
    when_there: str,
    by: Acting,
    now: datetime,
) -> RegisterImport:
    """Say what each column means, and have the file checked. May be done again until it is imported."""
    row = lock(import_id, by)
    _check_waiting(row)
    if row.stored_file.is_waiting:
        raise RuleBroken(_("The file is still being scanned for viruses. Try again in a moment."))
    if row.stored_file.status not in (FileStatus.CLEAN, FileStatus.NOT_SCANNED):
        raise RuleBroken(_("The virus scanner refused this file. Upload another."))
    fields = columns.check(chosen, row.headings)
    columns.check_theme(theme, now)
    row.columns = {str(at): name for at, name in fields.items()}
    row.theme, row.source, row.when_there = theme, Source(source), WhenThere(when_there)
    _remember(row, by, now)
    row.status, row.problem, row.counts = Status.CHECKING, "", {}
    row.job = jobs.queue("risk.check_register", by=by, now=now, import_id=row.pk)
    row.save(
        update_fields=["columns", "theme", "source", "when_there", "status", "problem", "counts", "job"],
    )
    ledger.record(
        "register_import.columns_chosen",
        actor=by,
        target=row,
        at=now,
        fields=sorted(fields.values()),
        if_there=when_there,
    )
    return row


@transaction.atomic
def confirm_register(
    *, import_id: int, leave_out_refused: bool = False, reason: str = "", by: Acting, now: datetime
) -> RegisterImport:
    """Have a checked file imported. Refused rows stand in the way unless they are left out on purpose.

    Raises RuleBroken where a score falls and no reason is given.
    """
    row = lock(import_id, by)
    if row.status != Status.CHECKED:
        raise RuleBroken(_("Check the file first. It may have been imported or put aside meanwhile."))
    if row.assessment is not None:
        check_draft(row.assessment)
    if row.counts["refused"] and not leave_out_refused:
        raise RuleBroken(_("Some rows are refused. Correct the file, or choose to leave those rows out."))
    if not row.counts["create"] + row.counts["join"] + row.counts["update"]:
        raise RuleBroken(_("This file changes nothing."))
    if row.counts["falls"] and not reason.strip():
        raise RuleBroken(_("Say why scores fall."))
    row.status, row.leave_out_refused, row.reason = Status.APPLYING, leave_out_refused, reason.strip()
    row.job = jobs.queue("risk.import_register", by=by, now=now, import_id=row.pk)
    row.save(update_fields=["status", "leave_out_refused", "reason", "job"])
    ledger.record("register_import.confirmed", actor=by, target=row, at=now, leave_out_refused=leave_out_refused)
    return row


@transaction.atomic
def take_back_import(*, import_id: int, by: Acting, now: datetime) -> None:
    """After an attempt to import that could not be finished: the file may be checked and confirmed again."""
    row = lock(import_id, by)
    if row.status == Status.APPLYING:
        row.status = Status.CHECKED
        row.save(update_fields=["status"])
        ledger.record("register_import.taken_back", actor=by, target=row, at=now)


@transaction.atomic
def put_aside(*, import_id: int, by: Acting, now: datetime) -> RegisterImport:
    """Put a file aside without importing it. Its rows and bytes go."""
    row = lock(import_id, by)
    if row.is_over or (row.status == Status.APPLYING and not row.is_stuck):
        raise RuleBroken(_("This file was imported already, or is being imported, or was put aside."))
    _put_aside(row, by, now)
    return row


@transaction.atomic
def put_aside_by_the_clock(*, import_id: int, system_purpose: str, now: datetime) -> bool:
    """The same where its time is up. Call it in the organisation's context. False where somebody was faster."""
    rows = RegisterImport.objects.filter(pk=import_id, status__in=UNFINISHED)
    row = rows.select_for_update(no_key=True, of=("self",)).first()
    if row is None:
        return False
    _abandon(row)
    stored_files.withdraw_by_the_clock(stored_file_id=row.stored_file_id, system_purpose=system_purpose, now=now)
    ledger.record("register_import.put_aside", actor=None, target=row, at=now, system_purpose=system_purpose)
    return True


def lock(import_id: int, by: Acting) -> RegisterImport:
    """The file, locked, if ``by`` may write the assessments it could go into."""
    permissions.check_can_edit(by)
    return (
        RegisterImport.objects.visible_to(by)
        .select_related("stored_file__bytes", "job", "assessment")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=import_id)
    )


def check_draft(assessment: Assessment) -> None:
    """Raise RuleBroken unless a file may go into this assessment: one that nobody is reading to approve it."""
    if assessment.status != workflow.Status.DRAFT:
        raise RuleBroken(
            _("This assessment is %(status)s. A register can be imported into a draft only.")
            % {"status": assessment.get_status_display().lower()}
        )


def forget(row: RegisterImport) -> list[str]:
    """Let go of all that came from the file. Returns the columns to save; the rows are gone at once."""
    _forget_rows(row)
    row.layouts, row.headings, row.columns, row.understood, row.left_out, row.sheet = [], [], {}, [], [], ""
    return ["layouts", "headings", "columns", "understood", "left_out", "sheet"]


def _forget_rows(row: RegisterImport) -> None:
    RegisterImportRow.objects.filter(organisation_id=row.organisation_id, register_import=row).delete()


def _abandon(row: RegisterImport) -> None:
    """Keep that there was a file, and nothing that was in it. The caller takes the file itself back."""
    row.status, row.problem, row.reason = Status.ABANDONED, "", ""
    row.save(update_fields=["status", "problem", "reason", *forget(row)])


def _put_aside(row: RegisterImport, by: Acting, now: datetime) -> None:
    _abandon(row)
    stored_files.withdraw(stored_file_id=row.stored_file_id, by=by, now=now)
    ledger.record("register_import.put_aside", actor=by, target=row, at=now)


def _check_waiting(row: RegisterImport) -> None:
    if row.status not in (Status.UPLOADED, Status.CHECKED, Status.FAILED) and not row.is_stuck:
        raise RuleBroken(_("This file is being worked on, or it is done."))


def _take_layout(row: RegisterImport, sheet: str, heading_row: int, by: Acting) -> None:
    """Headings as they stand in a row of a sheet, and what they mean as far as it is known."""
    layout = next((each for each in row.layouts if each["sheet"] == sheet), None)
    if layout is None:
        raise RuleBroken(_("Choose a sheet of the file."))
    texts = dict(layout["rows"])
    row.sheet, row.heading_row = sheet, heading_row
    row.headings = tables.headings_of(texts.get(heading_row, []), texts.get(heading_row - 1, []))
    known = RememberedColumns.objects.visible_to(by).filter(key=columns.key_of(row.headings)).first()
    row.columns = columns.offered(row.headings, known.columns if known else None)


def _remembered_place(layouts: Sequence[tables.Layout], by: Acting) -> tuple[str, int] | None:
    """The sheet and row whose headings somebody explained before, however little they say to others."""
    places: dict[str, tuple[str, int]] = {}
    for layout in layouts:
        above: tuple[int, list[str]] = (0, [])
        for number, texts in layout.rows:
            headings = tables.headings_of(texts, above[1] if above[0] == number - 1 else [])
            places.setdefault(columns.key_of(headings), (layout.sheet, number))
            above = (number, texts)
    known = RememberedColumns.objects.visible_to(by).filter(key__in=places).order_by("-saved_at").first()
    return places[known.key] if known else None


def _remember(row: RegisterImport, by: Acting, now: datetime) -> None:
    key, meant = columns.key_of(row.headings), columns.to_remember(row.headings, row.columns)
    RememberedColumns.objects.update_or_create(
        organisation_id=by.organisation_id,
        key=key,
        defaults={"columns": meant, "saved_at": now, "saved_by_id": by.membership_id},
    )
