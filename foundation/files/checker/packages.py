"""A ZIP package that is only a document: every part listed once, readable, of sane size, with nothing beside it."""

import io
import struct
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from foundation.files.checker import sniffing
from foundation.files.checker.refused import Refused

MOST_ENTRIES = 3_000
MOST_UNPACKED = 300 << 20
HIGHEST_RATIO = 200
RATIO_MATTERS_FROM = 4 << 20
ENCRYPTED_FLAG = 0x1
LOCAL_HEADER = struct.Struct("<4s5H3I2H")
END_RECORD = b"PK\x05\x06"
END_LENGTH = 22


class Package:
    """An opened package. Its construction already refused what no document has."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError):
            raise Refused("damaged") from None
        self.entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        self.names = {entry.filename for entry in self.entries}
        self._check_entries()
        self._check_layout()

    def _check_entries(self) -> None:
        listed = self._zip.infolist()
        if len(listed) > MOST_ENTRIES:
            raise Refused("too_many_parts")
        if len({entry.filename.lower() for entry in listed}) != len(listed):
            raise Refused("damaged")
        for entry in listed:
            name = entry.orig_filename
            if entry.flag_bits & ENCRYPTED_FLAG:
                raise Refused("encrypted")
            if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise Refused("damaged")
            if name.startswith("/") or "\\" in name or "\x00" in name or ":" in name or ".." in name.split("/"):
                raise Refused("damaged")
            if (entry.external_attr >> 28) == 0xA:  # a symbolic link
                raise Refused("damaged")
        unpacked = sum(entry.file_size for entry in listed)
        if unpacked > MOST_UNPACKED:
            raise Refused("bomb")
        if unpacked > RATIO_MATTERS_FROM and unpacked > HIGHEST_RATIO * len(self._content):
            raise Refused("bomb")

    def _check_layout(self) -> None:
        """Nothing before the first part or after the list of parts, and no part inside another."""
        if self._content[-END_LENGTH : -END_LENGTH + 4] != END_RECORD or not self._content.startswith(b"PK\x03\x04"):
            raise Refused("hidden_data")
        placed = sorted(self._zip.infolist(), key=lambda entry: entry.header_offset)
        if not placed or placed[0].header_offset != 0:
            raise Refused("hidden_data")
        ends_at = 0
        for entry in placed:
            if entry.header_offset < ends_at:
                raise Refused("bomb")
            header = self._content[entry.header_offset : entry.header_offset + LOCAL_HEADER.size]
            if len(header) < LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
                raise Refused("damaged")
            *_, name_length, extra_length = LOCAL_HEADER.unpack(header)
            ends_at = entry.header_offset + LOCAL_HEADER.size + name_length + extra_length + entry.compress_size
        if ends_at > self._zip.start_dir:
            raise Refused("bomb")

    def read(self, name: str) -> bytes:
        """A part, whole. Its length and checksum agree with the list of parts."""
        try:
            return self._zip.read(name)
        except KeyError:
            raise Refused("damaged") from None
        except (zipfile.BadZipFile, EOFError, ValueError, OSError):
            raise Refused("damaged") from None
        except RuntimeError:
            raise Refused("encrypted") from None

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Every part with its bytes, having refused archives, programs and documents inside the document."""
        for entry in self.entries:
            content = self.read(entry.filename)
            if content.startswith((b"PK\x03\x04", b"PK\x05\x06")) or sniffing.is_archive(content):
                raise Refused("nested_archive")
            if content.startswith((sniffing.OLE2, b"%PDF-")):
                raise Refused("embedded_files")
            if content.startswith((b"MZ", b"\x7fELF")):
                raise Refused("nested_archive")
            yield entry.filename, content


class Markup:
    """Walks XML without ever following a document type or an entity."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.StartElementHandler = self.start
        self._parser.EndElementHandler = self.end
        self._parser.CharacterDataHandler = self.text

    def walk(self, content: bytes) -> None:
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError:
            raise Refused("damaged") from None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins. ``name`` is ``namespace local`` or ``local``."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, words: str) -> None:
        """Text between elements."""

    def _refuse(self, *_: object) -> None:
        raise Refused("damaged")


def local(name: str) -> str:
    return name.rpartition(" ")[2]
