"""Who is trained, at a glance: figures, groups, the trend and who is overdue."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from foundation.core.access import signed_in
from foundation.core.http import Request
from foundation.organisations import queries as organisations
from training import aggregates, record_lists
from training.seeing import groups, listing, trend
from training.seeing import overview as seeing
from training.seeing.on_a_day import as_at
from training.views.sections import tabs
from training.workflow import Standing

MOST_OVERDUE = 10
MOST_PARTNERS = 20


@signed_in
@require_GET
def overview(request: Request) -> HttpResponse:
    """How the organisation stands, or the people somebody leads, on a day."""
    acting, at = request.acting, as_at(request.GET)
    by = request.GET.get("by", "")
    by = by if by in seeing.BY else "team"
    teams = listing.names_of(organisations.team_tree(acting))
    found = seeing.overview(acting, at, by=by, only=request.GET.get("requirement", ""), teams=teams)
    now = {line.requirement.pk: line.cell.figure for line in found.lines}
    overdue = groups.narrowed(at.asked(acting), Standing.OVERDUE, on_day=at.day)
    rows = overdue.order_by("due_on", "pk").values("pk", *OVERDUE_SHOWS)[:MOST_OVERDUE]
    partners = aggregates.latest(acting, at.day)
    return render(
        request,
        "training/overview.html",
        {
            "tabs": tabs(request),
            "at": at,
            "sees_all": acting.may("training.view"),
            "can_manage": acting.may("training.manage"),
            "found": found,
            "chart": trend.chart(trend.points(acting, at, now), found.columns),
            "is_cut": len(found.columns) > trend.MOST_LINES,
            "by": by,
            "by_label": seeing.BY[by],
            "bys": seeing.BY.items(),
            "chosen": request.GET.get("requirement", ""),
            "overdue": listing.shown(rows, teams, at),
            "overdue_count": sum(line.cell.overdue.count for line in found.lines),
            "overdue_url": seeing.address(at, standing=Standing.OVERDUE),
            "partners": [(row, record_lists.of_what(row)) for row in partners[:MOST_PARTNERS]],
            "more_partners": len(partners) > MOST_PARTNERS,
        },
    )


OVERDUE_SHOWS = (
    "membership__name", "membership__reference", "requirement__title", "standing", "due_on", "done_on", "team_id",
)  # fmt: skip
