"""A QR code as a drawing, the same for page and PDF."""

from xml.etree.ElementTree import SubElement

import segno
from django.utils.safestring import SafeString

from foundation.documents import drawing

QUIET = 4  # modules of white around it, as the standard asks


def draw(text: str, *, title: str, description: str, drawing_id: str) -> SafeString:
    """The code of a short text, black on white, with its name and description for those who cannot scan it."""
    rows = [bytes(row) for row in segno.make(text, error="m").matrix_iter(border=QUIET)]
    size = len(rows)
    svg = drawing.canvas(size, size, title=title, description=description, chart_id=drawing_id)
    drawing.box(svg, 0, 0, size, size, fill="#ffffff")
    SubElement(svg, "path", {"d": "".join(_lines(rows)), "fill": "#000000"})
    return drawing.markup(svg)


def _lines(rows: list[bytes]) -> list[str]:
    """A box for each run of dark modules in a row."""
    found = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = 1
            while x + run < len(row) and row[x + run] == row[x]:
                run += 1
            if row[x]:
                found.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run
    return found
