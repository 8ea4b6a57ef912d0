"""A PDF that shows pages and does nothing else."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pikepdf

from foundation.files.checker.refused import Refused

MOST_OBJECTS = 300_000
DEEPEST = 60
WHITESPACE = b" \t\r\n\x00\x0c"
# Actions that run, load, send or hide something. Going to a page or to a web address is not among them.
REFUSED_ACTIONS = frozenset(
    {
        "/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/ResetForm", "/Rendition", "/Movie", "/Sound",
        "/GoToE", "/GoToR", "/RichMediaExecute", "/SetOCGState", "/GoTo3DView", "/Hide",
    }
)  # fmt: skip
HARMLESS_HERE = frozenset({"/SetOCGState", "/Hide"})
REFUSED_KEYS = frozenset({"/JS", "/XFA", "/RichMediaContent", "/RichMediaSettings", "/3DD", "/RichMedia"})
REFUSED_SUBTYPES = frozenset({"/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"})
ATTACHING_KEYS = frozenset({"/EmbeddedFiles", "/EF", "/AF"})
SAFE_LINK = re.compile(rb"\A\s*(https?|mailto|tel|ftp):|\A[^:]*\Z", re.IGNORECASE)
RAW_TRACES = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


def check(content: bytes, found: str) -> None:
    """Raise Refused unless it opens without a password and nothing in it can act or hide a file."""
    if found != "pdf":
        raise Refused("not_what_it_says")
    _refuse_hidden_data(content)
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise Refused("encrypted")
            if len(pdf.pages) == 0:
                raise Refused("damaged")
            _check_objects(pdf)
            repaired = bool(pdf.get_warnings())
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except pikepdf.PdfError:
        raise Refused("encrypted" if b"/Encrypt" in content[-4096:] else "damaged") from None
    if repaired:
        # Readers mend a damaged file each in their own way, and may come upon parts that this one did not.
        _refuse_traces(content)


def _refuse_hidden_data(content: bytes) -> None:
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise Refused("damaged")
    if content[end + 5 :].strip(WHITESPACE):
        raise Refused("hidden_data")
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused("hidden_data")


def _refuse_traces(content: bytes) -> None:
    plain = NAME_ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), content)
    trace = RAW_TRACES.search(plain)
    if trace:
        raise Refused("embedded_files" if trace[1] == b"EmbeddedFile" else "active_content")


def _check_objects(pdf: pikepdf.Pdf) -> None:
    if len(pdf.objects) > MOST_OBJECTS:
        raise Refused("too_many_parts")
    for found in pdf.objects:
        for dictionary in _dictionaries(found, 0):
            _check_dictionary(dictionary)


def _dictionaries(found: Any, depth: int) -> Iterator[pikepdf.Object]:
    """The object itself and what lies directly inside it; indirect objects get their own turn."""
    if depth > DEEPEST:
        raise Refused("too_many_parts")
    if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        yield found
        inside = [found.get(key) for key in found.keys()]  # noqa: SIM118 -- a stream's keys, not its bytes
    elif isinstance(found, pikepdf.Array):
        inside = list(found)
    else:
        return
    for each in inside:
        if isinstance(each, pikepdf.Dictionary | pikepdf.Array) and not each.is_indirect:
            yield from _dictionaries(each, depth + 1)


def _check_dictionary(dictionary: Any) -> None:
    keys = set(dictionary.keys())
    if keys & REFUSED_KEYS:
        raise Refused("active_content")
    if "/AF" in keys and not _list_of(dictionary.get("/AF")):
        keys.discard("/AF")
    if keys & ATTACHING_KEYS and not _empty_names(dictionary, keys):
        raise Refused("embedded_files")
    if str(dictionary.get("/Type", "")) == "/EmbeddedFile" or str(dictionary.get("/Subtype", "")) == "/FileAttachment":
        raise Refused("embedded_files")
    if str(dictionary.get("/Subtype", "")) in REFUSED_SUBTYPES and "/Rect" in keys:
        raise Refused("active_content")
    kind = dictionary.get("/S")
    if isinstance(kind, pikepdf.Name) and str(kind) in REFUSED_ACTIONS - HARMLESS_HERE:
        raise Refused("active_content")
    link = dictionary.get("/URI")
    if isinstance(link, pikepdf.String) and not SAFE_LINK.match(bytes(link)):
        raise Refused("active_content")


def _list_of(value: Any) -> list[Any]:
    return list(value) if isinstance(value, pikepdf.Array) else [value] if value is not None else []


def _empty_names(dictionary: Any, keys: set[str]) -> bool:
    """Some programs write an empty tree of attached files."""
    if keys & ATTACHING_KEYS != {"/EmbeddedFiles"}:
        return False
    tree = dictionary.get("/EmbeddedFiles")
    return isinstance(tree, pikepdf.Dictionary) and not _list_of(tree.get("/Names")) and "/Kids" not in tree
