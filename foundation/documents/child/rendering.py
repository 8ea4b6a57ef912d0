"""HTML to tagged PDF, inside the child process."""

import logging

import pydyf  # type: ignore[import-untyped]
import weasyprint
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from foundation.documents.child.refusals import Refused
from foundation.documents.child.tagging import Tagging, describe


class DenyEverything(URLFetcher):
    """A report carries all it needs. Anything it tries to load, from anywhere, stops it."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=())
        self.refused: str | None = None

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        # The address may hold personal data, so only its scheme is told. Any other exception would be swallowed and
        # the report made without the file; inside a drawing even this one is, so the refusal is remembered too.
        scheme = url.split(":", 1)[0][:20] if ":" in url else "relative"
        self.refused = f"A report tried to load something ({scheme})"
        raise FatalURLFetchingError(self.refused)


class _LostDrawings(logging.Handler):
    """The engine leaves out a drawing it cannot draw and only says so in its log; the report would be wrong."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        if "SVG" in str(record.msg):  # the format string, without the document's words
            self.count += 1


def pdf_from_html(html: str, *, title: str, lang: str, identity: dict[str, str], part: int) -> tuple[bytes, int]:
    """The PDF and its number of pages. ``part`` keeps names and numbers of the parts of one document apart."""
    fetcher, lost = DenyEverything(), _LostDrawings()
    _listen(lost)

    def finish(laid_out: weasyprint.Document, pdf: pydyf.PDF) -> None:
        Tagging(pdf).complete(laid_out, part=part)
        describe(pdf, identity)

    try:
        document = weasyprint.HTML(string=html, url_fetcher=fetcher).render(pdf_variant="pdf/ua-1")
        document.metadata.title = title
        document.metadata.lang = lang
        pdf = document.write_pdf(finisher=finish, pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as error:
        raise Refused(str(error)) from None
    if fetcher.refused:
        raise Refused(fetcher.refused)
    if lost.count:
        raise Refused("A drawing could not be drawn")
    return pdf, len(document.pages)


def untagged_pages(html: str) -> bytes:
    """Page furniture for the merge: it is laid over as an artifact, so it needs no tags."""
    return weasyprint.HTML(string=html, url_fetcher=DenyEverything()).write_pdf()


def _listen(handler: logging.Handler) -> None:
    """What the engine says goes to ``handler`` alone: its log quotes the document."""
    weasyprint.LOGGER.handlers[:] = [handler]
    weasyprint.LOGGER.propagate = False
