"""The room's first page: the assessment that counts, and what needs attention."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from foundation.core.access import requires
from foundation.core.http import Request
from foundation.documents.charts import Chart
from risk import attention, pictures, queries, standings, tabs
from risk.models import Assessment, Entry
from risk.models.assessments import Template
from risk.views.finding import address_of, may_write, today
from risk.workflow import Status

MOST = 10


@requires("risk.view")
@require_GET
def overview(request: Request) -> HttpResponse:
    """The approved assessment at a glance; before there is one, the newest that is being written."""
    acting, on = request.acting, today()
    being_written = queries.being_written(acting)
    shown = queries.approved(acting) or (being_written[0] if being_written else None)
    context: dict[str, Any] = {
        "tabs": tabs.of("overview", acting),
        "shown": shown,
        "being_written": being_written,
        "can_edit": acting.may("risk.edit"),
        "waiting": [row for row in being_written if _waits_for(row, acting.membership_id)],
    }
    if shown is not None:
        lines = attention.of_assessment(acting, shown, on)
        can_fix = may_write(request, shown)
        wrong = [line for line in lines if line.findings]
        coming = sorted(
            (line.entry for line in lines if line.entry.next_review_on and line.entry.risk.closed_at is None),
            key=lambda entry: (entry.next_review_on, entry.pk),
        )
        scored = shown.template == Template.SCORED
        context |= {
            "scored": scored,
            "figures": _figures(shown, [line.entry for line in lines]) if scored else [],
            "chart": _chart(request, shown) if scored else None,
            "wrong": [
                {
                    "entry": line.entry,
                    "url": address_of(shown, line.entry),
                    "flags": attention.flags(shown, line.entry, line.findings, can_fix=can_fix),
                }
                for line in wrong[:MOST]
            ],
            "wrong_count": len(wrong),
            "closed": [
                (line.entry, address_of(shown, line.entry)) for line in lines if line.entry.risk.closed_at is not None
            ],
            "coming": [(entry, address_of(shown, entry)) for entry in coming[:MOST]],
        }
    return render(request, "risk/overview.html", context)


def _waits_for(assessment: Assessment, membership_id: int) -> bool:
    return assessment.status == Status.IN_REVIEW and assessment.approver_id == membership_id


def _figures(assessment: Assessment, entries: list[Entry]) -> list[dict[str, Any]]:
    """How many risks each band has, the worst first."""
    matrix = assessment.scale
    url = assessment.get_absolute_url()
    labels = [queries.band_of(matrix, entry.score("residual"))[0] for entry in entries]
    return [
        {
            "value": labels.count(band.label),
            "label": band.label,
            "url": f"{url}?band={number}",
            "tone": "bad" if band.colour == "red" and band.label in labels else "",
        }
        for number, band in reversed(list(enumerate(matrix.bands)))
    ]


def _chart(request: Request, assessment: Assessment) -> Chart:
    earlier = queries.approved_before(request.acting, assessment)
    drawn = standings.of(request.acting, assessment, earlier)
    return pictures.matrix_chart(assessment.scale, drawn, chart_id="heat-map")
