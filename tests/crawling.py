"""Follows every link of the portal as one person would, and reads what a person would read in each answer."""

import io
import re
import zipfile
from collections import deque
from collections.abc import Iterator
from html import unescape

from django.http import HttpResponseBase
from django.test import Client
from pypdf import PdfReader

LINK = re.compile(r'(?:href|action|data-progress)="([/?][^"#]*)')
LEFT_ALONE = ("/static/", "/accounts/sign-out/", "/demo/")
# The duty library is hundreds of pages that are the same for everybody: it is read last, and only so many of them.
LIBRARY = "/compliance/library/"
OF_THE_LIBRARY = 60


def crawl(client: Client, start: str = "/", limit: int = 2000) -> Iterator[tuple[str, int, bytes]]:
    """Address, status and words of every page that can be reached by GET, each once, breadth first.

    Sorts, filters, next pages and exports of a list are followed once from the list as it opens, not from each other.
    There are fewer than ``limit``: a crawl that stopped early would pass over what it is there to find.
    """
    seen, waiting = {start}, deque([start])
    library: deque[str] = deque()
    of_the_library = 0
    while waiting or library:
        address = waiting.popleft() if waiting else library.popleft()
        response = client.get(address)
        body = words_of(response)
        yield address, response.status_code, body
        found = [response.headers["Location"]] if response.status_code in {301, 302} else []
        if response.headers.get("Content-Type", "").startswith("text/html"):
            found += [unescape(link) for link in LINK.findall(body.decode())]
        for link in found:
            if link.startswith("?"):
                link = "" if "?" in address else address + link
            link = link.partition("?next=")[0]  # the same page, with another way back
            if not link.startswith("/") or link.startswith(LEFT_ALONE) or link in seen:
                continue
            if link.startswith(LIBRARY):
                of_the_library += 1
                if of_the_library > OF_THE_LIBRARY:
                    continue
            seen.add(link)
            assert len(seen) <= limit, f"more than {limit} pages, the last from {address}"
            (library if link.startswith(LIBRARY) else waiting).append(link)


def words_of(response: HttpResponseBase) -> bytes:
    """The body; of a PDF its text and what it says of itself, of a spreadsheet its parts, which are both compressed."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    if kind == "application/pdf":
        document = PdfReader(io.BytesIO(body))
        return " ".join([*(page.extract_text() for page in document.pages), str(document.metadata)]).encode()
    if "spreadsheetml" in kind:
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return b" ".join(book.read(name) for name in book.namelist())
    return body
