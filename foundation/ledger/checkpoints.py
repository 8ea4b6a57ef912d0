"""Checkpoints: signed notes, outside the database, of how far the chain had come and what its last hash was.

Whoever can rewrite the database can rewrite the whole chain, cut its end off or put an old copy in its place; none of
that changes these files. They are JSON lines, one file a month, only ever appended to. Each line holds the SHA-256 of
the line before it, so that the signature of the last line vouches for all of them. The folder belongs on another disk
or machine than the database, or is copied there; ``verify_audit --checkpoints`` reads such a copy.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.utils import timezone

TAIL = 65_536  # bytes: many times the length of a line


class CheckpointError(Exception):
    """A line is not what was written. ``place`` names the file and the line."""

    def __init__(self, place: str) -> None:
        super().__init__(f"The checkpoint at {place} is not what was written there.")
        self.place = place


@dataclass(frozen=True)
class Checkpoint:
    """The chain had ``sequence`` seals and ended in ``hash``, at that time.

    With ``restored_from``, an operator accepted that the database had gone back from that sequence.
    """

    sequence: int
    hash: bytes
    at: datetime
    restored_from: int | None = None


def append(*, sequence: int, hash: bytes, restored_from: int | None = None) -> Checkpoint:
    """Sign and add a line; it is on the disk when this returns. Raises OSError when it cannot be written."""
    folder = Path(settings.CHECKPOINT_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = timezone.now()
    path = folder / f"checkpoints-{now.astimezone(UTC):%Y-%m}.jsonl"
    before = _last_line(folder)
    note: dict[str, Any] = {
        "at": now.astimezone(UTC).isoformat(),
        "hash": hash.hex(),
        "previous": sha256(before[1]).hexdigest() if before else "",
        "sequence": sequence,
    }
    if restored_from is not None:
        note["restored_from"] = restored_from
    note["signature"] = base64.b64encode(_private_key().sign(_signed_part(note))).decode()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        length = file.seek(0, os.SEEK_END)
        torn = length > 0 and os.pread(file.fileno(), 1, length - 1) != b"\n"
        file.write((b"\n" if torn else b"") + json.dumps(note, sort_keys=True).encode() + b"\n")
        os.fsync(file.fileno())
    folder_descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(folder_descriptor)
    finally:
        os.close(folder_descriptor)
    return _read(note)


def latest() -> Checkpoint | None:
    """The last checkpoint, its signature checked; None when there is none. Raises CheckpointError."""
    found = _last_line(Path(settings.CHECKPOINT_DIR))
    if found is None:
        return None
    place, line = found
    note = json.loads(line)
    if not _is_signed(note, public_key()):
        raise CheckpointError(place)
    return _read(note)


def read_all(folder: Path | None = None, key: Ed25519PublicKey | None = None) -> Iterator[Checkpoint]:
    """The checkpoints that still count, by rising sequence, in constant memory.

    Raises CheckpointError for the first bad line; nothing is yielded before the last signature has been checked.
    """
    folder = folder or Path(settings.CHECKPOINT_DIR)
    restores = _check(folder, key or public_key())
    for number, note in _notes(folder):
        checkpoint = _read(note)
        if all(checkpoint.sequence <= sequence for at, sequence in restores if at > number):
            yield checkpoint


def public_key() -> Ed25519PublicKey:
    return _private_key().public_key()


def public_key_text() -> str:
    """The public key as people copy it: 44 characters of base64. Note it somewhere else than on this machine."""
    raw = public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def public_key_from(text: str) -> Ed25519PublicKey:
    """Raises ValueError when the text is not a public key."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def _check(folder: Path, key: Ed25519PublicKey) -> list[tuple[int, int]]:
    """Check that the lines follow each other and the last is signed. Returns number and sequence of each restore."""
    previous, last, restores = "", None, []
    for number, note, line, place in _lines(folder):
        if note.get("previous") != previous:
            raise CheckpointError(_first_unsigned(folder, key) or place)
        previous, last = sha256(line).hexdigest(), (note, place)
        if "restored_from" in note:
            restores.append((number, int(note["sequence"])))
    if last and not _is_signed(last[0], key):
        raise CheckpointError(_first_unsigned(folder, key) or last[1])
    return restores


def _first_unsigned(folder: Path, key: Ed25519PublicKey) -> str:
    return next((place for _, note, _, place in _lines(folder) if not _is_signed(note, key)), "")


def _notes(folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, note, _, _ in _lines(folder):
        yield number, note


def _lines(folder: Path) -> Iterator[tuple[int, dict[str, Any], bytes, str]]:
    """Every whole line. A line torn by a power failure is passed over: the next one does not count it either."""
    number = 0
    for path in sorted(folder.glob("checkpoints-*.jsonl")):
        with path.open("rb") as file:
            for in_file, raw in enumerate(file, 1):
                line = raw.rstrip(b"\n")
                note = _parse(line)
                if note is not None:
                    number += 1
                    yield number, note, line, f"{path.name}, line {in_file}"


def _last_line(folder: Path) -> tuple[str, bytes] | None:
    for path in sorted(folder.glob("checkpoints-*.jsonl"), reverse=True):
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL))
            for line in reversed(file.read().split(b"\n")):
                if _parse(line) is not None:
                    return f"{path.name}, last line", line
    return None


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        note = json.loads(line)
        _read(note)
    except (ValueError, KeyError, TypeError):
        return None
    return note


def _read(note: dict[str, Any]) -> Checkpoint:
    restored_from = note.get("restored_from")
    return Checkpoint(
        sequence=int(note["sequence"]),
        hash=bytes.fromhex(note["hash"]),
        at=datetime.fromisoformat(note["at"]),
        restored_from=None if restored_from is None else int(restored_from),
    )


def _signed_part(note: dict[str, Any]) -> bytes:
    unsigned = {name: value for name, value in note.items() if name != "signature"}
    return json.dumps(unsigned, sort_keys=True, separators=(",", ":")).encode()


def _is_signed(note: dict[str, Any], key: Ed25519PublicKey) -> bool:
    try:
        key.verify(base64.b64decode(note["signature"]), _signed_part(note))
    except (InvalidSignature, KeyError, ValueError, TypeError):
        return False
    return True


def _private_key() -> Ed25519PrivateKey:
    """The key in ``settings.CHECKPOINT_KEY_FILE``, made at first use. Only its owner may read the file."""
    path = Path(settings.CHECKPOINT_KEY_FILE)
    try:
        pem = path.read_bytes()
    except FileNotFoundError:
        pem = _make_key(path)
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, Ed25519PrivateKey), f"{path} does not hold an Ed25519 key"
    return key


def _make_key(path: Path) -> bytes:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # two processes at once: the first one's key stands
        except FileExistsError:
            return path.read_bytes()
    finally:
        temporary.unlink()
    return pem
