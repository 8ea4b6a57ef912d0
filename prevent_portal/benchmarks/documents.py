"""P8 and P9: designed documents and long registers, against one plain pass of the PDF engine."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from statistics import median

from django.utils import timezone

from compliance import report_making, reports
from compliance.models import ComplianceReport
from foundation.core.acting import acting_as
from foundation.core.benchmarks import Measurement
from foundation.documents import layout
from foundation.documents.layout import RegisterColumn
from foundation.organisations.sectors import Sector
from prevent_portal.benchmarks import memory
from prevent_portal.benchmarks.files import DOCUMENT, NOW
from prevent_portal.benchmarks.ground import fill

ROWS = 10_000
ROUNDS = 5
MOST_SECONDS = 600
# The engine is loaded and has made something small before the clock runs, as it has in a child of ours.
PLAIN = """
import json, resource, sys, time, weasyprint
def make(html):
    weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")
html = open(sys.argv[1]).read()
make("<html lang=en><title>t</title><p>Warm")
began = time.perf_counter()
make(html)
seconds = time.perf_counter() - began
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def measure_report() -> Iterator[Measurement]:
    """P8: the compliance report as its job draws it, from its data, against the engine on the finished HTML."""
    acting = fill("Council of Everything", 0, Sector.values).acting  # asked what all sectors are asked
    with acting_as(acting):
        report = ComplianceReport(
            organisation=acting.organisation,
            reference="BNCH-0001",
            theme=None,
            as_at=timezone.localdate(NOW),
            marking="official",
            with_evidence=True,
            requested_at=NOW,
            requested_by=acting.membership,
        )
        content = reports.build_compliance(acting=acting, report=report, now=NOW)
    context = report_making.context(content)
    html = layout.html(report_making.TEMPLATE, content.document, context)
    ours, yardstick = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        layout.make_pdf(report_making.TEMPLATE, content.document, context)
        ours.append(time.perf_counter() - began)
        yardstick.append(_one_pass(html)[0])
    name = f"P8 compliance PDF, {len(content.lines)} requirements"
    yield Measurement(name, median(ours), median(yardstick), 1.15)


def measure_long_register() -> Iterator[Measurement]:
    """P9: 10,000 rows in parts side by side, against one pass over all of them. Each once: the pass takes minutes."""
    columns = [RegisterColumn(title, 16) for title in ("A", "B", "C", "D", "E", "F")]
    rows = [[f"Row {n}", "Some words of text", "2026-01-01", "Open", "A person", "Note"] for n in range(ROWS)]
    seconds: list[float] = []

    def in_parts() -> None:
        began = time.perf_counter()
        layout.make_register_pdf(DOCUMENT, columns, rows)
        seconds.append(time.perf_counter() - began)

    largest = memory.largest_child(in_parts)
    whole = {"columns": columns, "rows": rows, "is_first": True, "first_row": 1, "last_row": ROWS, "parts": 1}
    one_pass, megabytes = _one_pass(layout.html("documents/register.html", DOCUMENT, whole))
    yield Measurement(f"P9 register PDF, {ROWS:,} rows", seconds[0], one_pass, 0.6)
    yield Measurement("P9 largest process, against 400 MB", largest, 400.0, 1.0, unit="MB")
    yield Measurement("P9 largest process, against one pass", largest, megabytes, 1.0, unit="MB")


def _one_pass(html: str) -> tuple[float, float]:
    """Seconds and peak memory of one plain pass over a document."""
    with tempfile.NamedTemporaryFile("w", suffix=".html") as file:
        file.write(html)
        file.flush()
        done = subprocess.run(  # noqa: S603 -- our own interpreter and text
            [sys.executable, "-c", PLAIN, file.name], capture_output=True, check=True, timeout=MOST_SECONDS
        )
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes
