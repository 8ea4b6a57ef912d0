"""Is this file what it says it is, and nothing more? Decided by its content, in a process of its own.

``examine`` is the only way to an ``Examined``, and only an ``Examined`` can be stored.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from foundation.files.examination.refusals import KINDS, SENTENCES, FileRefused
from foundation.files.examination.types import EVERYTHING, IMAGES, PDF_ONLY, SPREADSHEETS, Allowlist, FileType

__all__ = [
    "EVERYTHING",
    "IMAGES",
    "PDF_ONLY",
    "SPREADSHEETS",
    "Allowlist",
    "Examined",
    "FileRefused",
    "FileType",
    "examine",
]

PROJECT = Path(__file__).resolve().parents[3]
START = "import sys; sys.path.insert(0, sys.argv[1]); from foundation.files.checker.main import main; main()"
SECONDS = 30
LONGEST_NAME = 150
NAMES_OF_MACRO_FILES = frozenset({"docm", "xlsm", "pptm", "dotm", "xltm", "potm", "ppsm", "xlam", "ppam", "xlsb"})
NAMES_OF_OLD_OFFICE = frozenset({"doc", "xls", "ppt", "dot", "xlt", "pot", "pps", "rtf"})
NAMES_OF_WEB_PAGES = frozenset({"svg", "svgz", "html", "htm", "xhtml", "xht", "shtml", "mht", "mhtml", "xml"})
_MAKE = object()


@dataclass(frozen=True)
class Examined:
    """A file that passed. ``content`` is what may be stored: an image is redrawn, all else is as it came."""

    name: str
    file_type: FileType
    content: bytes
    sha256: str
    made_by_examine: object

    def __post_init__(self) -> None:
        if self.made_by_examine is not _MAKE:
            raise TypeError("Only examine() may say that a file was examined.")

    @property
    def size(self) -> int:
        return len(self.content)

    def __repr__(self) -> str:
        return f"Examined({self.file_type.value}, {self.size} bytes)"


def examine(stream: IO[bytes], name: str, allowlist: Allowlist) -> Examined:
    """Check name, size, type by content and structure. Raises FileRefused with a sentence for the person.

    Reads at most one byte more than the limit. Nothing of the file is written to disk.
    """
    name = clean_name(name)
    expected = _type_by_name(name, allowlist)
    stream.seek(0)
    content = stream.read(allowlist.max_bytes + 1)
    if not content:
        raise FileRefused("empty")
    if len(content) > allowlist.max_bytes:
        raise FileRefused("too_large", limit=allowlist.max_bytes // 1_000_000)
    cleaned = _ask_checker(content, expected, allowlist)
    return Examined(name, expected, cleaned, hashlib.sha256(cleaned).hexdigest(), _MAKE)


def clean_name(name: str) -> str:
    """The last part of a path, without what could mislead: control and direction marks, reserved characters, length."""
    name = PurePosixPath(name.replace("\\", "/")).name
    name = unicodedata.normalize("NFC", name)
    name = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    name = re.sub(r'[<>:"/|?*]', "_", name)
    name = re.sub(r"\s+", " ", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if dot and len(name) > LONGEST_NAME:
        return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension[:10]}"
    return name[:LONGEST_NAME]


def _type_by_name(name: str, allowlist: Allowlist) -> FileType:
    stem, _, extension = name.rpartition(".")
    extension = extension.lower()
    if not stem or not extension:
        raise FileRefused("no_extension")
    if extension in NAMES_OF_MACRO_FILES:
        raise FileRefused("macros")
    if extension in NAMES_OF_OLD_OFFICE:
        raise FileRefused("old_office")
    if extension in NAMES_OF_WEB_PAGES:
        raise FileRefused("svg")
    if extension not in allowlist.extensions:
        raise FileRefused("type_not_allowed", allowed=allowlist.in_words)
    return allowlist.extensions[extension]


def _ask_checker(content: bytes, expected: FileType, allowlist: Allowlist) -> bytes:
    """What the checking process makes of it. It has no environment, no settings, little memory and little time."""
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter and module, no words from outside
            [sys.executable, "-I", "-B", "-c", START, str(PROJECT), expected.value, str(allowlist.max_bytes)],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            cwd="/",
            env={"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "")},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FileRefused("took_too_long") from None
    verdict, _, cleaned = done.stdout.partition(b"\n")
    if done.returncode != 0 or not verdict:
        raise FileRefused("took_too_long")  # killed at its limit of memory or processor time
    answer = json.loads(verdict)
    if answer["verdict"] == "refused":
        code = answer["code"] if answer["code"] in SENTENCES else "damaged"
        raise FileRefused(code, said=expected.label, found=KINDS.get(answer["found"], KINDS["other"]))
    return cleaned if answer["verdict"] == "redrawn" else content
