"""Small pieces every chart is drawn with. All markup is written in one place, so no text can become markup."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from xml.etree.ElementTree import Element, SubElement
from xml.sax.saxutils import escape

from django.utils.safestring import SafeString

from foundation.documents.characters import for_xml

INK = "#10181c"
INK_SOFT = "#47535a"
LINE = "#c3ccd1"
FONT = "Open Sans, Noto Sans, Liberation Sans, Arial, DejaVu Sans, sans-serif"
# A letter of the sans-serif faces in the font list is about this wide; labels are broken by it.
LETTER_WIDTH = 0.54


class Shade(Enum):
    """How one category looks. Each has a pattern besides its colour, so that colour is never the only signal."""

    BEST = ("#0b4f6c", "#ffffff", "none", "#0b4f6c")
    GOOD = ("#2c7a55", "#ffffff", "dots", "#1c5a3c")
    PART = ("#f0b940", "#10181c", "rising", "#8a5a00")
    HIGH = ("#e58a3c", "#10181c", "level", "#8a4510")
    POOR = ("#b3362d", "#ffffff", "falling", "#8a1c16")
    UNKNOWN = ("#9aa5ab", "#10181c", "level", "#55626a")
    NEUTRAL = ("#e3e8ea", "#10181c", "none", "#6a777e")

    @property
    def fill(self) -> str:
        return self.value[0]

    @property
    def text(self) -> str:
        return self.value[1]

    @property
    def pattern(self) -> str:
        return self.value[2]

    @property
    def edge(self) -> str:
        """For lines and outlines: dark enough to be seen on white."""
        return self.value[3]


@dataclass(frozen=True)
class Category:
    """One thing a chart counts, and how it looks."""

    label: str
    shade: Shade


def canvas(width: float, height: float, *, title: str, description: str, chart_id: str) -> Element:
    """An empty drawing with its name and description for people who cannot see it."""
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "width": number(width),
            "height": number(height),
            "role": "img",
            "aria-labelledby": f"{chart_id}-title {chart_id}-desc",
            "class": "chart__drawing",
            "focusable": "false",
            "font-family": FONT,
        },
    )
    SubElement(svg, "title", {"id": f"{chart_id}-title"}).text = for_xml(title)
    SubElement(svg, "desc", {"id": f"{chart_id}-desc"}).text = for_xml(description)
    return svg


def markup(svg: Element) -> SafeString:
    """The drawing as markup for a page or a PDF. Safe because every text in it is escaped here.

    Nothing in a drawing has a namespace or follows the end of an element, which the library's own way looks for in each
    of them: that took three times as long.
    """
    return SafeString("".join(_written(svg)))


def _written(element: Element) -> Iterator[str]:
    yield f"<{element.tag}"
    for name, value in element.items():
        yield f' {name}="{escape(value, _IN_ATTRIBUTES)}"'
    if not element.text and not len(element):
        yield " />"
        return
    yield f">{escape(element.text or '')}"
    for each in element:
        yield from _written(each)
    yield f"</{element.tag}>"


_IN_ATTRIBUTES = {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"}


def number(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def text(
    parent: Element,
    x: float,
    y: float,
    words: str,
    *,
    size: float = 12,
    fill: str = INK,
    anchor: str = "start",
    bold: bool = False,
) -> None:
    attributes = {"x": number(x), "y": number(y), "font-size": number(size), "fill": fill, "text-anchor": anchor}
    if bold:
        attributes["font-weight"] = "700"
    SubElement(parent, "text", attributes).text = for_xml(words)


def box(parent: Element, x: float, y: float, width: float, height: float, **attributes: str) -> None:
    SubElement(
        parent,
        "rect",
        {"x": number(x), "y": number(y), "width": number(width), "height": number(height), **_dashed(attributes)},
    )


def line(parent: Element, x1: float, y1: float, x2: float, y2: float, **attributes: str) -> None:
    SubElement(
        parent,
        "line",
        {"x1": number(x1), "y1": number(y1), "x2": number(x2), "y2": number(y2), **_dashed(attributes)},
    )


def shaded(parent: Element, x: float, y: float, width: float, height: float, shade: Shade) -> None:
    """A filled box with its pattern drawn on it as one plain path: no ids, so charts never disturb each other."""
    box(parent, x, y, width, height, fill=shade.fill)
    if pattern := _PATTERNS.get(shade.pattern):
        drawn, look = pattern
        SubElement(
            parent,
            "path",
            {"d": "".join(drawn(x, y, width, height)), "fill": "none", "stroke": shade.text, **look},
        )
    box(
        parent,
        x + 0.4,
        y + 0.4,
        max(0.2, width - 0.8),
        height - 0.8,
        fill="none",
        stroke=shade.edge,
        stroke_width="0.8",
    )


STEP = 7.0


def _dots(x: float, y: float, width: float, height: float) -> Iterator[str]:
    """Strokes of almost no length with round ends."""
    columns = [f"M{column:.1f} " for column in _steps(x + STEP / 2, x + width - 1)]
    for row in _steps(y + STEP / 2, y + height - 1):
        for column in columns:
            yield f"{column}{row:.1f}h.01"


def _level(x: float, y: float, width: float, height: float) -> Iterator[str]:
    for row in _steps(y + STEP / 2, y + height):
        yield f"M{x:.1f} {row:.1f}h{width:.1f}"


def _rising(x: float, y: float, width: float, height: float) -> Iterator[str]:
    for across, top, over, bottom in _slanted(width, height):
        yield f"M{x + across:.1f} {y + top:.1f}L{x + over:.1f} {y + bottom:.1f}"


def _falling(x: float, y: float, width: float, height: float) -> Iterator[str]:
    for across, top, over, bottom in _slanted(width, height):
        yield f"M{x + width - across:.1f} {y + top:.1f}L{x + width - over:.1f} {y + bottom:.1f}"


def _slanted(width: float, height: float) -> Iterator[tuple[float, float, float, float]]:
    """Slanted lines cut to the box, so that no clipping path is needed: across and down, from where to where."""
    for offset in _steps(STEP / 2, width + height):
        start, end = max(0.0, offset - height), min(offset, width)
        if end > start:
            yield start, offset - start, end, offset - end


def _steps(first: float, before: float) -> Iterator[float]:
    while first < before:
        yield first
        first += STEP


_SLANT = {"stroke-opacity": "0.35", "stroke-width": "0.9"}
_PATTERNS: dict[str, tuple[Callable[[float, float, float, float], Iterator[str]], dict[str, str]]] = {
    "dots": (_dots, {"stroke-opacity": "0.55", "stroke-width": "1.6", "stroke-linecap": "round"}),
    "level": (_level, {"stroke-opacity": "0.3", "stroke-width": "0.8"}),
    "rising": (_rising, _SLANT),
    "falling": (_falling, _SLANT),
}


def legend(parent: Element, x: float, y: float, width: float, categories: Sequence[Category]) -> float:
    """Boxes and names in rows no wider than ``width``; returns the height used."""
    column, row, size = x, y, 11.5
    for category in categories:
        wide = 20 + len(category.label) * size * LETTER_WIDTH + 18
        if column > x and column + wide > x + width:
            column, row = x, row + 20
        shaded(parent, column, row, 14, 14, category.shade)
        text(parent, column + 20, row + 11, category.label, size=size)
        column += wide
    return row - y + 20


def broken(words: str, *, width: float, size: float, lines: int = 2) -> list[str]:
    """A label in at most ``lines`` lines that fit ``width``; what does not fit ends in an ellipsis."""
    letters = max(4, int(width / (size * LETTER_WIDTH)))
    result, current = [], ""
    for word in words.split():
        while len(word) > letters:
            result += [current] if current else []
            current, word = "", word
            result.append(word[:letters])
            word = word[letters:]
        if current and len(current) + 1 + len(word) > letters:
            result.append(current)
            current = word
        else:
            current = f"{current} {word}".strip()
    result += [current] if current else []
    if len(result) > lines:
        result = [*result[: lines - 1], f"{result[lines - 1][: letters - 1].rstrip()}…"]
    return result


def _dashed(attributes: dict[str, str]) -> dict[str, str]:
    return {key.replace("_", "-"): value for key, value in attributes.items()}
