"""Reads what a PDF or a workbook says about itself, inside the child process: the file comes from a stranger."""

import zipfile
import zlib
from io import BytesIO
from xml.etree.ElementTree import Element, fromstring

import pikepdf

from foundation.documents.child.refusals import Refused
from foundation.documents.identity import PORTAL_NAMESPACE

LARGEST_PACKET = 1 << 20
LONGEST = 200
# What the portal writes into a workbook beside its sheets, and what Excel and LibreOffice keep when they save it again.
PROPERTIES_OF_WORKBOOK = "docProps/core.xml"
KEYWORDS = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}keywords"


def properties(upload: bytes) -> dict[str, str]:
    """What the file claims; empty when it claims nothing or cannot be read."""
    return _of_workbook(upload) if upload.startswith(b"PK") else _of_pdf(upload)


def _of_pdf(pdf: bytes) -> dict[str, str]:
    """The portal's properties in the file's XMP."""
    try:
        with pikepdf.open(BytesIO(pdf)) as opened:
            packet = opened.Root.Metadata.read_bytes()
    except pikepdf.DataDecodingError:
        # Memory that runs out while unpacking is reported like this too.
        raise Refused("The file's metadata cannot be unpacked") from None
    except (pikepdf.PdfError, AttributeError, KeyError, ValueError):
        return {}
    tree = _tree(packet)
    if tree is None:
        return {}
    prefix = f"{{{PORTAL_NAMESPACE}}}"
    return {
        element.tag.removeprefix(prefix): (element.text or "")[:LONGEST]
        for element in tree.iter()
        if isinstance(element.tag, str) and element.tag.startswith(prefix)
    }


def _of_workbook(workbook: bytes) -> dict[str, str]:
    """The report id among its keywords. Nothing else is unpacked: no sheet, no formula."""
    try:
        with zipfile.ZipFile(BytesIO(workbook)) as opened, opened.open(PROPERTIES_OF_WORKBOOK) as packed:
            packet = packed.read(LARGEST_PACKET + 1)  # whatever size the file claims for it
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        return {}
    tree = _tree(packet)
    keywords = tree.findtext(KEYWORDS) if tree is not None else None
    return {"ReportId": keywords[:LONGEST]} if keywords else {}


def _tree(packet: bytes) -> Element | None:
    """The packet as XML without document types, which are how XML is made to explode. None where it is none."""
    if len(packet) > LARGEST_PACKET or b"<!" in packet or b"\0" in packet:  # a null: an encoding that could hide one
        return None
    try:
        return fromstring(packet)  # noqa: S314 -- document types are refused above, and this process has its limits
    except (SyntaxError, ValueError):
        return None
