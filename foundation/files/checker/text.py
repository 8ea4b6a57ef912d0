"""Plain text: characters a person can read, in an encoding that says so."""

import csv
import re

from foundation.files.checker.refused import Refused

# Everything below a space but tab, line feed, form feed and carriage return.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f\ufffe\uffff]")
STARTS_A_PROGRAM = re.compile(r"\A\s*[=+\-@][\s=+\-@(]*([\w.]+\|.*!|(call|exec|register\.id)\()", re.IGNORECASE)
LONGEST_CELL = 100_000


def check(content: bytes, expected: str, found: str) -> None:
    if found in {"html", "svg"}:
        raise Refused("svg")
    if found != "other" and not (found == "xml" and expected == "txt"):
        raise Refused("not_what_it_says")
    words = _decoded(content)
    if CONTROL.search(words):
        raise Refused("not_text")
    if expected == "csv":
        _check_table(words)


def _decoded(content: bytes) -> str:
    has_utf_16_mark = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if has_utf_16_mark else ["utf-8-sig", "cp1252"]:  # Windows spreadsheets write the last
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("not_text")


def _check_table(words: str) -> None:
    csv.field_size_limit(LONGEST_CELL)
    first_line = words.split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    try:
        for row in csv.reader(words.splitlines(keepends=True), delimiter=delimiter):
            if any(STARTS_A_PROGRAM.match(cell) for cell in row):
                raise Refused("starts_programs")
    except csv.Error:
        raise Refused("damaged") from None
