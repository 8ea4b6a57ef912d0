"""Compliance reports: ask, follow, open, check a copy."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance import actions, queries, reports, verification
from compliance.forms import ReportForm, VerifyForm
from compliance.models import ComplianceReport
from compliance.register_page import RegisterExport
from compliance.views.finding import get_report_or_404, today
from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import Column, Listing, ListPage
from foundation.core.markings import Marking
from foundation.documents.responses import ReportFacts, export_list, export_rows
from foundation.files.receiving import accepts_files
from foundation.files.responses import made_document
from foundation.jobs.reports import shown


def covers(report: ComplianceReport) -> str:
    return report.theme.title if report.theme else _("The whole duty")


REPORTS = Listing(
    name="compliance-reports",
    columns=(
        Column("reference", gettext_lazy("Report"), lambda report: report.reference, sort="reference"),
        Column("covers", gettext_lazy("Covers"), covers),
        Column("from", gettext_lazy("Period from"), lambda report: report.period_from),
        Column("as_at", gettext_lazy("As at"), lambda report: report.as_at, sort="as_at"),
        Column("requested", gettext_lazy("Asked for"), lambda report: report.requested_at, sort="requested_at"),
        Column("by", gettext_lazy("By"), lambda report: report.requested_by.name, sort="requested_by__name"),
        Column("status", gettext_lazy("Status"), lambda report: report.state_label, sort="state"),
    ),
    default_sort="-requested",
    search=("reference", "requested_by__name"),
    search_label=gettext_lazy("Search by report id or person"),
)


@requires("compliance.report")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    rows = ComplianceReport.objects.visible_to(request.acting).with_state().select_related("theme", "requested_by")
    page = REPORTS.read(request, rows)
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return export_list(
            page, format=wanted, title=_("Compliance reports"), acting=request.acting, now=timezone.now()
        )
    return render(request, "compliance/reports.html", {"page": page})


@requires("compliance.report")
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    form = ReportForm(
        request.POST if request.method == "POST" else None,
        today=today(),
        organisation=request.acting.organisation,
        initial={"as_at": today(), "theme_code": ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.request_report(by=request.acting, now=timezone.now(), **form.cleaned_data)
        except RuleBroken as error:
            form.add_error("as_at", str(error))
        else:
            return redirect(_page_of_job(report))
    return render(request, "compliance/new_report.html", {"form": form})


@requires("compliance.report")
@require_GET
def show(request: Request, reference: str) -> HttpResponse:
    report = get_report_or_404(request.acting, reference)
    return render(
        request,
        "compliance/report.html",
        {
            **shown(report),
            "period": reports.period_in_words(report),
        },
    )


@requires("compliance.report", step_up=True)
@require_GET
def download(request: Request, reference: str) -> HttpResponseBase:
    """The document itself: only for whoever may report, proved afresh, every time in the ledger."""
    report = get_report_or_404(request.acting, reference)
    name = f"compliance-{report.reference}"
    return made_document(report.file_id, name=name, by=request.acting, now=timezone.now())


@requires("compliance.report", step_up=True)
@require_GET
def export(request: Request, reference: str) -> HttpResponseBase:
    """The same register as the report, as CSV or XLSX."""
    report = get_report_or_404(request.acting, reference)
    register = queries.register(request.acting, report.as_at)
    lines = [line for line in register.lines if report.theme_id in (None, line.theme_code)]
    rows = RegisterExport(lines, with_evidence=report.with_evidence)
    return export_rows(
        rows.headers(),
        rows.rows,
        name=f"compliance-{report.reference}",
        format=request.GET.get("format", "csv"),
        title=_("Compliance report %(reference)s") % {"reference": report.reference},
        acting=request.acting,
        now=timezone.now(),
        marking=Marking(report.marking),
        of_report=ReportFacts(report.reference, queries.end_of_day(report.as_at), reports.period_in_words(report)),
    )


@requires("compliance.report")
@require_POST
def again(request: Request, reference: str) -> HttpResponse:
    report = get_report_or_404(request.acting, reference)
    try:
        report = actions.make_again(report_id=report.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
        return redirect(report)
    return redirect(_page_of_job(report))


def _page_of_job(report: ComplianceReport) -> str:
    assert report.job is not None  # just queued; only jobs long over are cleared away
    return reverse("jobs:job", args=[report.job.reference])


@requires("compliance.report")
@accepts_files()
@require_http_methods(["GET", "POST"])
def verify(request: Request) -> HttpResponse:
    """Is this copy what the portal made? The upload is compared and thrown away."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    result = None
    if request.method == "POST" and form.is_valid():
        result = verification.check(form.cleaned_data["copy"], acting=request.acting, now=timezone.now())
    return render(request, "compliance/verify.html", {"form": form, "result": result})
