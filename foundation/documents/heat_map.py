"""Likelihood against impact, as a drawing: how many stand in each cell, and what moved since last time.

Pure functions in the manner of ``charts``: the same input gives the same markup.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from xml.etree.ElementTree import Element, SubElement

from foundation.documents import drawing
from foundation.documents.charts import WIDTH, Chart, Figure
from foundation.documents.drawing import INK, INK_SOFT, Category, Shade

LEFT, TOP, ROW, UNDER = 128.0, 8.0, 58.0, 58.0
Cell = tuple[int, int]


@dataclass(frozen=True)
class Move:
    """Something that went from one cell to another. Cells count from 1: likelihood, impact."""

    label: str
    before: Cell
    after: Cell


def heat_map(
    likelihood: Sequence[str],
    impact: Sequence[str],
    *,
    shades: Mapping[Cell, Shade],
    counts: Mapping[Cell, int],
    moves: Sequence[Move],
    bands: Sequence[Category],
    caption: str,
    told: str,
    chart_id: str,
    axes: tuple[str, str],
    headers: tuple[str, ...],
    rows: tuple[tuple[Figure, ...], ...],
) -> Chart:
    """Likelihood upwards, impact to the right, an arrow for each move. ``headers`` and ``rows`` are its table."""
    wide = (WIDTH - LEFT) / len(impact)
    bottom = TOP + ROW * len(likelihood)
    svg = drawing.canvas(WIDTH, bottom + UNDER + 24, title=caption, description=told, chart_id=chart_id)
    for row, label in enumerate(likelihood, start=1):
        y = bottom - ROW * row
        _words(svg, LEFT - 10, y + ROW / 2, f"{row} {label}", width=LEFT - 14, anchor="end")
        for column in range(1, len(impact) + 1):
            x = LEFT + wide * (column - 1)
            shade = shades[(row, column)]
            drawing.shaded(svg, x, y, wide, ROW, shade)
            drawing.text(svg, x + 6, y + 14, str(row * column), size=10.5, fill=shade.text)
    for column, label in enumerate(impact, start=1):
        _words(svg, LEFT + wide * (column - 0.5), bottom + 16, f"{column} {label}", width=wide - 4, anchor="middle")
    drawing.text(svg, 0, TOP + 12, axes[0], size=11.5, bold=True)
    drawing.text(svg, 0, bottom + 20, axes[1], size=11.5, bold=True)
    for move in moves:
        _arrow(svg, _middle(move.before, wide, bottom), _middle(move.after, wide, bottom))
    for cell, count in counts.items():
        if count:
            _plate(svg, _middle(cell, wide, bottom), str(count))
    drawing.legend(svg, LEFT, bottom + 46, WIDTH - LEFT, bands)
    return Chart(drawing.markup(svg), caption, headers, rows, holds_words=True)


def _middle(cell: Cell, wide: float, bottom: float) -> tuple[float, float]:
    return LEFT + wide * (cell[1] - 0.5), bottom - ROW * (cell[0] - 0.5)


def _words(svg: Element, x: float, y: float, words: str, *, width: float, anchor: str) -> None:
    lines = drawing.broken(words, width=width, size=11)
    for number, line in enumerate(lines):
        drawing.text(svg, x, y + 4 + (number - (len(lines) - 1) / 2) * 13, line, size=11, anchor=anchor)


def _plate(svg: Element, at: tuple[float, float], words: str) -> None:
    """A white disc keeps the figure readable on every pattern."""
    circle = {"cx": drawing.number(at[0]), "cy": drawing.number(at[1]), "r": "15"}
    SubElement(svg, "circle", {**circle, "fill": "#ffffff", "stroke": INK, "stroke-width": "1.5"})
    drawing.text(svg, at[0], at[1] + 5, words, size=14, anchor="middle", bold=True)


def _arrow(svg: Element, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From the edge of one disc to the edge of the other, with a white rim so that it is seen on every shade."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    if not length:
        return
    dx, dy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    x1, y1 = start[0] + dx * 6, start[1] + dy * 6
    x2, y2 = end[0] - dx * 24, end[1] - dy * 24
    drawing.line(svg, x1, y1, x2, y2, stroke="#ffffff", stroke_width="5")
    drawing.line(svg, x1, y1, x2, y2, stroke=INK, stroke_width="2")
    SubElement(
        svg,
        "circle",
        {"cx": drawing.number(x1), "cy": drawing.number(y1), "r": "3", "fill": INK_SOFT, "stroke": "#ffffff"},
    )
    tip = (end[0] - dx * 16, end[1] - dy * 16)
    corners = (tip, (x2 - dy * 6, y2 + dx * 6), (x2 + dy * 6, y2 - dx * 6))
    SubElement(
        svg,
        "polygon",
        {
            "points": " ".join(f"{drawing.number(x)},{drawing.number(y)}" for x, y in corners),
            "fill": INK,
            "stroke": "#ffffff",
            "stroke-width": "1",
        },
    )
