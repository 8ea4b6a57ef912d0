"""What a file is by its first bytes, whatever its name says."""

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"MSCF", b"\x28\xb5\x2f\xfd")
PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xfe\xed\xfa",
    b"!<arch>",
    b"dex\n",
    b"\x00asm",
)
WEB_PAGES = (
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<body",
    b"<script",
    b"<iframe",
    b"<!--",
    b"<?php",
    b"<table",
    b"<meta",
)
TAR_MARK = slice(257, 262)


def looks_like(content: bytes) -> str:
    """One of the kinds in ``refusals.KINDS``."""
    start = content[:1024]
    for magic, kind in (
        (b"%PDF-", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff", "jpeg"),
        (b"GIF8", "gif"),
        (OLE2, "old_office"),
        (b"{\\rtf", "rtf"),
        (b"#!", "script"),
    ):
        if start.startswith(magic):
            return kind
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    if is_archive(content):
        return "archive"
    if is_program(content):
        return "program"
    return _markup(start)


def is_archive(content: bytes) -> bool:
    return content.startswith(ARCHIVES) or content[TAR_MARK] == b"ustar"


def is_program(content: bytes) -> bool:
    return content.startswith(PROGRAMS)


def _markup(start: bytes) -> str:
    text = start.removeprefix(b"\xef\xbb\xbf")
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = start.decode("utf-16", "replace").encode()
    text = text.lstrip().lower()
    if b"<svg" in text:
        return "svg"
    if text.startswith(WEB_PAGES):
        return "html"
    if text.startswith(b"<?xml"):
        return "html" if b"<html" in text else "xml"
    return "other"
