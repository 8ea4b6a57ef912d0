"""What an action is linked to."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from actionplans import actions, asked, linked, queries
from actionplans.actions.linking import requirements
from actionplans.models import Action, ActionEvidence, ActionRecommendation, ActionRequirement, ActionRisk, Dependency
from actionplans.views.finding import get_action_or_404
from foundation.core.access import requires
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.evidence import choosing
from risk.models import CtlpRecommendation, Risk
from risk.profile_workflow import Response

REMOVALS: dict[str, tuple[Any, Callable[..., Any], str]] = {
    "risk": (ActionRisk, actions.unlink_risk, "link_id"),
    "recommendation": (ActionRecommendation, actions.unlink_recommendation, "link_id"),
    "requirement": (ActionRequirement, actions.unlink_requirement, "link_id"),
    "needs": (Dependency, actions.remove_dependency, "link_id"),
    "evidence": (ActionEvidence, actions.unlink_evidence, "use_id"),
}


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def links(request: Request, reference: str) -> HttpResponse:
    """Link an action to risks, to requirements of the duty and to actions it waits for."""
    action = get_action_or_404(request.acting, reference)
    if request.method == "POST":
        return _add(request, action)
    acting = request.acting
    linked_risks = linked.risks(acting, action)
    needed, _needing = linked.dependencies(acting, action)
    taken = {action.pk, *(link.needs_id for link in needed)}
    others = Action.objects.visible_to(acting).open().exclude(pk__in=taken).order_by("number")[: queries.MOST]
    risks = queries.risks_with_titles(acting).filter(closed_at__isnull=True).order_by(*queries.BY_CODE)
    linked_recommendations = linked.recommendations(acting, action)
    linked_requirements = linked.requirements(acting, action)
    recommendations = CtlpRecommendation.objects.visible_to(acting).exclude(response=Response.NOT_ACCEPTED)
    recommendations = recommendations.select_related("edition").order_by("-edition__issued_on", "code", "pk")
    return render(
        request,
        "actionplans/links.html",
        {
            "action": action,
            "linked_risks": linked_risks,
            "risks": risks.exclude(pk__in=[risk.pk for _link, risk in linked_risks])[: queries.MOST],
            "linked_recommendations": linked_recommendations,
            "recommendations": recommendations.exclude(
                pk__in=[link.recommendation_id for link in linked_recommendations]
            )[: queries.MOST],
            "requirements": _requirements_to_link(acting, linked_requirements),
            "linked_requirements": linked_requirements,
            "needed": needed,
            "others": others,
        },
    )


@requires("plan.edit")
@require_POST
def remove(request: Request, reference: str) -> HttpResponse:
    """Take a link away. ``kind`` and ``link`` say which; it must be one of this action's."""
    action = get_action_or_404(request.acting, reference)
    model, unlink, name = REMOVALS.get(request.POST.get("kind", ""), (None, None, ""))
    number = request.POST.get("link", "")
    if model is None or unlink is None or not number.isdigit() or len(number) > 18:
        messages.warning(request, _("Select the link to take away."))
        return redirect(action)
    if not model.objects.visible_to(request.acting).filter(action=action, pk=int(number)).exists():
        raise Http404
    try:
        unlink(**{name: int(number)}, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Link taken away"))
    return redirect(action)


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def link_evidence(request: Request, reference: str) -> HttpResponseBase:
    """Choose from the organisation's evidence, or add new evidence and come back here."""
    action = get_action_or_404(request.acting, reference)
    if choosing.is_choice(request):
        return _link_chosen(request, action)
    linked = ActionEvidence.objects.visible_to(request.acting).filter(action=action, unlinked_at__isnull=True)
    named = f"{action.code} {action.title}"
    return choosing.choose(request, linked=linked.values("evidence_id"), named=named, up=action.get_absolute_url())


def _requirements_to_link(acting: Acting, linked: list[ActionRequirement]) -> list[asked.Asked]:
    """What the duty asks of the organisation today and the action is not linked to."""
    taken = {link.requirement_id for link in linked}
    return [each for each in asked.requirements(acting) if each.pk not in taken]


def _link_chosen(request: Request, action: Action) -> HttpResponse:
    item = choosing.chosen(request)
    if item is None:
        messages.warning(request, _("Select the evidence to link."))
        return redirect("actionplans:link_evidence", reference=action.reference)
    try:
        actions.link_evidence(action_id=action.pk, evidence_id=item.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Evidence linked to %(code)s") % {"code": action.code})
    return redirect(action)


def _add(request: Request, action: Action) -> HttpResponse:
    """One of the small forms of the page."""
    chosen = request.POST.get("target", "").strip()
    common: dict[str, Any] = {"action_id": action.pk, "by": request.acting, "now": timezone.now()}
    try:
        match request.POST.get("kind"):
            case "risk":
                risk = Risk.objects.visible_to(request.acting).get(reference=chosen)
                actions.link_risk(risk_id=risk.pk, **common)
            case "recommendation":
                recommendation = CtlpRecommendation.objects.visible_to(request.acting).get(reference=chosen)
                actions.link_recommendation(recommendation_id=recommendation.pk, **common)
            case "requirement":
                requirement = requirements(request.acting).get(code__iexact=chosen)
                actions.link_requirement(requirement_id=requirement.pk, **common)
            case "needs":
                needed = Action.objects.visible_to(request.acting).get(reference=chosen)
                actions.add_dependency(needs_id=needed.pk, **common)
            case _:
                raise RuleBroken(_("Select what to link."))
    except ObjectDoesNotExist:
        messages.warning(request, _("Nothing of that name is there to link. Check it and try again."))
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Linked to %(code)s") % {"code": action.code})
    return redirect("actionplans:links", reference=action.reference)
