"""What every designed document shares: its cover, its running lines, its look."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import translation

from foundation.documents import long_pdf, pdf
from foundation.documents.chapters import Part
from foundation.documents.identity import Identity
from foundation.documents.process import Limits, never

LONDON = ZoneInfo("Europe/London")
# Two children work side by side, and neither may need more than the merge after them.
LIMITS_OF_A_PART = Limits(seconds=60, megabytes=400)


@dataclass(frozen=True)
class DocumentContext:
    """What a document says about itself on its cover and on every page. ``lang`` is en-GB or cy.

    ``period`` is what it tells of, in words such as "1 April 2026 to 25 November 2026"; empty for a single moment.
    ``is_draft`` is said on every page.
    """

    title: str
    organisation: str
    marking: str
    report_id: str
    as_at: datetime
    generated_at: datetime
    version: str
    lang: str = "en-GB"
    subtitle: str = ""
    period: str = ""
    is_draft: bool = False

    def identity(self) -> Identity:
        """The same facts for the PDF's metadata."""
        return Identity(
            report_id=self.report_id,
            as_at=self.as_at.isoformat(),
            generated_at=self.generated_at.isoformat(),
            marking=self.marking,
            version=self.version,
        )

    @property
    def as_at_in_london(self) -> datetime:
        return self.as_at.astimezone(LONDON)

    @property
    def generated_at_in_london(self) -> datetime:
        return self.generated_at.astimezone(LONDON)


@dataclass(frozen=True)
class RegisterColumn:
    """One column of a printed register; ``share`` is its part of the page's width, in per cent."""

    title: str
    share: int


def html(template: str, document: DocumentContext, context: Mapping[str, Any]) -> str:
    """A finished HTML document from a template that extends ``documents/base.html``, in the document's language."""
    with translation.override(document.lang):
        return render_to_string(template, {**context, "document": document})


def make_pdf(
    template: str,
    document: DocumentContext,
    context: Mapping[str, Any],
    *,
    limits: Limits | None = None,
    cancelled: Callable[[], bool] = never,
) -> bytes:
    """A tagged PDF from a template that extends ``documents/base.html``. Raises what ``pdf.render`` raises."""
    return pdf.render(
        html(template, document, context),
        title=f"{document.title} – {document.organisation}",
        lang=document.lang,
        identity=document.identity(),
        limits=limits,
        cancelled=cancelled,
    )


def make_pdf_in_parts(
    document: DocumentContext,
    parts: Sequence[Part],
    *,
    progress: Callable[[int, int], None] = long_pdf.no_progress,
    cancelled: Callable[[], bool] = never,
) -> bytes:
    """A tagged PDF of a designed document, made in parts side by side: of one alone, as ``make_pdf`` makes it.

    Chapters are numbered through all parts. Raises what ``pdf.render`` raises.
    """
    if len(parts) == 1:
        return make_pdf(parts[0].template, document, parts[0].context, cancelled=cancelled)
    chapters = 0

    def part(number: int) -> str:
        nonlocal chapters
        place = {"is_part": True, "is_first": number == 0, "chapters_before": chapters}
        made = html(parts[number].template, document, {**parts[number].context, **place})
        chapters += made.count("<h2")
        return made

    return _render_long(document, [partial(part, number) for number in range(len(parts))], progress, cancelled)


def make_register_pdf(
    document: DocumentContext,
    columns: Sequence[RegisterColumn],
    rows: Iterable[Sequence[str]],
    *,
    introduction: str = "",
    progress: Callable[[int, int], None] = long_pdf.no_progress,
    cancelled: Callable[[], bool] = never,
    rows_in_a_part: int = long_pdf.ROWS_IN_A_PART,
) -> bytes:
    """A tagged PDF of a long table, made in parts side by side. The first cell of each row is its header.

    ``rows`` is read to the end before the first part is made, because progress needs to know how many parts there are.
    """
    chunks = list(long_pdf.in_parts(rows, rows_in_a_part)) or [[]]

    def part(number: int) -> Callable[[], str]:
        first = number * rows_in_a_part + 1
        context = {
            "columns": columns,
            "rows": chunks[number],
            "introduction": introduction,
            "is_first": number == 0,
            "first_row": first,
            "last_row": first + len(chunks[number]) - 1,
            "parts": len(chunks),
        }
        return lambda: html("documents/register.html", document, context)

    return _render_long(document, [part(number) for number in range(len(chunks))], progress, cancelled)


def _render_long(
    document: DocumentContext,
    parts: Sequence[Callable[[], str]],
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> bytes:
    def furniture(pages: int) -> str:
        return html("documents/page_numbers.html", document, {"numbers": range(1, pages + 1), "pages": pages})

    return long_pdf.render_long(
        parts,
        title=f"{document.title} – {document.organisation}",
        lang=document.lang,
        furniture=furniture,
        identity=document.identity(),
        limits=LIMITS_OF_A_PART,
        progress=progress,
        cancelled=cancelled,
    )
