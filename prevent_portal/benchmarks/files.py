"""P6 to P9: exports and documents."""

import csv
import io
import resource
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime

import xlsxwriter
from django.db import connections

from foundation.core.benchmarks import Measurement
from foundation.documents import layout, xlsx
from foundation.documents.layout import DocumentContext, RegisterColumn
from prevent_portal.benchmarks.ground import Place, in_turns

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DOCUMENT = DocumentContext(
    title="Register", organisation="Large Council", marking="OFFICIAL", report_id="AAAA-BBBB", as_at=NOW,
    generated_at=NOW, version="1",
)  # fmt: skip


def measure(large: Place) -> Iterator[Measurement]:
    """Exports of a long list against the plainest way to write the same rows."""
    client = large.client()

    def exported() -> None:
        for _chunk in client.get("/evidence/?export=csv"):
            pass

    def raw() -> None:
        writer = csv.writer(io.StringIO())
        with connections["backup"].cursor() as cursor:
            cursor.execute(
                "SELECT title, reference, kind, effective_from, expires_on, owner_id, updated_at FROM bare_evidence"
                " WHERE organisation_id = %s ORDER BY title, id",
                [large.acting.organisation_id],
            )
            while rows := cursor.fetchmany(2_000):
                writer.writerows(rows)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours, yardstick = in_turns(exported, raw, rounds=3)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    yield Measurement("P6 CSV of 100,000 rows", ours, yardstick, 2.0)
    yield Measurement("P6 memory while exporting", grown, 30.0, 1.0, unit="MB")

    cells = [[f"Evidence {n}", f"R{n}", "note", "2026-01-01", "2027-01-01", "Lead", "Counts"] for n in range(50_000)]

    def workbook() -> None:
        with tempfile.TemporaryFile() as target:
            columns = [xlsx.Column(title) for title in ("A", "B", "C", "D", "E", "F", "G")]
            xlsx.write(target, document=DOCUMENT, columns=columns, rows=cells)

    def raw_workbook() -> None:
        with tempfile.TemporaryFile() as target, xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(cells):
                sheet.write_row(number, 0, row)

    ours, yardstick = in_turns(workbook, raw_workbook, rounds=3)
    yield Measurement("P7 XLSX of 50,000 rows", ours, yardstick, 1.5)


def measure_long_register() -> Iterator[Measurement]:
    """P9: 10,000 rows in parts side by side, against a tenth of them in one pass, ten times over."""
    columns = [RegisterColumn(title, 16) for title in ("A", "B", "C", "D", "E", "F")]
    rows = [[f"Row {n}", "Some words of text", "2026-01-01", "Open", "A person", "Note"] for n in range(10_000)]

    def in_parts() -> None:
        layout.make_register_pdf(DOCUMENT, columns, rows)

    def one_pass_of_a_fifth() -> None:
        layout.make_register_pdf(DOCUMENT, columns, rows[:2_000], rows_in_a_part=2_000)

    ours, fifth = in_turns(in_parts, one_pass_of_a_fifth, rounds=1)
    yield Measurement("P9 register PDF, 10,000 rows", ours, fifth * 5, 0.6)
