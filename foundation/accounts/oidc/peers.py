"""Outbound calls to an identity provider: the addresses it published, https, five seconds, no redirects, 1 MB."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings

SECONDS = 5
LARGEST = 1_000_000
LOOPBACK = {"localhost", "127.0.0.1"}

_allowed: ContextVar[frozenset[str]] = ContextVar("allowed_peers", default=frozenset())


class NotAPeer(requests.RequestException):
    """Something asked for an address that the provider did not publish, or that is not safe to ask."""


@contextmanager
def only(*addresses: str) -> Iterator[None]:
    """Inside, exactly these addresses may be called."""
    token = _allowed.set(frozenset(addresses))
    try:
        yield
    finally:
        _allowed.reset(token)


def is_safe(address: str) -> bool:
    """https with a host and no credentials; plain http only to this machine, and only on the embedded services."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username or parts.password or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and settings.EMBEDDED and host in LOOPBACK)


class PeerSession(requests.Session):
    """A requests session that cannot be led astray."""

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override]
        if url not in _allowed.get() or not is_safe(url):
            raise NotAPeer(f"{urlsplit(url).hostname} is not an address of this provider")
        options |= {"timeout": SECONDS, "allow_redirects": False, "stream": True}
        began = time.monotonic()
        response = super().request(method, url, **options)
        body = b""
        for part in response.iter_content(65_536):
            body += part
            if len(body) > LARGEST or time.monotonic() - began > 2 * SECONDS:
                response.close()
                raise NotAPeer("The provider's answer is too long or too slow")
        response._content = body
        if response.is_redirect:
            raise NotAPeer("The provider sent us elsewhere")
        return response
