"""What several views need to find."""

from datetime import date

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from actionplans import queries
from actionplans.models import Action, Objective, Plan
from foundation.core import addresses
from foundation.core.acting import Acting
from foundation.core.http import Request
from foundation.organisations.queries import is_partnership


def today() -> date:
    """Today in London."""
    return timezone.localdate()


def get_plan_or_404(acting: Acting, reference: str) -> Plan:
    plan = queries.PLAN.first(acting.organisation_id, reference) if acting.may("plan.view") else None
    if plan is None:
        raise Http404
    return plan


def get_action_or_404(acting: Acting, reference: str) -> Action:
    """An action this person may see: with a role that reads plans, or because it is theirs."""
    if acting.may("plan.view"):
        action = queries.ACTION.first(acting.organisation_id, reference)
    else:
        rows = Action.objects.visible_to(acting).filter(reference=reference)
        action = rows.select_related(*queries.BESIDE_ACTION).first()
    if action is None:
        raise Http404
    return action


def get_objective_or_404(acting: Acting, pk: int) -> Objective:
    rows = Objective.objects.visible_to(acting).filter(pk=pk)
    objective = rows.select_related("plan", "saved_by").first()
    if objective is None:
        raise Http404
    return objective


def tabs(request: Request) -> list[dict[str, object]]:
    """The pages of the room, as far as this person may open them."""
    entries = [
        (_("Plans"), "actionplans:plans", "plan.view"),
        (_("All actions") if request.acting.may("plan.view") else _("My actions"), "actionplans:actions", ""),
        (_("Board"), "actionplans:board", ""),
        (_("Timeline"), "actionplans:timeline", ""),
        (_("By owner"), "actionplans:by_owner", "plan.view"),
        (_("By risk"), "actionplans:by_risk", "risk.view"),
        (_("Gather"), "actionplans:gather", "plan.view")
        if is_partnership(request.acting)
        else (_("Reported"), "actionplans:reporting", "plan.view"),
        (_("Reports"), "actionplans:reports", "plan.report"),
    ]
    urls = [
        (label, addresses.of_page(name)) for label, name, needed in entries if not needed or request.acting.may(needed)
    ]
    return [{"label": label, "url": url, "is_current": request.path == url} for label, url in urls]


def risk_address(reference: str) -> str:
    """The page of a risk; nothing where this version has no such page."""
    try:
        return reverse("risk:risk", args=[reference])
    except NoReverseMatch:
        return ""
