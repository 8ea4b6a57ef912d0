"""A list as a file: CSV streams at once, XLSX is written to disk first. Each needs fresh proof and is in the ledger."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting, acting_as
from foundation.core.exceptions import ProofNeeded
from foundation.core.lists import ListPage
from foundation.core.markings import Marking
from foundation.documents import csv_export, xlsx
from foundation.documents.layout import DocumentContext

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class ReportFacts:
    """Which report the rows are the data of: they stand at the head of the file."""

    report_id: str
    as_at: datetime
    period: str


def export_list(page: ListPage, *, format: str, title: str, acting: Acting, now: datetime) -> HttpResponseBase:
    """The whole list as filtered and sorted, as ``csv`` or ``xlsx``. Any other format is a 404. Raises ProofNeeded."""
    return export_rows(
        page.header_row(), page.export_rows, name=page.listing.name, format=format, title=title, acting=acting, now=now
    )


def export_rows(
    headers: Sequence[str],
    rows: Callable[[], Iterable[Sequence[Any]]],
    *,
    name: str,
    format: str,
    title: str,
    acting: Acting,
    now: datetime,
    marking: Marking = Marking.OFFICIAL,
    of_report: ReportFacts | None = None,
) -> HttpResponseBase:
    """Rows as a file named after the list and the day; ``rows`` is called in a context of its own while it streams.

    Raises ProofNeeded unless the person proved who they are within ten minutes: no list is taken out without it.
    """
    if format not in {"csv", "xlsx"}:
        raise Http404
    if not acting.recently_strong(now):
        raise ProofNeeded
    ledger.record("list.exported", actor=acting, at=now, list=name, format=format)
    filename = f"{slugify(name)}-{timezone.localdate(now):%Y-%m-%d}.{format}"
    document = DocumentContext(
        title=title,
        organisation=acting.organisation.name,
        marking=str(Marking(marking).label),
        report_id=of_report.report_id if of_report else "",
        as_at=of_report.as_at if of_report else now,
        generated_at=now,
        version="1",
        period=of_report.period if of_report else "",
    )
    if format == "csv":
        heading = _heading(document) if of_report else []
        response = StreamingHttpResponse(
            _stream(acting, headers, rows, heading), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
        return response
    target = tempfile.TemporaryFile(prefix="portal-export-")  # noqa: SIM115 -- FileResponse closes it
    xlsx.write(target, document=document, columns=[xlsx.Column(header) for header in headers], rows=rows())
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=filename, content_type=XLSX_TYPE)


def _heading(document: DocumentContext) -> list[tuple[str, str | date]]:
    return [
        (_("Title"), document.title),
        (_("Organisation"), document.organisation),
        (_("Marking"), document.marking),
        (_("Report ID"), document.report_id),
        (_("Period"), document.period),
        (_("As at"), timezone.localdate(document.as_at)),
    ]


def _stream(
    acting: Acting,
    headers: Sequence[str],
    rows: Callable[[], Iterable[Sequence[Any]]],
    heading: Sequence[tuple[str, str | date]],
) -> Iterator[bytes]:
    """The request's transaction is over when the body is read, so the body opens one of its own."""
    with acting_as(acting):
        yield from csv_export.stream(headers, rows(), heading=heading)
