"""Asks a virus scanner. Whatever is not a clear answer counts as no answer: the file stays in quarantine.

The scanner is a ClamAV daemon (``PORTAL_CLAMD_URL``: ``unix:/run/clamav/clamd.ctl`` or ``tcp://scanner:3310``).
"""

import io
import socket
import zipfile
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

import clamd
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SECONDS = 25
# ClamAV's own names for what it could not look into, not for something it found.
NOT_LOOKED_AT = ("Heuristics.Limits.Exceeded", "PUA.Win.Limits", "Heuristics.PDF.TooManyFilters")
NOT_WANTED = ("Heuristics.Encrypted", "Heuristics.OLE2.ContainsMacros", "Heuristics.OOXML")
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
DEEPER_THAN_ANY_LIMIT = 40


class ScannerUnavailable(Exception):
    """The scanner did not say whether the file is harmful: down, too slow, over its limits, or not set up to tell."""


class Outcome(Enum):
    CLEAN = "clean"
    HARMFUL = "harmful"
    UNWANTED = "unwanted"


@dataclass(frozen=True)
class Verdict:
    """What a scanner said, and which scanner with which signatures. ``finding`` is the signature's name."""

    outcome: Outcome
    scanner: str
    signatures: str
    finding: str = ""


class Scanner(Protocol):
    """Looks at a file. Nothing else in the portal knows which product does it."""

    def scan(self, content: BinaryIO) -> Verdict:
        """Raises ScannerUnavailable unless the scanner looked at all of it and said so."""


def configured() -> Scanner | None:
    """The scanner of this installation, or None when it has none."""
    return ClamAV(settings.CLAMD_URL) if settings.CLAMD_URL else None


class ClamAV:
    """A ClamAV daemon. It must raise its alerts for limits and passwords, or OK would not mean that it looked."""

    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        self.url, self.seconds = url, seconds

    def scan(self, content: BinaryIO) -> Verdict:
        scanner, signatures = self._version()
        self._check_it_tells()
        found = self._ask(content)
        if found is None:
            return Verdict(Outcome.CLEAN, scanner, signatures)
        if found.startswith(NOT_LOOKED_AT):
            raise ScannerUnavailable(f"over the scanner's limits: {found}")
        outcome = Outcome.UNWANTED if found.startswith(NOT_WANTED) else Outcome.HARMFUL
        return Verdict(outcome, scanner, signatures, found[:120])

    def _version(self) -> tuple[str, str]:
        """Such as ``ClamAV 1.4.3`` and ``27451, Mon Nov 23 08:00:00 2026``."""
        try:
            answer = _connection(self.url, self.seconds).version()
        except (clamd.ClamdError, OSError) as error:
            raise ScannerUnavailable("down") from error
        name, _, rest = answer.partition("/")
        if not name.startswith("ClamAV"):
            raise ScannerUnavailable("not a ClamAV daemon")
        return name[:60], rest.replace("/", ", ")[:60] or "none"

    def _check_it_tells(self) -> None:
        """Three small tries before each file: a test virus, a password, a depth beyond any limit."""
        for probe, what in ((EICAR, "EICAR"), (_locked_zip(), "AlertEncrypted"), (_deep_zip(), "AlertExceedsMax")):
            if self._ask(io.BytesIO(probe)) is None:
                raise ScannerUnavailable(f"it does not tell: {what}")

    def _ask(self, content: BinaryIO) -> str | None:
        """The name of what was found, or None when the daemon said OK about all of it."""
        try:
            answer = _connection(self.url, self.seconds).instream(content)
        except (clamd.ClamdError, OSError, AttributeError, TypeError) as error:
            raise ScannerUnavailable(type(error).__name__) from error
        status, found = (answer or {}).get("stream", ("", None))
        if status == "OK":
            return None
        if status == "FOUND" and found:
            return str(found)
        raise ScannerUnavailable(f"no clear answer: {status or 'none'}")


class _WholeSends(socket.socket):
    """The client library ignores how much ``send`` sent; a part of a file must never pass for the file."""

    def send(self, data: bytes, flags: int = 0) -> int:  # type: ignore[override]
        self.sendall(data, flags)
        return len(data)


class _Network(clamd.ClamdNetworkSocket):
    def _init_socket(self) -> None:
        self.clamd_socket = _connected(socket.AF_INET, (self.host, self.port), self.timeout)


class _Unix(clamd.ClamdUnixSocket):
    def _init_socket(self) -> None:
        self.clamd_socket = _connected(socket.AF_UNIX, self.unix_socket, self.timeout)


def _connected(family: int, address: str | tuple[str, int], seconds: float) -> socket.socket:
    opened = _WholeSends(family, socket.SOCK_STREAM)
    opened.settimeout(seconds)  # before connecting, too
    try:
        opened.connect(address)
    except OSError:
        opened.close()
        raise
    return opened


def _connection(url: str, seconds: float) -> "_Network | _Unix":
    parts = urlsplit(url)
    if parts.scheme == "unix" and parts.path:
        return _Unix(parts.path, timeout=seconds)
    if parts.scheme == "tcp" and parts.hostname:
        return _Network(parts.hostname, parts.port or 3310, timeout=seconds)
    raise ImproperlyConfigured("PORTAL_CLAMD_URL: write unix:/path/to/clamd.ctl or tcp://host:port.")


def _locked_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("locked.txt", b"nothing to see here, twelve bytes and more")
    content = bytearray(made.getvalue())
    content[6] |= 1  # the flag "encrypted", in the part's own header and in the list of parts
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _deep_zip() -> bytes:
    content = b"the innermost file"
    for depth in range(DEEPER_THAN_ANY_LIMIT):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as package:
            package.writestr(f"{depth}.zip" if depth else "inner.txt", content)
        content = made.getvalue()
    return content
