"""Long registers as one PDF: parts rendered side by side, then put together."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

from foundation.documents.identity import Identity
from foundation.documents.pdf import check_rows, take_child, warm
from foundation.documents.process import ChildProcess, Limits, PdfCancelled, PdfTooLarge, never

ROWS_IN_A_PART = 1_000
MOST_PARTS = 100
SECONDS_BETWEEN_LOOKS = 0.2
# Putting together is the one step that grows with the whole document.
MERGE_LIMITS = Limits(seconds=120, megabytes=400)

Row = TypeVar("Row")


def no_progress(_done: int, _total: int) -> None:
    """The progress callback of work nobody watches."""


def in_parts(rows: Iterable[Row], size: int = ROWS_IN_A_PART) -> Iterator[list[Row]]:
    """The rows in lists of at most ``size``, without holding more than one list."""
    source = iter(rows)
    while part := list(islice(source, size)):
        yield part


def render_long(
    parts: Sequence[Callable[[], str]],
    *,
    title: str,
    lang: str,
    furniture: Callable[[int], str],
    identity: Identity | None = None,
    limits: Limits | None = None,
    at_once: int = 2,
    progress: Callable[[int, int], None] = no_progress,
    cancelled: Callable[[], bool] = never,
) -> bytes:
    """Make one tagged PDF of many parts, each a function that returns a finished HTML document.

    Parts are asked for one at a time, in order, in the calling thread, as is every callback, so they may use the
    database. ``limits`` hold for each part. ``furniture(pages)`` returns HTML of as many pages as the whole document
    has; it is laid over them outside the reading order and carries "page x of y". ``progress`` counts steps done:
    every part, and the putting together. Raises what ``pdf.render`` raises.
    """
    if not parts:
        raise ValueError("A document has at least one part")
    if len(parts) > MOST_PARTS:
        raise PdfTooLarge(f"The document has more than {MOST_PARTS} parts")
    steps = len(parts) + 1
    progress(0, steps)
    with _Crew(title, lang, identity, limits or Limits(), at_once) as crew:
        rendered = _rendered(parts, crew, at_once, progress, cancelled, steps)
        laid_over = crew.furniture(furniture(sum(pages for _, pages in rendered)), cancelled)
    warm()
    with ChildProcess("merge") as child:
        blobs = [laid_over, *(part for part, _ in rendered)]
        _, [pdf] = child.ask({"do": "merge"}, blobs, limits=MERGE_LIMITS, cancelled=cancelled)
    progress(steps, steps)
    return pdf


class _Crew:
    """As many children as work at once. A child makes several parts of one document, never of two documents."""

    def __init__(self, title: str, lang: str, identity: Identity | None, limits: Limits, at_once: int) -> None:
        self._request = {
            "do": "render",
            "title": title,
            "lang": lang,
            "identity": identity.properties() if identity else {},
        }
        self._limits = limits
        self._stop = threading.Event()
        self._children = [take_child()] + [ChildProcess("render") for _ in range(at_once - 1)]
        self._idle = list(self._children)
        self._pool = ThreadPoolExecutor(at_once)

    def __enter__(self) -> "_Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown()
        for child in self._children:
            child.end()

    def start(self, number: int, html: str) -> Future[tuple[bytes, int]]:
        return self._pool.submit(self._make, number, html)

    def furniture(self, html: str, cancelled: Callable[[], bool]) -> bytes:
        _, [pdf] = self._idle[0].ask({"do": "furniture"}, [html.encode()], limits=self._limits, cancelled=cancelled)
        return pdf

    def _make(self, number: int, html: str) -> tuple[bytes, int]:
        child = self._idle.pop()
        answer, [pdf] = child.ask(
            {**self._request, "part": number}, [html.encode()], limits=self._limits, cancelled=self._stop.is_set
        )
        self._idle.append(child)
        return pdf, answer["pages"]


def _rendered(
    parts: Sequence[Callable[[], str]],
    crew: _Crew,
    at_once: int,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
    steps: int,
) -> list[tuple[bytes, int]]:
    """Every part's PDF and number of pages, in order. HTML is made only when a child is about to need it."""
    results: dict[int, tuple[bytes, int]] = {}
    running: dict[Future[tuple[bytes, int]], int] = {}
    waiting = iter(enumerate(parts))
    last_look = time.monotonic()
    while len(results) < len(parts):
        for number, make in islice(waiting, at_once - len(running)):
            html = make()
            check_rows(html)
            running[crew.start(number, html)] = number
        finished, _ = wait(running, timeout=SECONDS_BETWEEN_LOOKS, return_when=FIRST_COMPLETED)
        for future in finished:
            results[running.pop(future)] = future.result()
            progress(len(results), steps)
        if time.monotonic() - last_look >= SECONDS_BETWEEN_LOOKS:
            last_look = time.monotonic()
            if cancelled():
                raise PdfCancelled("The work was cancelled")
    return [results[number] for number in range(len(parts))]
