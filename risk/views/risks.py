"""A risk for as long as the organisation has it, through all assessments."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core.access import requires
from foundation.core.http import Request
from risk import actions, beside, permissions, pictures, queries, sharing
from risk.forms import ReasonForm
from risk.models import Entry, Risk, RiskEvidence, ScoreChange
from risk.views.finding import Do, address_of, one_form, today


@requires("risk.view")
@require_GET
def risk(request: Request, reference: str) -> HttpResponse:
    """What each assessment said of it, and how its score moved."""
    row = queries.get_risk_or_404(request.acting, reference)
    entries = list(
        Entry.objects.visible_to(request.acting)
        .filter(risk=row)
        .select_related("assessment", "owner", "risk")
        .order_by("-assessment__period_from", "-pk")
    )
    changes = list(
        ScoreChange.objects.visible_to(request.acting)
        .filter(risk=row, kind=ScoreChange.Kind.RESIDUAL)
        .select_related("changed_by")[:200]
    )
    uses = _evidence(request, row)
    return render(
        request,
        "risk/risk.html",
        {
            "risk": row,
            "title": entries[0].title if entries else row.code,
            "lines": [_line(entry) for entry in entries],
            "changes": [_told(change) for change in changes],
            "line": pictures.score_line(changes[::-1], chart_id="score-line"),
            "can_edit": request.acting.may("risk.edit"),
            "sees_evidence": request.acting.may("evidence.view"),
            "linked": [use for use in uses if use.unlinked_at is None],
            "unlinked": [use for use in uses if use.unlinked_at is not None],
            "recommendations": beside.recommendations(request.acting, row),
            "panels": beside.of_risk(request.acting, row),
            **sharing.context_of(request.acting, row, today()),
        },
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def close(request: Request, reference: str) -> HttpResponse:
    """Say why it is no longer a risk."""
    row = queries.get_risk_or_404(request.acting, reference)
    permissions.check_can_edit(request.acting)
    return _with_reason(
        request,
        row,
        lambda typed: actions.close_risk(risk_id=row.pk, by=request.acting, now=timezone.now(), **typed),
        said=_("%(code)s closed") % {"code": row.code},
        heading=_("Close the risk"),
        submit=_("Close it"),
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def reopen(request: Request, reference: str) -> HttpResponse:
    """Say why it is a risk again."""
    row = queries.get_risk_or_404(request.acting, reference)
    permissions.check_can_edit(request.acting)
    return _with_reason(
        request,
        row,
        lambda typed: actions.reopen_risk(risk_id=row.pk, by=request.acting, now=timezone.now(), **typed),
        said=_("%(code)s opened again") % {"code": row.code},
        heading=_("Open the risk again"),
        submit=_("Open it again"),
    )


def _with_reason(request: Request, row: Risk, do: Do, *, said: str, heading: str, submit: str) -> HttpResponse:
    return one_form(
        request,
        row,
        lambda current, posted: ReasonForm(posted, submit=submit, initial={"version": current.version}),
        do,
        said=said,
        to=row.get_absolute_url(),
        compares=False,
        heading=heading,
        caption=row.code,
    )


def _line(entry: Entry) -> dict[str, object]:
    matrix = entry.assessment.scale
    band, colour = queries.band_of(matrix, entry.score("residual"))
    return {
        "entry": entry,
        "assessment": entry.assessment,
        "url": address_of(entry.assessment, entry),
        "score": entry.score("residual"),
        "band": band,
        "colour": colour,
    }


def _evidence(request: Request, row: Risk) -> list[RiskEvidence]:
    """What stands behind it and what did, the newest first; nothing for who may not read evidence."""
    if not request.acting.may("evidence.view"):
        return []
    uses = RiskEvidence.objects.visible_to(request.acting).filter(risk=row)
    return list(uses.select_related("evidence", "linked_by", "unlinked_by")[:200])


def _told(change: ScoreChange) -> dict[str, object]:
    def score(likelihood: int | None, impact: int | None) -> str:
        return str(likelihood * impact) if likelihood is not None and impact is not None else _("none")

    return {
        "what": _("Current score: %(before)s → %(after)s")
        % {
            "before": score(change.before_likelihood, change.before_impact),
            "after": score(change.likelihood, change.impact),
        },
        "at": change.changed_at,
        "who": change.changed_by.name,
        "detail": change.reason,
    }
