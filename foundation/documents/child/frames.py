"""How parent and child talk: a length, a JSON header, then the blobs the header counts. No pickle, no files on disk."""

import json
import struct
from typing import Any, BinaryIO

LENGTH = struct.Struct(">I")


def pack(header: dict[str, Any], blobs: list[bytes]) -> list[bytes]:
    """The pieces of one message, in the order they are to be written."""
    encoded = json.dumps({**header, "sizes": [len(blob) for blob in blobs]}).encode()
    return [LENGTH.pack(len(encoded)), encoded, *blobs]


def read(stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    """The next message, or None when the other side has gone."""
    length = stream.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    header = json.loads(stream.read(LENGTH.unpack(length)[0]))
    return header, [stream.read(size) for size in header.pop("sizes")]


def whole(received: bytes | bytearray) -> int | None:
    """How long the message being received is in all, as soon as its header says so."""
    if len(received) < LENGTH.size:
        return None
    start = LENGTH.size + LENGTH.unpack_from(received)[0]
    if len(received) < start:
        return None
    return start + sum(json.loads(received[LENGTH.size : start])["sizes"])


def unpack(received: bytes | bytearray) -> tuple[dict[str, Any], list[bytes]]:
    """A whole message, as ``read`` would return it."""
    start = LENGTH.size + LENGTH.unpack_from(received)[0]
    header = json.loads(received[LENGTH.size : start])
    blobs = []
    for size in header.pop("sizes"):
        blobs.append(bytes(received[start : start + size]))
        start += size
    return header, blobs
