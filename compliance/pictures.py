"""The assessment's charts, the same on pages and in reports."""

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from compliance.models.library import CountsAs
from compliance.register import Register, Standing, ThemeSummary
from foundation.documents.charts import Chart, Trend, proportion, stacked_bars
from foundation.documents.charts import trend as draw_trend
from foundation.documents.drawing import Category, Shade

SHADES = {
    CountsAs.EXCEEDED: Shade.BEST,
    CountsAs.MET: Shade.GOOD,
    CountsAs.PARTLY_MET: Shade.PART,
    CountsAs.NOT_MET: Shade.POOR,
    CountsAs.NOTHING: Shade.UNKNOWN,
}
BEST_FIRST = list(SHADES)


def _categories() -> list[Category]:
    """The states, best first; a good answer whose evidence has expired is shown apart."""
    states = [Category(str(state.label), SHADES[state]) for state in BEST_FIRST]
    return [*states[:2], Category(_("Evidence expired"), Shade.NEUTRAL), *states[2:]]


def _counts(summary: ThemeSummary) -> list[int]:
    expired = summary.good_but_expired
    counts = [summary.counts[state] - expired.get(state, 0) for state in BEST_FIRST]
    return [*counts[:2], sum(expired.values()), *counts[2:]]


def by_theme(register: Register, *, prefix: str = "page") -> Chart:
    """Where each theme stands: one bar a theme."""
    return stacked_bars(
        [(summary.theme.title if summary.theme else "", _counts(summary)) for summary in register.by_theme],
        _categories(),
        caption=_("Where we stand, by theme"),
        chart_id=f"{prefix}-themes",
        label_header=_("Theme"),
    )


def whole(register: Register, *, prefix: str = "page") -> Chart:
    """Where the whole duty stands: one bar."""
    return proportion(
        _counts(register.whole),
        _categories(),
        caption=_("Where we stand on the whole duty"),
        chart_id=f"{prefix}-whole",
        label_header=_("Status"),
    )


def trend(standings: Sequence[Standing], *, prefix: str = "page") -> Chart:
    """How many requirements were ready, and how many had any answer, at the end of each quarter."""
    return _over_time(
        standings, "M Y", caption=_("Requirements ready and assessed over two years"), chart_id=f"{prefix}-trend"
    )


def movement(registers: Sequence[Register], *, prefix: str = "page") -> Chart:
    """The same for a period: the first of ``registers`` is of the day before it, the last of its last day."""
    return _over_time(
        [register.standing for register in registers],
        "j M Y",
        caption=_("Requirements ready and assessed, from the day before the period to its last day"),
        chart_id=f"{prefix}-movement",
    )


def _over_time(standings: Sequence[Standing], format_of_day: str, *, caption: str, chart_id: str) -> Chart:
    return draw_trend(
        [date_format(standing.on, format_of_day) for standing in standings],
        [
            Trend(_("Ready"), [standing.ready for standing in standings], Shade.GOOD),
            Trend(_("Assessed"), [standing.assessed for standing in standings], Shade.BEST),
        ],
        caption=caption,
        chart_id=chart_id,
        period_header=_("At the end of"),
    )
