"""Reads what a PDF says about itself, inside the child process: the file comes from a stranger."""

from io import BytesIO
from xml.etree.ElementTree import fromstring

import pikepdf

from foundation.documents.child.refusals import Refused
from foundation.documents.identity import PORTAL_NAMESPACE

LARGEST_PACKET = 1 << 20


def properties(pdf: bytes) -> dict[str, str]:
    """The portal's properties in the file's XMP; empty when it has none or cannot be read."""
    try:
        with pikepdf.open(BytesIO(pdf)) as opened:
            packet = opened.Root.Metadata.read_bytes()
    except pikepdf.DataDecodingError:
        # Memory that runs out while unpacking is reported like this too.
        raise Refused("The file's metadata cannot be unpacked") from None
    except (pikepdf.PdfError, AttributeError, KeyError, ValueError):
        return {}
    if len(packet) > LARGEST_PACKET or b"<!" in packet:  # no document types: they are how XML is made to explode
        return {}
    try:
        tree = fromstring(packet)  # noqa: S314 -- document types are refused above, and this process has its limits
    except SyntaxError:
        return {}
    prefix = f"{{{PORTAL_NAMESPACE}}}"
    return {
        element.tag.removeprefix(prefix): (element.text or "")[:200]
        for element in tree.iter()
        if isinstance(element.tag, str) and element.tag.startswith(prefix)
    }
