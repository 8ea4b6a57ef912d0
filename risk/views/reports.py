"""Reports of the risk room: ask, follow, take the document."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.documents.responses import export_list
from foundation.files.responses import made_document
from foundation.jobs.reports import REPORT_COLOUR, ReportStatus, TooLongForPdf, download_label, listing, shown
from risk import actions, queries, tabs
from risk.forms.reports import ReportForm, ResponseForm
from risk.models import RiskReport
from risk.models.reports import ReportQuerySet
from risk.views.profiles import get_edition_or_404

HEADING = gettext_lazy("Risk reports")
REPORTS = listing(
    "risk-reports",
    search=("assessment__title", "edition__title"),
    search_label=gettext_lazy("Search by report id, title or person"),
)


def _reports(request: Request) -> ReportQuerySet:
    rows = RiskReport.objects.visible_to(request.acting).with_state()
    return rows.select_related("assessment", "edition", "requested_by", "job")


def get_report_or_404(request: Request, reference: str) -> RiskReport:
    report = _reports(request).filter(reference=reference).first()
    if report is None:
        raise Http404
    return report


@requires("risk.report")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    """Every report of the room, newest first."""
    page = REPORTS.read(request, _reports(request))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return export_list(page, format=wanted, title=str(HEADING), acting=request.acting, now=timezone.now())
    lines = [(report, REPORT_COLOUR[ReportStatus(report.state)]) for report in page.items]
    return render(
        request,
        "reports/index.html",
        {
            "heading": HEADING,
            "room": _("Risk"),
            "tabs": tabs.of("reports", request.acting),
            "page": page,
            "lines": lines,
            "first_hint": _(
                "Open an assessment or a local profile and make a report of it for your board or partners."
            ),
            "first_url": reverse("risk:assessments"),
            "first_label": _("Choose an assessment"),
        },
    )


@requires("risk.report")
@require_http_methods(["GET", "POST"])
def new(request: Request, reference: str) -> HttpResponse:
    """Ask for a report of one version of the register. A job makes it."""
    row = queries.get_assessment_or_404(request.acting, reference)
    form = ReportForm(
        request.POST if request.method == "POST" else None, initial={"kind": "board", "marking": row.marking}
    )
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.request_report(
                assessment_id=row.pk, by=request.acting, now=timezone.now(), **form.cleaned_data
            )
        except TooLongForPdf as error:
            form.add_error("kind", str(error))
        except RuleBroken as error:
            form.add_error("marking", str(error))
        else:
            return redirect(_page_of_job(report))
    return render(
        request,
        "risk/reports/new.html",
        {"form": form, "of": row, "heading": _("Make a report of the assessment"), "up": row.get_absolute_url()},
    )


@requires("risk.report")
@require_http_methods(["GET", "POST"])
def new_response(request: Request, reference: str) -> HttpResponse:
    """Ask for the answers to one edition of the local profile as a document. A job makes it."""
    row = get_edition_or_404(request, reference)
    form = ResponseForm(request.POST if request.method == "POST" else None, initial={"marking": row.marking})
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.request_response(
                edition_id=row.pk, by=request.acting, now=timezone.now(), **form.cleaned_data
            )
        except RuleBroken as error:
            form.add_error("marking", str(error))
        else:
            return redirect(_page_of_job(report))
    return render(
        request,
        "risk/reports/new.html",
        {
            "form": form,
            "of": row,
            "heading": _("Make a response to the local profile"),
            "up": row.get_absolute_url(),
            "is_response": True,
        },
    )


@requires("risk.report")
@require_GET
def show(request: Request, reference: str) -> HttpResponse:
    """One report: what it is of, how it stands, and its document."""
    report = get_report_or_404(request, reference)
    return render(
        request,
        "reports/report.html",
        {
            "heading": HEADING,
            "up": reverse("risk:reports"),
            "download_url": reverse("risk:download_report", args=[report.reference]),
            "again_url": reverse("risk:report_again", args=[report.reference]),
            **shown(report),
            "download_label": download_label(is_spreadsheet=report.is_spreadsheet),
            "subject": report.assessment or report.edition,
        },
    )


@requires("risk.report", step_up=True)
@require_GET
def download(request: Request, reference: str) -> HttpResponseBase:
    """The document itself: only for whoever may report, proved afresh, every time in the ledger."""
    report = get_report_or_404(request, reference)
    name = f"risk-{report.reference}"
    return made_document(report.file_id, name=name, by=request.acting, now=timezone.now())


@requires("risk.report")
@require_POST
def again(request: Request, reference: str) -> HttpResponse:
    """Once more, after it failed or was cancelled."""
    report = get_report_or_404(request, reference)
    try:
        report = actions.make_report_again(report_id=report.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
        return redirect(report)
    return redirect(_page_of_job(report))


def _page_of_job(report: RiskReport) -> str:
    assert report.job is not None  # just queued; only jobs long over are cleared away
    return reverse("jobs:job", args=[report.job.reference])
