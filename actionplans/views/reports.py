"""Reports of a plan: asking for one, and taking it."""

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from actionplans import actions
from actionplans.models import PlanReport
from actionplans.quarters import offered
from actionplans.report_forms import ReportForm
from actionplans.views.finding import get_plan_or_404
from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.files import actions as files


@requires("plan.report")
@require_http_methods(["GET", "POST"])
def new(request: Request, reference: str) -> HttpResponse:
    """Ask for a report of a plan as it stands. A job makes it."""
    plan = get_plan_or_404(request.acting, reference)
    form = ReportForm(
        request.POST if request.method == "POST" else None,
        quarters=offered(plan.period_from, plan.period_to, timezone.localdate()),
        initial={"marking": plan.marking},
    )
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.request_report(plan_id=plan.pk, by=request.acting, now=timezone.now(), **form.cleaned_data)
        except RuleBroken as error:
            form.add_error("quarter_from", str(error))
        else:
            assert report.job is not None
            return redirect("jobs:job", reference=report.job.reference)
    return render(request, "actionplans/new_report.html", {"plan": plan, "form": form})


@requires("plan.report", step_up=True)
@require_GET
def download(request: Request, reference: str) -> HttpResponseBase:
    """The document itself: only for whoever may report, proved afresh, every time in the ledger."""
    report = PlanReport.objects.visible_to(request.acting).filter(reference=reference, file__isnull=False).first()
    if report is None or report.file_id is None:
        raise Http404
    stored = files.open_file(stored_file_id=report.file_id, by=request.acting, now=timezone.now())
    assert stored.bytes is not None  # only a withdrawn file has none, and that may not be opened
    response = FileResponse(
        stored.bytes.open(),
        as_attachment=True,
        filename=f"action-plan-{report.reference}.pdf",
        content_type="application/pdf",
    )
    response["Content-Security-Policy"] = "sandbox"
    return response
