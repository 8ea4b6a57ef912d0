"""HTML to tagged PDF, inside the child process."""

import weasyprint
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from foundation.documents.child.refusals import Refused
from foundation.documents.child.tagging import Tagging, describe


class DenyEverything(URLFetcher):
    """A report carries all it needs. Anything it tries to load, from anywhere, stops it."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        # Any other exception would be swallowed and the report made without the file. The address may hold personal
        # data, so only its scheme is told.
        scheme = url.split(":", 1)[0][:20] if ":" in url else "relative"
        raise FatalURLFetchingError(f"A report tried to load something ({scheme})")


def pdf_from_html(html: str, *, title: str, lang: str, identity: dict[str, str], part: int) -> tuple[bytes, int]:
    """The PDF and its number of pages. ``part`` keeps names and numbers of the parts of one document apart."""
    try:
        return _rendered(html, title=title, lang=lang, identity=identity, part=part)
    except FatalURLFetchingError as error:
        raise Refused(str(error)) from None


def _rendered(html: str, *, title: str, lang: str, identity: dict[str, str], part: int) -> tuple[bytes, int]:
    document = weasyprint.HTML(string=html, url_fetcher=DenyEverything()).render(pdf_variant="pdf/ua-1")
    document.metadata.title = title
    document.metadata.lang = lang

    def finish(_document: weasyprint.Document, pdf: "weasyprint.pdf.pydyf.PDF") -> None:
        Tagging(pdf).complete(part=part)
        describe(pdf, identity)

    return document.write_pdf(finisher=finish, pdf_variant="pdf/ua-1"), len(document.pages)


def untagged_pages(html: str) -> bytes:
    """Page furniture for the merge: the caller marks it as an artifact, so it needs no tags."""
    return weasyprint.HTML(string=html, url_fetcher=DenyEverything()).write_pdf()
