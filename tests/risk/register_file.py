"""A file with a register and the steps it takes: uploaded, checked, confirmed, brought in."""

import csv
import io
from pathlib import Path

import openpyxl

from foundation.core.acting import acting_as
from foundation.files.examination import SPREADSHEETS, examine
from risk import actions
from risk.models import Entry, RegisterImportRow
from tests.conftest import NOW

REGISTERS = Path(__file__).parent / "registers"
HEADINGS = ["Ref", "Risk", "Likelihood", "Impact", "Existing controls", "Owner"]
ONLINE = ["N1", "Drawn in online", "3", "4", "Filter", ""]
TENSION = ["N2", "Tension after an event", "High", "2", "", ""]


def as_csv(rows, *, headings=HEADINGS):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode()


def as_xlsx(rows, *, headings=HEADINGS):
    book = openpyxl.Workbook()
    for row in [headings, *rows]:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def upload(by, to, content, name="register.csv"):
    examined = examine(io.BytesIO(content), name, SPREADSHEETS)
    with acting_as(by):
        return actions.upload_register(examined=examined, assessment_id=to and to.pk, by=by, now=NOW)


def check(by, row, *, when_there="stop", columns=None):
    fields = columns or {int(at): name for at, name in row.columns.items()}
    with acting_as(by):
        actions.choose_columns(
            import_id=row.pk,
            chosen=fields,
            theme="people",
            source="professional",
            when_there=when_there,
            by=by,
            now=NOW,
        )
        return actions.check_register(import_id=row.pk, by=by, now=NOW)


def confirm(by, row, **options):
    with acting_as(by):
        return actions.confirm_register(import_id=row.pk, by=by, now=NOW, **options)


def bring_in(by, row, **options):
    confirm(by, row, **options)
    with acting_as(by):
        return actions.import_register(import_id=row.pk, by=by, now=NOW)


def run(by, to, rows, *, when_there="stop", **options):
    return bring_in(by, check(by, upload(by, to, as_csv(rows)), when_there=when_there), **options)


def counted(row):
    names = ("create", "join", "update", "unchanged", "skipped", "refused", "falls")
    return {name: row.counts[name] for name in names if row.counts[name]}


def remarks(by, row):
    with acting_as(by):
        rows = RegisterImportRow.objects.visible_to(by).filter(register_import=row)
        return [(each.number, field, code) for each in rows for field, _read, code in each.remarks]


def entries(by, to):
    with acting_as(by):
        rows = Entry.objects.visible_to(by).filter(assessment=to).select_related("risk", "owner")
        return {entry.risk.code: entry for entry in rows.prefetch_related("controls")}
