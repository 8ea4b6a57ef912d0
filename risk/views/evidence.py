"""Evidence behind a risk: choosing it and taking it away."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.evidence import choosing
from risk import actions, permissions, queries
from risk.models import Risk, RiskEvidence


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def link_evidence(request: Request, reference: str) -> HttpResponseBase:
    """Choose from the organisation's evidence, or add new evidence and come back here."""
    risk = queries.get_risk_or_404(request.acting, reference)
    permissions.check_can_edit(request.acting)
    if choosing.is_choice(request):
        return _link_chosen(request, risk)
    linked = RiskEvidence.objects.visible_to(request.acting).filter(risk=risk, unlinked_at__isnull=True)
    return choosing.choose(
        request,
        linked=linked.values("evidence_id"),
        named=queries.name_of(request.acting, risk),
        up=risk.get_absolute_url(),
    )


@requires("risk.edit")
@require_POST
def unlink_evidence(request: Request, reference: str, use: int) -> HttpResponse:
    risk = queries.get_risk_or_404(request.acting, reference)
    permissions.check_can_edit(request.acting)
    found = RiskEvidence.objects.visible_to(request.acting).filter(pk=use, risk=risk).first()
    if found is None:
        raise Http404
    try:
        actions.unlink_evidence(use_id=found.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Evidence no longer linked to %(code)s") % {"code": risk.code})
    return redirect(risk)


def _link_chosen(request: Request, risk: Risk) -> HttpResponse:
    item = choosing.chosen(request)
    if item is None:
        messages.warning(request, _("Select the evidence to link."))
        return redirect("risk:link_evidence", reference=risk.reference)
    try:
        actions.link_evidence(risk_id=risk.pk, evidence_id=item.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Evidence linked to %(code)s") % {"code": risk.code})
    return redirect(risk)
