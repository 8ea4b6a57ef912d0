"""Charts drawn on the server, the same for page and PDF, each with its figures as a table beside it.

Pure functions: the same input gives the same markup. No style attributes and no scripts (the pages' security policy
forbids both). ``chart_id`` must be unique on the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from foundation.documents import drawing
from foundation.documents.drawing import INK_SOFT, LINE, Category, Shade

__all__ = ["Category", "Chart", "Shade", "Trend", "proportion", "sparkline", "stacked_bars", "trend"]

WIDTH = 680.0
Figure = str | int


@dataclass(frozen=True)
class Chart:
    """A drawing, and the same figures as a table for those who cannot see it or want them exactly.

    ``holds_words``: the table tells in words and days, which begin at the left; figures end at the right.
    """

    svg: SafeString
    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Figure, ...], ...]
    holds_words: bool = False

    @property
    def body(self) -> SafeString:
        """The rows of the table for a page. In one piece: a table may have hundreds of cells."""
        cell = _WORDS if self.holds_words else _FIGURE
        rows = (
            format_html("{}{}", format_html(_HEAD, head), format_html_join("", cell, ((each,) for each in cells)))
            for head, *cells in self.rows
        )
        return format_html_join("\n", '<tr class="govuk-table__row">{}</tr>', ((row,) for row in rows))


_HEAD = '<th scope="row" class="govuk-table__header">{}</th>'
_WORDS = '<td class="govuk-table__cell">{}</td>'
_FIGURE = '<td class="govuk-table__cell govuk-table__cell--numeric">{}</td>'


@dataclass(frozen=True)
class Trend:
    """One line over time. None is a gap: nothing was measured."""

    label: str
    values: Sequence[int | None]
    shade: Shade = Shade.BEST


def stacked_bars(
    bars: Sequence[tuple[str, Sequence[int]]],
    categories: Sequence[Category],
    *,
    caption: str,
    chart_id: str,
    label_header: str,
) -> Chart:
    """One horizontal bar for each label, all of the same full length, cut by the share of each category."""
    label_width, row_height, bar_height, top = 210.0, 38.0, 22.0, 6.0
    height = top + row_height * len(bars) + 30 + _legend_height(categories)
    svg = drawing.canvas(WIDTH, height, title=caption, description=_told(bars, categories), chart_id=chart_id)
    for position, (label, counts) in enumerate(bars):
        y = top + position * row_height
        lines = drawing.broken(label, width=label_width - 14, size=11.5)
        for number, words in enumerate(lines):
            drawing.text(svg, 0, y + bar_height / 2 + 4 + (number - (len(lines) - 1) / 2) * 14, words, size=11.5)
        _bar(svg, label_width, y, WIDTH - label_width - 34, bar_height, counts, categories)
        drawing.text(svg, WIDTH, y + bar_height / 2 + 4, str(sum(counts)), size=11.5, fill=INK_SOFT, anchor="end")
    drawing.legend(svg, label_width, top + row_height * len(bars) + 8, WIDTH - label_width, categories)
    return Chart(drawing.markup(svg), caption, *_table(bars, categories, label_header))


def proportion(
    counts: Sequence[int], categories: Sequence[Category], *, caption: str, chart_id: str, label_header: str
) -> Chart:
    """A single bar: how a whole is made up."""
    bars = [(caption, counts)]
    svg = drawing.canvas(
        WIDTH, 62 + _legend_height(categories), title=caption, description=_told(bars, categories), chart_id=chart_id
    )
    _bar(svg, 0, 4, WIDTH, 40, counts, categories, size=15)
    drawing.legend(svg, 0, 56, WIDTH, categories)
    total = sum(counts)
    rows = tuple(
        (category.label, count, _share(count, total)) for category, count in zip(categories, counts, strict=True)
    )
    return Chart(drawing.markup(svg), caption, (label_header, gettext("Number"), gettext("Share")), rows)


def trend(periods: Sequence[str], lines: Sequence[Trend], *, caption: str, chart_id: str, period_header: str) -> Chart:
    """Lines over time, each with its own marker and its name at its end."""
    left, right, top, bottom = 40.0, 140.0, 12.0, 30.0
    height = 240.0
    known = [value for one in lines for value in one.values if value is not None]
    ceiling = _round_ceiling(max(known, default=0))
    wide, tall = WIDTH - left - right, height - top - bottom
    told = "; ".join(
        f"{one.label}: "
        + ", ".join(f"{period} {value}" for period, value in zip(periods, one.values, strict=True) if value is not None)
        for one in lines
    )
    svg = drawing.canvas(WIDTH, height, title=caption, description=told, chart_id=chart_id)
    for step in range(5):
        y = top + tall * step / 4
        drawing.line(svg, left, y, left + wide, y, stroke=LINE, stroke_width="0.8")
        drawing.text(svg, left - 8, y + 4, _tick(ceiling * (4 - step) / 4), size=10.5, fill=INK_SOFT, anchor="end")

    def x_of(index: int) -> float:
        return left + (wide * index / (len(periods) - 1) if len(periods) > 1 else wide / 2)

    every = max(1, -(-len(periods) // 8))
    for index, period in enumerate(periods):
        if index % every == 0:
            drawing.text(svg, x_of(index), height - 8, period, size=10.5, fill=INK_SOFT, anchor="middle")
    ends: list[float] = []
    for number, one in enumerate(lines):
        points = [
            (x_of(index), top + tall * (1 - value / ceiling)) if value is not None else None
            for index, value in enumerate(one.values)
        ]
        for run in _runs(points):
            SubElement(
                svg,
                "polyline",
                {
                    "points": " ".join(f"{drawing.number(x)},{drawing.number(y)}" for x, y in run),
                    "fill": "none",
                    "stroke": one.shade.edge,
                    "stroke-width": "2.4",
                    "stroke-dasharray": ("none", "7 4", "2 3", "9 3 2 3")[number % 4],
                },
            )
            for x, y in run:
                _marker(svg, x, y, number, one.shade.edge)
        last = next((point for point in reversed(points) if point), None)
        if last:
            y = last[1]
            away = 14 if y < top + tall / 2 else -14  # towards the middle, so that no name leaves the drawing
            while any(abs(y - taken) < abs(away) for taken in ends):
                y += away
            ends.append(y)
            words = drawing.broken(one.label, width=right - 16, size=11.5, lines=1)
            drawing.text(svg, last[0] + 12, y + 4, words[0] if words else "", size=11.5)
    rows = tuple(
        (period, *("–" if one.values[index] is None else one.values[index] or 0 for one in lines))
        for index, period in enumerate(periods)
    )
    return Chart(drawing.markup(svg), caption, (period_header, *(one.label for one in lines)), rows)


def sparkline(values: Sequence[int], *, label: str, chart_id: str) -> SafeString:
    """A small line for a table cell. ``label`` says in words what it shows; the figures stand beside it."""
    width, height = 96.0, 24.0
    svg = drawing.canvas(
        width, height, title=label, description=", ".join(str(value) for value in values), chart_id=chart_id
    )
    if values:
        low, high = min(values), max(values)
        spread = (high - low) or 1
        points = [
            (
                3 + (width - 6) * index / max(1, len(values) - 1),
                height - 4 - (height - 8) * (value - low) / spread,
            )
            for index, value in enumerate(values)
        ]
        SubElement(
            svg,
            "polyline",
            {
                "points": " ".join(f"{drawing.number(x)},{drawing.number(y)}" for x, y in points),
                "fill": "none",
                "stroke": Shade.BEST.fill,
                "stroke-width": "1.8",
            },
        )
        x, y = points[-1]
        SubElement(
            svg, "circle", {"cx": drawing.number(x), "cy": drawing.number(y), "r": "2.6", "fill": Shade.BEST.fill}
        )
    return drawing.markup(svg)


def _bar(
    svg: Element,
    x: float,
    y: float,
    width: float,
    height: float,
    counts: Sequence[int],
    categories: Sequence[Category],
    size: float = 11.5,
) -> None:
    total = sum(counts)
    if not total:
        drawing.box(svg, x, y, width, height, fill="#ffffff", stroke=INK_SOFT, stroke_dasharray="4 3")
        drawing.text(svg, x + 8, y + height / 2 + 4, gettext("Nothing to show yet"), size=size, fill=INK_SOFT)
        return
    for category, count in zip(categories, counts, strict=True):
        wide = width * count / total
        if count:
            drawing.shaded(svg, x, y, wide, height, category.shade)
            words = str(count)
            if wide > len(words) * size * 0.62 + 6:
                # A plain plate behind the figure keeps it readable on the pattern.
                plate = len(words) * size * 0.62 + 5
                drawing.box(
                    svg,
                    x + wide / 2 - plate / 2,
                    y + height / 2 - size * 0.68,
                    plate,
                    size * 1.36,
                    fill=category.shade.fill,
                )
                drawing.text(
                    svg,
                    x + wide / 2,
                    y + height / 2 + size * 0.36,
                    words,
                    size=size,
                    fill=category.shade.text,
                    anchor="middle",
                    bold=True,
                )
        x += wide
        if count:
            drawing.line(svg, x, y, x, y + height, stroke="#ffffff", stroke_width="1.5")


def _legend_height(categories: Sequence[Category]) -> float:
    return 20.0 * (1 + sum(len(category.label) * 6.3 + 38 for category in categories) // 450)


def _told(bars: Sequence[tuple[str, Sequence[int]]], categories: Sequence[Category]) -> str:
    return "; ".join(
        f"{label}: "
        + ", ".join(f"{category.label} {count}" for category, count in zip(categories, counts, strict=True))
        for label, counts in bars
    )


def _table(
    bars: Sequence[tuple[str, Sequence[int]]], categories: Sequence[Category], label_header: str
) -> tuple[tuple[str, ...], tuple[tuple[Figure, ...], ...]]:
    headers = (label_header, *(category.label for category in categories), gettext("Total"))
    return headers, tuple((label, *counts, sum(counts)) for label, counts in bars)


def _share(count: int, total: int) -> str:
    return f"{count * 100 / total:.0f}%" if total else "–"


def _round_ceiling(highest: int) -> int:
    """The next figure above that four steps divide into numbers people read easily."""
    if highest <= 4:
        return 4
    size = 10 ** (len(str(highest)) - 1)
    return next(
        step * size // 10 for step in (10, 12, 16, 20, 24, 28, 32, 40, 48, 60, 80, 100) if step * size // 10 >= highest
    )


def _tick(value: float) -> str:
    return f"{value:g}"


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """The line between gaps."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _marker(svg: Element, x: float, y: float, number: int, fill: str) -> None:
    if number % 3 == 0:
        SubElement(svg, "circle", {"cx": drawing.number(x), "cy": drawing.number(y), "r": "3.6", "fill": fill})
    elif number % 3 == 1:
        drawing.box(svg, x - 3.4, y - 3.4, 6.8, 6.8, fill=fill)
    else:
        corners = ((x, y - 4.4), (x + 4.4, y + 3.4), (x - 4.4, y + 3.4))
        SubElement(
            svg,
            "polygon",
            {"points": " ".join(f"{drawing.number(a)},{drawing.number(b)}" for a, b in corners), "fill": fill},
        )
