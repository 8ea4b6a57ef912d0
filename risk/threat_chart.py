"""The history of the threat level as a drawing; the table of the history stands beside it on the page."""

from collections.abc import Sequence
from datetime import date
from xml.etree.ElementTree import SubElement

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from foundation.core.templatetags.portal import day
from foundation.documents import drawing
from foundation.documents.drawing import INK_SOFT, LINE, Shade
from risk.models.threat import Level
from risk.threat import Spell

WIDTH, HEIGHT = 680.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 108.0, 14.0, 14.0, 30.0
MOST_YEARS = 10


def steps(spells: Sequence[Spell], today: date, *, chart_id: str) -> SafeString:
    """A line that goes up and down by steps, from the first level to today. ``spells`` newest first, at least one."""
    oldest_first = list(reversed(spells))
    begins, ends = oldest_first[0].row.effective_from, max(today, oldest_first[-1].row.effective_from)
    whole = max((ends - begins).days, 1)
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    ladder = list(Level)

    def x_of(on: date) -> float:
        return LEFT + wide * (on - begins).days / whole

    def y_of(level: str) -> float:
        return TOP + tall * (1 - ladder.index(Level(level)) / (len(ladder) - 1))

    told = "; ".join(
        gettext("%(level)s from %(day)s") % {"level": each.row.get_level_display(), "day": day(each.row.effective_from)}
        for each in oldest_first
    )
    svg = drawing.canvas(
        WIDTH, HEIGHT, title=gettext("The national threat level over time"), description=told, chart_id=chart_id
    )
    for level in ladder:
        y = y_of(level)
        drawing.line(svg, LEFT, y, LEFT + wide, y, stroke=LINE, stroke_width="0.8")
        drawing.text(svg, LEFT - 8, y + 4, str(level.label), size=10.5, fill=INK_SOFT, anchor="end")
    every = max(1, -(-(ends.year - begins.year) // MOST_YEARS))
    for year in range(begins.year + 1, ends.year + 1, every):
        drawing.text(svg, x_of(date(year, 1, 1)), HEIGHT - 8, str(year), size=10.5, fill=INK_SOFT, anchor="middle")
    points = []
    for spell in oldest_first:
        y = y_of(spell.row.level)
        points += [(x_of(spell.row.effective_from), y), (x_of(spell.until or ends), y)]
    SubElement(
        svg,
        "polyline",
        {
            "points": " ".join(f"{drawing.number(x)},{drawing.number(y)}" for x, y in points),
            "fill": "none",
            "stroke": Shade.BEST.edge,
            "stroke-width": "2.4",
        },
    )
    x, y = points[-1]
    SubElement(svg, "circle", {"cx": drawing.number(x), "cy": drawing.number(y), "r": "4", "fill": Shade.BEST.edge})
    return drawing.markup(svg)
