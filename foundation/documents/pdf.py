"""HTML to tagged PDF (PDF/UA-1) in a process of its own."""

import atexit
import threading
from collections.abc import Callable

from foundation.documents.identity import Identity
from foundation.documents.process import (
    ChildProcess,
    Limits,
    PdfCancelled,
    PdfFailed,
    PdfTooLarge,
    PdfTooSlow,
    never,
)

__all__ = [
    "Limits",
    "PdfCancelled",
    "PdfFailed",
    "PdfTooLarge",
    "PdfTooSlow",
    "forget_spare",
    "render",
    "take_child",
    "warm",
]

# The engine takes time and memory by the table row; a longer register is made of parts (see long_pdf).
MOST_ROWS = 2_500

_spare: ChildProcess | None = None
_lock = threading.Lock()


def render(
    html: str,
    *,
    title: str,
    lang: str,
    identity: Identity | None = None,
    limits: Limits | None = None,
    cancelled: Callable[[], bool] = never,
) -> bytes:
    """Make a tagged PDF of one finished HTML document.

    Nothing is loaded from anywhere: charts and logo are inline. ``cancelled`` is asked several times a second. Raises
    PdfTooLarge, PdfTooSlow, PdfCancelled or PdfFailed; the calling process is unharmed by any document.
    """
    check_rows(html)
    request = {
        "do": "render",
        "title": title,
        "lang": lang,
        "identity": identity.properties() if identity else {},
        "part": 0,
    }
    with take_child() as child:
        warm()  # the engine of the next document loads while this one is made
        _, [pdf] = child.ask(request, [html.encode()], limits=limits or Limits(), cancelled=cancelled)
        return pdf


def check_rows(html: str) -> None:
    """Refuse a table longer than one document may hold, before any time is spent on it."""
    if html.count("<tr") > MOST_ROWS:
        raise PdfTooLarge(f"The document has more than {MOST_ROWS} table rows")


def warm() -> None:
    """Start a child ahead of need, so that the next report does not wait for the engine to load."""
    global _spare
    with _lock:
        if _spare is None or not _spare.usable():
            if _spare is not None:
                _spare.end()
            _spare = ChildProcess("render")


def take_child() -> ChildProcess:
    """The child started ahead, or a new one. It makes one document and ends: nothing of it meets the next."""
    global _spare
    with _lock:
        child, _spare = _spare, None
    if child is not None and child.usable():
        return child
    if child is not None:
        child.end()
    return ChildProcess("render")


def forget_spare() -> None:
    """End the child started ahead, if there is one."""
    global _spare
    with _lock:
        child, _spare = _spare, None
    if child is not None:
        child.end()


atexit.register(forget_spare)
