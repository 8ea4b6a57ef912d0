"""P6 and P7: exports of a long list, against the plainest way to write the same rows."""

import csv
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import xlsxwriter
from django.db import connections

from foundation.core.benchmarks import Measurement
from foundation.documents import xlsx
from foundation.documents.layout import DocumentContext
from prevent_portal.benchmarks import memory, serving
from prevent_portal.benchmarks.ground import Place, in_turns

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DOCUMENT = DocumentContext(
    title="Register", organisation="Large Council", marking="OFFICIAL", report_id="AAAA-BBBB", as_at=NOW,
    generated_at=NOW, version="1",
)  # fmt: skip
TITLES = ("A", "B", "C", "D", "E", "F", "G")


class Nowhere:
    """A file that keeps nothing, like a browser that saves as it receives."""

    def write(self, text: str) -> int:
        return len(text)


def measure(large: Place) -> Iterator[Measurement]:
    yield _csv(large)
    yield _xlsx()
    yield from _memory(large)


def _csv(large: Place) -> Measurement:
    client = large.client()

    def exported() -> None:
        for _chunk in client.get("/evidence/?export=csv"):
            pass

    def raw() -> None:
        writer = csv.writer(Nowhere())
        with connections["backup"].cursor() as cursor:
            cursor.execute(
                "SELECT title, reference, kind, effective_from, expires_on, owner_id, updated_at FROM bare_evidence"
                " WHERE organisation_id = %s ORDER BY title, id",
                [large.acting.organisation_id],
            )
            while rows := cursor.fetchmany(2_000):
                writer.writerows(rows)

    ours, yardstick = in_turns(exported, raw, rounds=5)
    return Measurement("P6 CSV of 100,000 rows", ours, yardstick, 2.0)


def _xlsx() -> Measurement:
    cells = [[f"Evidence {n}", f"R{n}", "note", "2026-01-01", "2027-01-01", "Lead", "Counts"] for n in range(50_000)]

    def workbook() -> None:
        with tempfile.TemporaryFile() as target:
            xlsx.write(target, document=DOCUMENT, columns=[xlsx.Column(title) for title in TITLES], rows=cells)

    def raw_workbook() -> None:
        with tempfile.TemporaryFile() as target, xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(cells):
                sheet.write_row(number, 0, row)

    ours, yardstick = in_turns(workbook, raw_workbook, rounds=5)
    return Measurement("P7 XLSX of 50,000 rows", ours, yardstick, 1.5)


def _memory(large: Place) -> Iterator[Measurement]:
    """What a web worker that has served the list needs on top, to send all of it."""
    with serving.web(serving.PORTAL, workers=1) as (port, master):
        serving.ask(port, serving.request_bytes(large, "/evidence/"))
        [pid] = memory.children(master)
        for name, kind in (("P6 memory while exporting CSV", "csv"), ("P7 memory while exporting XLSX", "xlsx")):
            grown = memory.growth_of(pid, partial(serving.ask, port, _export(large, kind)))
            yield Measurement(name, grown, 30.0, 1.0, unit="MB")


def _export(large: Place, kind: str) -> bytes:
    return serving.request_bytes(large, f"/evidence/?export={kind}")
