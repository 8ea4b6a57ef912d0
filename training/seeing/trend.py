"""How many were in date at the end of each of the last months, as it was known then. One query."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.cache import cache
from django.db.models import CharField, Count, Value
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.dates import months_after
from foundation.documents.charts import Chart, Shade, Trend
from foundation.documents.charts import trend as draw
from training.figures import Figure
from training.models import Requirement
from training.seeing.on_a_day import AsAt

POINTS = 12
MOST_LINES = 4
KEPT_SECONDS = 24 * 60 * 60
SHADES = (Shade.BEST, Shade.GOOD, Shade.HIGH, Shade.POOR)
GROUPED = ("requirement_id", "standing")
Counts = dict[int, tuple[int, int]]  # by requirement: in date, counted


@dataclass(frozen=True)
class Point:
    """How the requirements stood on a day."""

    day: date
    counts: Counts


def points(acting: Acting, at: AsAt, now: dict[int, Figure]) -> list[Point]:
    """The ends of the eleven months before the day of the page, and that day itself, of which ``now`` tells.

    A month that is over never reads differently later, so what it was is kept for a day for those who see everybody.
    """
    days = [months_after(at.day.replace(day=1), -back) - timedelta(days=1) for back in range(POINTS - 2, -1, -1)]
    key = f"training-trend:{acting.organisation_id}:{at.day:%Y-%m}"
    keeps = acting.may("training.view")
    found: dict[str, Counts] | None = cache.get(key) if keeps else None
    if found is None:
        found = _read(acting, at, days)
        if keeps:
            cache.set(key, found, KEPT_SECONDS)
    latest = {pk: _numbers(figure) for pk, figure in now.items()}
    return [*(Point(day, found.get(day.isoformat(), {})) for day in days), Point(at.day, latest)]


def _read(acting: Acting, at: AsAt, days: list[date]) -> dict[str, Counts]:
    each = [
        at.asked_on(acting, day)
        .order_by()
        .values(*GROUPED)
        .annotate(day=Value(day.isoformat(), output_field=CharField()), rows=Count("pk"))
        .values_list("day", *GROUPED, "rows")
        for day in days
    ]
    figures: dict[str, dict[int, dict[str, int]]] = {}
    for day, requirement, standing, count in each[0].union(*each[1:], all=True):
        figures.setdefault(day, {}).setdefault(requirement, {})[standing] = count
    return {
        day: {requirement: _numbers(Figure(counts)) for requirement, counts in found.items()}
        for day, found in figures.items()
    }


def _numbers(figure: Figure) -> tuple[int, int]:
    return figure.in_date, figure.counted


def chart(found: list[Point], requirements: list[Requirement]) -> Chart | None:
    """Per cent in date of each requirement, with the target where there is one line; the numbers in the table beside.

    Nothing where there is one point at most, or no requirement.
    """
    shown = requirements[:MOST_LINES]
    if not shown or sum(any(row.pk in point.counts for row in shown) for point in found) < 2:
        return None
    names = [date_format(point.day, "j M y") for point in found]
    lines = [
        Trend(row.title, [_percent(point.counts.get(row.pk)) for point in found], shade)
        for row, shade in zip(shown, SHADES, strict=False)
    ]
    if len(shown) == 1 and shown[0].target is not None:
        lines.append(Trend(_("Target"), [shown[0].target] * len(found), Shade.UNKNOWN))
    drawn = draw(
        names, lines, caption=_("Per cent in date at the end of each month"), chart_id="trend", period_header=_("Day")
    )
    rows = tuple(
        (name, *(_in_words(point.counts.get(row.pk)) for row in shown))
        for name, point in zip(names, found, strict=True)
    )
    return replace(drawn, headers=(_("Day"), *(row.title for row in shown)), rows=rows)


def _percent(counts: tuple[int, int] | None) -> int | None:
    return 100 * counts[0] // counts[1] if counts and counts[1] else None


def _in_words(counts: tuple[int, int] | None) -> str:
    percent = _percent(counts)
    if counts is None or percent is None:
        return "–"
    return _("%(percent)s%% (%(good)s of %(counted)s)") % {
        "percent": percent,
        "good": intcomma(counts[0]),
        "counted": intcomma(counts[1]),
    }
