"""Reports that jobs make. How one stands is never kept: it follows from its document and from its job."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, CharField, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.core.exceptions import RuleBroken
from foundation.core.lists import Column, Listing
from foundation.core.markings import Marking
from foundation.documents import layout, xlsx
from foundation.documents.chapters import Part
from foundation.documents.pdf import PdfCancelled
from foundation.documents.process import PdfTooLarge, PdfTooSlow
from foundation.jobs.exceptions import JobCancelled
from foundation.jobs.workflow import Status as JobStatus

if TYPE_CHECKING:
    from foundation.jobs.context import JobContext


class ReportStatus(models.TextChoices):
    REQUESTED = "requested", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


REPORT_COLOUR = {
    ReportStatus.REQUESTED: "blue",
    ReportStatus.READY: "green",
    ReportStatus.FAILED: "red",
    ReportStatus.CANCELLED: "grey",
}
# With its document a report is ready, whatever became of the job. Without it, the job says how it stands.
WITHOUT_DOCUMENT: dict[JobStatus, ReportStatus] = {
    JobStatus.QUEUED: ReportStatus.REQUESTED,
    JobStatus.DELAYED: ReportStatus.REQUESTED,
    JobStatus.RUNNING: ReportStatus.REQUESTED,
    JobStatus.DONE: ReportStatus.FAILED,
    JobStatus.FAILED: ReportStatus.FAILED,
    JobStatus.CANCELLED: ReportStatus.CANCELLED,
}
WITHOUT_DOCUMENT_AND_JOB = ReportStatus.FAILED  # jobs long over may be cleared away
ROWS_BETWEEN_LOOKS = 500  # how many rows of a spreadsheet are written before the job looks whether it is still wanted
MAY_BE_MADE_AGAIN = frozenset({ReportStatus.FAILED, ReportStatus.CANCELLED})


def state() -> Case:
    """How a row with ``file`` and ``job`` stands, to annotate. It costs no further query."""
    by_job = [When(job__status=job, then=Value(found)) for job, found in WITHOUT_DOCUMENT.items()]
    return Case(
        When(file__isnull=False, then=Value(ReportStatus.READY)),
        *by_job,
        default=Value(WITHOUT_DOCUMENT_AND_JOB),
        output_field=CharField(),
    )


def check_may_be_made_again(standing: str) -> None:
    """Raise RuleBroken unless a report in this state may be asked for once more. Certificates stand as reports do."""
    if ReportStatus(standing) not in MAY_BE_MADE_AGAIN:
        raise RuleBroken(
            gettext("This document is %(current)s, so it cannot be made again.")
            % {"current": ReportStatus(standing).label.lower()}
        )


class TooLongForPdf(RuleBroken):
    """More than one PDF holds. The text can be shown, and says what to choose instead."""


def check_length(count: int, most: int, refused: str | Promise) -> None:
    """Raise TooLongForPdf with ``refused`` for more rows than a PDF holds. It may use %(count)s and %(most)s."""
    if count > most:
        raise TooLongForPdf(str(refused) % {"count": f"{count:,}", "most": f"{most:,}"})


def check_marking(marking: str, least: str) -> None:
    """Raise RuleBroken for a report marked below what it tells of."""
    order = list(Marking)
    if order.index(Marking(marking)) < order.index(Marking(least)):
        raise RuleBroken(
            gettext("Select %(least)s: the report tells what has that marking.") % {"least": Marking(least).label}
        )


def shown(report: Any) -> dict[str, Any]:
    """What the page of a report shows of how it stands. Read it with ``state``."""
    standing = ReportStatus(report.state)
    return {
        "report": report,
        "colour": REPORT_COLOUR[standing],
        "is_ready": standing == ReportStatus.READY,
        "has_failed": standing == ReportStatus.FAILED,
        "can_try_again": standing in MAY_BE_MADE_AGAIN,
    }


def listing(name: str, *, search: tuple[str, ...], search_label: str | Promise) -> Listing:
    """The list of a room's reports, newest first (reports/index.html). Each has ``subject``, what it is of."""
    return Listing(
        name=name,
        columns=(
            Column("reference", _("Report"), lambda report: report.reference, sort="reference"),
            Column("of", _("Of"), lambda report: report.subject),
            Column("kind", _("Version"), lambda report: report.get_kind_display(), sort="kind"),
            Column("marking", _("Marking"), lambda report: report.get_marking_display()),
            Column("requested", _("Asked for"), lambda report: report.requested_at, sort="requested_at"),
            Column("by", _("By"), lambda report: report.requested_by.name, sort="requested_by__name"),
            Column("status", _("Status"), lambda report: report.state_label, sort="state"),
        ),
        default_sort="-requested",
        search=("reference", "requested_by__name", *search),
        search_label=search_label,
    )


def draw(job: "JobContext", template: str, document: layout.DocumentContext, context: Mapping[str, Any]) -> bytes:
    """The PDF of a job's report. A cancelled job stops here; what is too much for one document says so."""
    return _drawn(job, partial(layout.make_pdf, template, document, context))


def draw_parts(job: "JobContext", document: layout.DocumentContext, parts: Sequence[Part]) -> bytes:
    """The PDF of a job's report that may be long, as ``draw`` makes other ones. Progress counts its parts.

    The handler declares the message "drawing". Once this returns, ``len(parts) + 1`` of ``len(parts) + 2`` is done.
    """

    def progress(done: int, total: int) -> None:
        job.progress(done, total + 1, "drawing")

    return _drawn(job, partial(layout.make_pdf_in_parts, document, parts, progress=progress))


def draw_register(
    job: "JobContext",
    document: layout.DocumentContext,
    columns: Sequence[layout.RegisterColumn],
    rows: Iterable[Sequence[str]],
    *,
    introduction: str,
) -> bytes:
    """The PDF of a job's long table, as ``draw`` makes other ones."""
    return _drawn(job, partial(layout.make_register_pdf, document, columns, rows, introduction=introduction))


def _drawn(job: "JobContext", make: Callable[..., bytes]) -> bytes:
    def cancelled() -> bool:
        try:
            job.check_cancelled()
        except JobCancelled:
            return True
        return False

    try:
        return make(cancelled=cancelled)
    except PdfCancelled:
        raise JobCancelled from None
    except (PdfTooLarge, PdfTooSlow) as error:
        raise RuleBroken(str(error)) from error


def write_spreadsheet(job: "JobContext", document: layout.DocumentContext, sheet: xlsx.Sheet) -> bytes:
    """The spreadsheet of a job's report, written while its rows are read. A cancelled job stops here.

    Call it in a step: reading and writing take turns, so the transaction never idles and memory does not grow with the
    number of rows, but for the packed file itself.
    """

    def rows() -> Iterator[Any]:
        for number, row in enumerate(sheet.rows):
            if number % ROWS_BETWEEN_LOOKS == 0:
                job.check_cancelled()
            yield row

    with tempfile.TemporaryFile(prefix="portal-report-") as target:
        try:
            xlsx.write_sheet(target, document=document, sheet=replace(sheet, rows=rows()))
        except xlsx.TooManyRows as error:
            raise RuleBroken(str(error)) from error
        target.seek(0)
        return target.read()


def download_label(*, is_spreadsheet: bool) -> str:
    """What the button says that hands a finished report out."""
    return gettext("Download the spreadsheet") if is_spreadsheet else gettext("Download the PDF")
