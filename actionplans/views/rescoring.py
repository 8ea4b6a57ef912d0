"""After an action is done: scoring the risks it changed, with its outcome as the reason to begin with."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from actionplans import linked
from actionplans.models import Action, ActionRisk, Effect
from actionplans.views.finding import get_action_or_404
from actionplans.workflow import Status
from foundation.core.access import requires
from foundation.core.http import Request
from risk import rescoring
from risk.models import Risk
from risk.queries import get_risk_or_404
from risk.workflow import Status as AssessmentStatus

CHANGED = frozenset({Effect.LOWERED, Effect.RAISED})


@requires("risk.edit")
@require_GET
def choose(request: Request, reference: str) -> HttpResponse:
    """The risks that an action changed, each with where it can be scored."""
    action = get_action_or_404(request.acting, reference)
    return render(
        request,
        "actionplans/rescore.html",
        {"action": action, "risks": [_told(request, link, risk) for link, risk in changed(request, action)]},
    )


@requires("risk.edit")
@require_POST
def score(request: Request, reference: str, risk: str) -> HttpResponse:
    """Go to the scores of one of these risks, with the outcome as the reason to begin with."""
    action = get_action_or_404(request.acting, reference)
    found = get_risk_or_404(request.acting, risk)
    if found.pk not in {link.risk_id for link, _risk in changed(request, action)}:
        messages.warning(request, _("Nobody said that this action lowered or raised this risk."))
        return redirect(action)
    reason = _("%(code)s was completed: %(outcome)s") % {"code": action.code, "outcome": action.outcome}
    return redirect(rescoring.begin(request, found, reason))


def changed(request: Request, action: Action) -> list[tuple[ActionRisk, Risk]]:
    """The linked risks that the action lowered or raised, once it is done, as far as this person may see them."""
    if action.status != Status.DONE:
        return []
    return [(link, risk) for link, risk in linked.risks(request.acting, action) if link.effect in CHANGED]


def _told(request: Request, link: ActionRisk, risk: Risk) -> dict[str, object]:
    entry = rescoring.open_entry(request.acting, risk)
    kept = None if entry else rescoring.approved_entry(request.acting, risk)
    can_score = entry is not None or (kept is not None and risk.closed_at is None)
    in_review = entry is not None and entry.assessment.status == AssessmentStatus.IN_REVIEW
    return {
        "risk": risk,
        "link": link,
        "entry": entry,
        "kept": kept,
        "can_score": can_score,
        "in_review": in_review,
    }
