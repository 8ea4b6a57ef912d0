"""The two jobs of an import: reading a file to its end, and writing what was shown."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.files import actions as stored_files
from foundation.organisations.people_files.reading import CannotRead
from risk import queries, reference
from risk.actions import imports, keeping
from risk.actions.assessments import create_assessment
from risk.importing import applying, planning, tables
from risk.importing.fields import impact_first
from risk.importing.lines import Lines, lines
from risk.importing.understanding import Ground, Understood, understand
from risk.models import Assessment, Category, RegisterImport, RegisterImportRow, Risk
from risk.models.assessments import Template

Status = RegisterImport.Status
Progress = Callable[[int, int], None]
MOST_SAID = 200
EVERY = 50


@transaction.atomic
def check_register(*, import_id: int, by: Acting, now: datetime, progress: Progress | None = None) -> RegisterImport:
    """Read the whole file and find out what each row would do. Changes no risk. Done twice it gives the same."""
    row = imports.lock(import_id, by)
    if row.status not in (Status.CHECKING, Status.CHECKED):
        raise RuleBroken(_("This file does not wait to be checked."))
    fields = {int(at): name for at, name in row.columns.items()}
    try:
        with _content(row) as content:
            table = tables.read(
                content, is_spreadsheet=row.is_spreadsheet, sheet=row.sheet, heading_row=row.heading_row
            )
        found = lines(table, fields)
        if not found.risks:
            raise CannotRead(_("There is no risk below the headings. Choose another row of headings or another sheet."))
    except CannotRead as problem:
        row.status, row.problem = Status.FAILED, str(problem)[:300]
        row.save(update_fields=["status", "problem"])
        ledger.record("register_import.unreadable", actor=by, target=row, at=now)
        return row
    understood = _understand(found, _ground(row, now, by), progress)
    staged = [planning.Row(each.number, each.values, any(r.refuses for r in each.remarks)) for each in understood]
    planned = planning.plan(staged, row.when_there, _standing(staged, row, by, now))
    _keep(row, understood, planned)
    row.counts = planning.counts(planned) | _counted(table, found)
    row.understood, row.left_out = _said(understood), [[each.number, each.why, each.text] for each in found.left_out]
    row.status = Status.CHECKED
    row.save(update_fields=["status", "counts", "understood", "left_out"])
    ledger.record("register_import.checked", actor=by, target=row, at=now, **row.counts)
    return row


@transaction.atomic
def import_register(*, import_id: int, by: Acting, now: datetime) -> RegisterImport:
    """Do what the check promised, for all rows or none. Raises RuleBroken when something changed since the check."""
    row = imports.lock(import_id, by)
    if row.status == Status.APPLIED:
        return row
    if row.status != Status.APPLYING:
        raise RuleBroken(_("This file was not confirmed."))
    is_new = row.assessment_id is None
    assessment = _target(row, by, now)
    imports.check_draft(assessment)
    kept = list(RegisterImportRow.objects.visible_to(by).filter(register_import=row).order_by("number"))
    staged = [planning.Row(each.number, each.values, each.is_unfit) for each in kept]
    planned = planning.plan(staged, row.when_there, _standing(staged, row, by, now))
    if [each.standing for each in planned] != [each.standing for each in kept]:
        raise RuleBroken(_("The register or its people changed since the file was checked. Check it again."))
    done = applying.apply(staged, planned, _setting(row, assessment, by, now))
    _record(row, done, assessment, by, now)
    row.assessment = assessment
    row.status, row.applied_at, row.applied_by_id = Status.APPLIED, now, by.membership_id
    row.save(update_fields=["assessment", "status", "applied_at", "applied_by", *imports.forget(row)])
    stored_files.withdraw(stored_file_id=row.stored_file_id, by=by, now=now)
    facts: dict[str, Any] = {"assessment": assessment.reference, "new_assessment": is_new}
    ledger.record("register_import.applied", actor=by, target=row, at=now, **row.counts, **facts)
    return row


# ---- Understanding
def _content(row: RegisterImport) -> BinaryIO:
    stored = row.stored_file.bytes
    if stored is None:
        raise RuleBroken(_("The file is not there any more. Upload it again."))
    return stored.open()


def _ground(row: RegisterImport, now: datetime, by: Acting) -> Ground:
    today = timezone.localdate(now)
    turned = {name for at, name in row.columns.items() if impact_first(row.headings[int(at)])}
    settings = queries.settings_of(by)
    return Ground(
        matrix=row.assessment.scale if row.assessment else queries.matrix_of(settings),
        is_scored=_is_scored(row),
        themes=dict(reference.offered(Category.Kind.THEME, today)),
        ideologies=dict(reference.offered(Category.Kind.IDEOLOGY, today)),
        theme=row.theme,
        source=row.source,
        impact_first=frozenset(turned),
    )


def _is_scored(row: RegisterImport) -> bool:
    return row.assessment is None or row.assessment.template == Template.SCORED


def _understand(found: Lines, ground: Ground, progress: Progress | None) -> list[Understood]:
    done = []
    for number, line in enumerate(found.risks, start=1):
        done.append(understand(line, ground))
        if progress is not None and number % EVERY == 0:
            progress(number, len(found.risks))
    return done


def _standing(rows: list[planning.Row], row: RegisterImport, by: Acting, now: datetime) -> planning.Standing:
    return planning.standing(rows, row.assessment, is_scored=_is_scored(row), by=by, today=timezone.localdate(now))


def _keep(row: RegisterImport, understood: list[Understood], planned: list[planning.Planned]) -> None:
    rows = RegisterImportRow.objects.filter(organisation_id=row.organisation_id, register_import=row)
    rows.delete()
    RegisterImportRow.objects.bulk_create(
        (
            RegisterImportRow(
                organisation_id=row.organisation_id,
                register_import=row,
                number=each.number,
                values=each.values,
                is_unfit=any(remark.refuses for remark in each.remarks),
                remarks=[remark.as_plain() for remark in (*each.remarks, *plan.remarks)],
                outcome=plan.outcome,
                standing=plan.standing,
            )
            for each, plan in zip(understood, planned, strict=True)
        ),
        batch_size=500,
    )


def _said(understood: Iterable[Understood]) -> list[list[Any]]:
    """What was read otherwise than it stands, each once: field, read, taken for, how often, first row."""
    counted: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], int] = {}
    for each in understood:
        for said in each.read_as:
            counted[said] += 1
            first.setdefault(said, each.number)
    return [[*said, times, first[said]] for said, times in counted.most_common(MOST_SAID)]


def _counted(table: tables.Table, found: Lines) -> dict[str, int]:
    why = Counter(each.why for each in found.left_out)
    return {
        "rows": len(table.rows),
        "headings": why["heading"],
        "totals": why["total"],
        "notes": why["note"] + why["section"],
        "joined": sum(len(line.more) for line in found.risks),
        "filled_down": found.filled_down,
    }


# ---- Importing
def _target(row: RegisterImport, by: Acting, now: datetime) -> Assessment:
    if row.assessment_id is not None:
        return keeping.open_assessment(row.assessment_id, by)
    assert row.period_from is not None
    assert row.period_to is not None
    return create_assessment(
        title=row.title,
        template=Template.SCORED,
        period_from=row.period_from,
        period_to=row.period_to,
        marking=queries.settings_of(by).marking,
        by=by,
        now=now,
    )


def _setting(row: RegisterImport, assessment: Assessment, by: Acting, now: datetime) -> applying.Setting:
    return applying.Setting(
        assessment=assessment,
        theme=row.theme,
        source=row.source,
        review_every_months=queries.settings_of(by).review_every_months,
        is_scored=_is_scored(row),
        reason=row.reason,
        by=by,
        now=now,
    )


def _record(row: RegisterImport, done: applying.Applied, assessment: Assessment, by: Acting, now: datetime) -> None:
    facts = {"assessment": assessment.reference, "import": row.reference}
    same: dict[str, Any] = {"actor": by, "at": now, "model": Risk}
    ledger.record_many(
        "risk.added", targets=((each.risk_id, each.risk.reference, facts) for each in done.added), **same
    )
    ledger.record_many(
        "risk.changed_by_import",
        targets=((each.risk_id, each.risk.reference, {**facts, "fields": names}) for each, names in done.changed),
        **same,
    )
    notifications.notify_many(
        events=dict.fromkeys(sorted(done.owners - {by.membership_id}), row.reference),
        kind="risk.owns_imported",
        target=assessment,
        by=by,
        now=now,
    )
