"""The actions of a plan over time, as a drawing with its table: the same on pages and in reports."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from actionplans.lines import Line
from actionplans.workflow import OPEN, Status
from foundation.core.templatetags.portal import day
from foundation.documents import drawing
from foundation.documents.charts import WIDTH, Chart
from foundation.documents.drawing import INK, INK_SOFT, LINE, Category, Shade

LABELS, ROW, BAR, TOP = 200.0, 30.0, 16.0, 26.0
MOST_MONTHS = 14  # labels that fit side by side


def timeline(lines: Sequence[Line], *, today: date, caption: str, chart_id: str) -> Chart:
    """A bar for each action from its start to its due date, and a mark where it was due at first."""
    categories = [
        Category(_("Done"), Shade.GOOD),
        Category(_("Open"), Shade.BEST),
        Category(_("Overdue"), Shade.POOR),
        Category(_("Cancelled"), Shade.UNKNOWN),
    ]
    first, last = _span(lines, today)
    bottom = TOP + ROW * len(lines)
    svg = drawing.canvas(
        WIDTH, bottom + 62, title=caption, description="; ".join(_told(each) for each in lines), chart_id=chart_id
    )
    wide = WIDTH - LABELS - 8

    def x_of(on: date) -> float:
        return LABELS + wide * (on - first).days / max((last - first).days, 1)

    for month in _months(first, last):
        drawing.line(svg, x_of(month), TOP - 6, x_of(month), bottom, stroke=LINE, stroke_width="0.8")
        drawing.text(svg, x_of(month) + 2, 12, f"{month:%m/%y}", size=9.5, fill=INK_SOFT)
    for position, each in enumerate(lines):
        y = TOP + ROW * position
        action = each.action
        words = drawing.broken(_named(each), width=LABELS - 10, size=10.5)
        for number, part in enumerate(words):
            drawing.text(svg, 0, y + BAR / 2 + 4 + (number - (len(words) - 1) / 2) * 12, part, size=10.5)
        width = max(x_of(action.due_on) - x_of(action.starts_on), 3.0)
        drawing.shaded(svg, x_of(action.starts_on), y, width, BAR, _shade(each))
        if action.original_due_on != action.due_on:
            x = x_of(action.original_due_on)
            drawing.line(svg, x, y - 3, x, y + BAR + 3, stroke=INK, stroke_width="1.6")
    drawing.line(svg, x_of(today), TOP - 6, x_of(today), bottom, stroke=INK, stroke_width="1", stroke_dasharray="4 3")
    drawing.text(svg, x_of(today), bottom + 12, _("Today"), size=10, anchor="middle")
    drawing.legend(svg, 0, bottom + 24, WIDTH, categories)
    headers = (_("Action"), _("Owner"), _("Start"), _("Due"), _("First due"), _("Status"))
    return Chart(drawing.markup(svg), caption, headers, tuple(_row(each) for each in lines), holds_words=True)


def _span(lines: Sequence[Line], today: date) -> tuple[date, date]:
    days = [today]
    for each in lines:
        days += [each.action.starts_on, each.action.due_on, each.action.original_due_on]
    return min(days), max(days)


def _months(first: date, last: date) -> list[date]:
    """First days of months between the two, as many as have room for a label."""
    begin, end = first.year * 12 + first.month, last.year * 12 + last.month - 1
    every = -(-max(end - begin + 1, 1) // MOST_MONTHS)
    return [date(number // 12, number % 12 + 1, 1) for number in range(begin, end + 1, every)]


def _named(each: Line) -> str:
    """What a member reports begins with the member: its references are its own, and may be ours as well."""
    return f"{each.member}: {each.action}" if each.member else str(each.action)


def _shade(each: Line) -> Shade:
    if each.action.status == Status.DONE:
        return Shade.GOOD
    if each.action.status not in OPEN:
        return Shade.UNKNOWN
    return Shade.POOR if each.is_overdue else Shade.BEST


def _state(each: Line) -> str:
    told = [each.action.get_status_display(), *(str(sign.label) for sign in each.signs)]
    return ", ".join(told)


def _told(each: Line) -> str:
    return f"{each.action}: {day(each.action.starts_on)} – {day(each.action.due_on)}, {_state(each)}"


def _row(each: Line) -> tuple[str, ...]:
    action = each.action
    moved = day(action.original_due_on) if action.original_due_on != action.due_on else ""
    return (str(action), each.owner, day(action.starts_on), day(action.due_on), moved, _state(each))
