"""Reports of plans: ask, follow, take the document."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from actionplans import actions
from actionplans.models import PlanReport
from actionplans.models.reports import ReportQuerySet
from actionplans.quarters import offered
from actionplans.report_forms import ReportForm
from actionplans.views.finding import get_plan_or_404, tabs
from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.documents.responses import export_list
from foundation.files.responses import made_document
from foundation.jobs.reports import REPORT_COLOUR, ReportStatus, TooLongForPdf, download_label, listing, shown

HEADING = gettext_lazy("Reports of plans")
REPORTS = listing(
    "plan-reports",
    search=("plan__title",),
    search_label=gettext_lazy("Search by report id, plan or person"),
)


def _reports(request: Request) -> ReportQuerySet:
    rows = PlanReport.objects.visible_to(request.acting).with_state()
    return rows.select_related("plan", "requested_by", "job")


def get_report_or_404(request: Request, reference: str) -> PlanReport:
    report = _reports(request).filter(reference=reference).first()
    if report is None:
        raise Http404
    return report


@requires("plan.report")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    """Every report of a plan, newest first."""
    page = REPORTS.read(request, _reports(request))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return export_list(page, format=wanted, title=str(HEADING), acting=request.acting, now=timezone.now())
    return render(
        request,
        "reports/index.html",
        {
            "heading": HEADING,
            "room": _("Action plans"),
            "tabs": tabs(request),
            "page": page,
            "lines": [(report, REPORT_COLOUR[ReportStatus(report.state)]) for report in page.items],
            "first_hint": _("Open a plan and make a report of it: for your board, in full, or of a quarter."),
            "first_url": reverse("actionplans:plans"),
            "first_label": _("Choose a plan"),
        },
    )


@requires("plan.report")
@require_GET
def show(request: Request, reference: str) -> HttpResponse:
    """One report: what it is of, how it stands, and its document."""
    report = get_report_or_404(request, reference)
    return render(
        request,
        "reports/report.html",
        {
            "heading": HEADING,
            "up": reverse("actionplans:reports"),
            "download_url": reverse("actionplans:download_report", args=[report.reference]),
            "again_url": reverse("actionplans:report_again", args=[report.reference]),
            **shown(report),
            "download_label": download_label(is_spreadsheet=report.is_spreadsheet),
            "subject": report.plan,
        },
    )


@requires("plan.report")
@require_POST
def again(request: Request, reference: str) -> HttpResponse:
    """Once more, after it failed or was cancelled."""
    report = get_report_or_404(request, reference)
    try:
        report = actions.make_report_again(report_id=report.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
        return redirect(report)
    assert report.job is not None  # just queued
    return redirect("jobs:job", reference=report.job.reference)


@requires("plan.report")
@require_http_methods(["GET", "POST"])
def new(request: Request, reference: str) -> HttpResponse:
    """Ask for a report of a plan as it stands. A job makes it."""
    plan = get_plan_or_404(request.acting, reference)
    form = ReportForm(
        request.POST if request.method == "POST" else None,
        quarters=offered(plan.period_from, plan.period_to, timezone.localdate()),
        least_marking=plan.marking,
        initial={"marking": plan.marking},
    )
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.request_report(plan_id=plan.pk, by=request.acting, now=timezone.now(), **form.cleaned_data)
        except TooLongForPdf as error:
            form.add_error("kind", str(error))
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
    report = get_report_or_404(request, reference)
    name = f"action-plan-{report.reference}"
    return made_document(report.file_id, name=name, by=request.acting, now=timezone.now())
