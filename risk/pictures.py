"""The drawings of the risk room, the same on screen and on paper."""

from collections.abc import Mapping, Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from foundation.core.templatetags.portal import day
from foundation.documents.charts import Chart, sparkline
from foundation.documents.drawing import Category, Shade
from foundation.documents.heat_map import Move, heat_map
from risk.models import ScoreChange
from risk.queries import filled_in
from risk.scoring import Matrix
from risk.standings import Cell, Drawn, Standing

SHADES = {"green": Shade.GOOD, "yellow": Shade.PART, "orange": Shade.HIGH, "red": Shade.POOR, "grey": Shade.NEUTRAL}


def matrix_chart(matrix: Matrix, drawn: Drawn, *, chart_id: str) -> Chart:
    """Where the risks stand, with an arrow from where each stood when the register was last approved.

    Its table and its arrows are of the fifty highest scores: each cell of the drawing leads to all of its risks.
    """
    counts = {cell: count for cell, count in drawn.counts.items() if cell and matrix.holds(*cell)}
    moves: list[Move] = []
    rows: list[tuple[str, str, str, str]] = []
    for standing in drawn.highest:
        now, earlier = standing.cell, drawn.before.get(standing.risk_id)
        if now is None or not matrix.holds(*now):
            continue
        if earlier is not None and earlier != now and matrix.holds(*earlier):
            moves.append(Move(standing.code, earlier, now))
        rows.append(
            (_named(standing), filled_in(matrix, now), filled_in(matrix, earlier) or "–", movement(earlier, now))
        )
    more = sum(counts.values()) - len(rows)
    caption = _("Current scores, and how they moved since the last approval")
    if more:
        caption = _("Current scores, and how the %(count)s highest moved since the last approval") % {
            "count": len(rows)
        }
    return heat_map(
        matrix.likelihood,
        matrix.impact,
        shades=_shades(matrix),
        counts=counts,
        moves=moves,
        bands=[Category(band.label, SHADES.get(band.colour, Shade.NEUTRAL)) for band in matrix.bands],
        caption=caption,
        told=_told(rows, more),
        chart_id=chart_id,
        axes=(_("Likelihood"), _("Impact")),
        headers=(_("Risk"), _("Now"), _("Last approved"), _("Movement")),
        rows=tuple(rows),
    )


def _told(rows: Sequence[tuple[str, str, str, str]], more: int) -> str:
    """The drawing in words, for who does not see it."""
    if not rows:
        return _("No risk is scored yet.")
    words = "; ".join(f"{name}: {now}" for name, now, _was, _moved in rows)
    return _("%(words)s; and %(count)s more") % {"words": words, "count": more} if more else words


def _named(standing: Standing) -> str:
    named = f"{standing.code} {standing.title}"
    if standing.closed_at is None:
        return named
    return _("%(risk)s (closed since %(day)s)") % {"risk": named, "day": day(standing.closed_at)}


def movement(before: Cell | None, after: Cell | None) -> str:
    """How a score moved, in a word."""
    if before is None or after is None:
        return _("New")
    was, now = before[0] * before[1], after[0] * after[1]
    if was == now:
        return _("Unchanged") if before == after else _("Moved, same score")
    return (
        _("Raised by %(points)s") % {"points": now - was}
        if now > was
        else _("Lowered by %(points)s") % {"points": was - now}
    )


def score_line(changes: Sequence[ScoreChange], *, chart_id: str) -> SafeString | None:
    """The current score over time, oldest first; nothing where it was never given twice."""
    values = [
        each.likelihood * each.impact
        for each in changes
        if each.kind == ScoreChange.Kind.RESIDUAL and each.likelihood is not None and each.impact is not None
    ]
    if len(values) < 2:
        return None
    return sparkline(values, label=_("The current score over time"), chart_id=chart_id)


def shared_chart(matrix: Matrix, counts: Mapping[Cell, int], *, chart_id: str) -> Chart:
    """Where the shared risks of members stand that were scored on scales of one size, which ``matrix`` is one of."""
    ordered = sorted(counts, key=lambda found: (-found[0] * found[1], found))
    table = tuple((filled_in(matrix, found), counts[found]) for found in ordered)
    return heat_map(
        matrix.likelihood,
        matrix.impact,
        shades=_shades(matrix),
        counts=counts,
        moves=(),
        bands=[Category(band.label, SHADES.get(band.colour, Shade.NEUTRAL)) for band in matrix.bands],
        caption=_("Where the shared risks stand"),
        told="; ".join(f"{score}: {count}" for score, count in table),
        chart_id=chart_id,
        axes=(_("Likelihood"), _("Impact")),
        headers=(_("Score"), _("Shared risks")),
        rows=table,
    )


def _shades(matrix: Matrix) -> dict[Cell, Shade]:
    return {
        (row, column): SHADES.get(matrix.band(row * column).colour, Shade.NEUTRAL)
        for row in range(1, len(matrix.likelihood) + 1)
        for column in range(1, len(matrix.impact) + 1)
    }
