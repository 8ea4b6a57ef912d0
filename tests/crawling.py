"""Follows every link of the portal as one person would."""

import re
from collections import deque
from collections.abc import Iterator
from html import unescape

from django.test import Client

LINK = re.compile(r'(?:href|action|data-progress)="(/[^"#]*)')
LEFT_ALONE = ("/static/", "/accounts/sign-out/", "/demo/")


def crawl(client: Client, start: str = "/", limit: int = 600) -> Iterator[tuple[str, int, bytes]]:
    """Address, status and body of every page that can be reached by GET, each once, breadth first."""
    seen, waiting = {start}, deque([start])
    while waiting and len(seen) <= limit:
        address = waiting.popleft()
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        response.close()
        yield address, response.status_code, body
        found = [response.headers["Location"]] if response.status_code in {301, 302} else []
        if response.headers.get("Content-Type", "").startswith("text/html"):
            found += [unescape(link) for link in LINK.findall(body.decode())]
        for link in found:
            if link.startswith("/") and not link.startswith(LEFT_ALONE) and link not in seen:
                seen.add(link)
                waiting.append(link)
