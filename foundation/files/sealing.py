"""Files encrypted in pieces, so that any length can be written and read, from the middle too, without being in clear.

One key seals one stream and is never used again, so each piece's number is its nonce; the last piece is marked, so that
a file cut short does not open. Every piece is bound to the place the file lives in.
"""

import io
import os
from typing import IO, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foundation.core.encryption import CannotDecrypt

PIECE = 64 * 1024
TAG = 16
MAGIC = b"SEALED1\n"


def new_key() -> bytes:
    """A key for one stream."""
    return AESGCM.generate_key(bit_length=256)


def sealed_size(size: int) -> int:
    """How long a stream of ``size`` bytes is once sealed."""
    return len(MAGIC) + size + _pieces(size) * TAG


def _pieces(size: int) -> int:
    return max(1, -(-size // PIECE))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class SealedWriter:
    """Seals what is written to it into ``raw``. Call ``finish`` once; what was not finished never opens."""

    def __init__(self, raw: IO[bytes], key: bytes, *, place: str) -> None:
        self._raw, self._cipher, self._place = raw, AESGCM(key), place.encode()
        self._waiting = bytearray()
        self._number = 0
        self.size = 0
        raw.write(MAGIC)

    def write(self, plain: bytes) -> None:
        self.size += len(plain)
        self._waiting += plain
        while len(self._waiting) > PIECE:  # one piece always stays behind: only the last may be marked as such
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]

    def finish(self) -> int:
        """Seal the last piece. Returns the number of bytes written in clear."""
        self._seal(bytes(self._waiting), is_last=True)
        self._waiting.clear()
        return self.size

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        self._raw.write(self._cipher.encrypt(_nonce(self._number, is_last), plain, self._place))
        self._number += 1


class _SealedReader(io.RawIOBase):
    def __init__(self, raw: IO[bytes], key: bytes, *, place: str, size: int) -> None:
        self._raw, self._cipher, self._place = raw, AESGCM(key), place.encode()
        self._size, self._position = size, 0
        if raw.seek(0, os.SEEK_END) != sealed_size(size) or raw.seek(0) != 0 or raw.read(len(MAGIC)) != MAGIC:
            raise CannotDecrypt("The file is not as long as it was, or was not written here.")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        if self._position >= self._size:
            return 0
        number, skip = divmod(self._position, PIECE)
        plain = self._piece(number)[skip : skip + len(buffer)]
        buffer[: len(plain)] = plain
        self._position += len(plain)
        return len(plain)

    def _piece(self, number: int) -> bytes:
        self._raw.seek(len(MAGIC) + number * (PIECE + TAG))
        sealed = self._raw.read(PIECE + TAG)
        try:
            return self._cipher.decrypt(_nonce(number, number == _pieces(self._size) - 1), sealed, self._place)
        except InvalidTag as error:
            raise CannotDecrypt("A part of the file is not what was written.") from error

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


def open_sealed(raw: IO[bytes], key: bytes, *, place: str, size: int) -> BinaryIO:
    """What was sealed, in clear: readable and seekable. Raises CannotDecrypt for anything changed, cut or moved.

    Closing it closes ``raw``.
    """
    return io.BufferedReader(_SealedReader(raw, key, place=place, size=size), PIECE)
