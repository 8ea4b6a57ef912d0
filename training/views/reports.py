"""Reports of training: ask, follow, take the document."""

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
from foundation.jobs.reports import REPORT_COLOUR, ReportStatus, download_label, listing, shown
from training.actions import reporting
from training.forms.reports import ReportForm
from training.models import ReportKind, TrainingReport
from training.models.reports import ReportQuerySet

HEADING = gettext_lazy("Reports of training")
REPORTS = listing("training-reports", search=(), search_label=gettext_lazy("Search by report id or person"))


def _reports(request: Request) -> ReportQuerySet:
    rows = TrainingReport.objects.visible_to(request.acting).with_state()
    return rows.select_related("requested_by", "job", "session")


def get_report_or_404(request: Request, reference: str) -> TrainingReport:
    report = _reports(request).filter(reference=reference).first()
    if report is None:
        raise Http404
    return report


@requires("training.report")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    """Every report of training, newest first."""
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
            "room": _("Training"),
            "room_url": reverse("training:mine"),
            "tabs": tabs(request),
            "cannot_check_copies": not request.acting.may("compliance.report"),
            "page": page,
            "lines": [(report, REPORT_COLOUR[ReportStatus(report.state)]) for report in page.items],
            "new_url": reverse("training:new_report"),
            "first_hint": _("Make the figures of a day for your board, or a register of everybody and what they did."),
            "first_url": reverse("training:new_report"),
            "first_label": _("Make a report"),
        },
    )


def tabs(request: Request) -> list[dict[str, object]]:
    """The pages of reporting, as far as this person may open them."""
    entries = [
        (_("Reports"), "training:reports", "training.report"),
        (_("Returns"), "training:returns", "training.report"),
        (_("Quarter ends"), "training:quarter_ends", "training.view"),
    ]
    urls = [(label, reverse(name)) for label, name, needed in entries if request.acting.may(needed)]
    return [{"label": label, "url": url, "is_current": request.path == url} for label, url in urls]


@requires("training.report")
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Ask for a report of a day. A job makes it."""
    today = timezone.localdate()
    initial = {"kind": ReportKind.FIGURES, "as_at": today, "marking": "official"}
    form = ReportForm(request.POST if request.method == "POST" else None, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            report = reporting.request_report(by=request.acting, now=timezone.now(), **form.cleaned_data)
        except RuleBroken as error:
            form.add_error("as_at", str(error))
        else:
            assert report.job is not None  # just queued
            return redirect("jobs:job", reference=report.job.reference)
    return render(request, "training/new_report.html", {"form": form})


@requires("portal.use")
@require_GET
def show(request: Request, reference: str) -> HttpResponse:
    """One report: what it is of, how it stands, and its document. A trainer sees the sheets of their own sessions."""
    report = get_report_or_404(request, reference)
    is_csv = report.kind == ReportKind.CSV
    return render(
        request,
        "reports/report.html",
        {
            "heading": _("The session") if report.session else HEADING,
            "up": report.session.get_absolute_url() if report.session else reverse("training:reports"),
            "download_url": reverse("training:download_report", args=[report.reference]),
            "again_url": reverse("training:report_again", args=[report.reference]),
            **shown(report),
            "format": _("Rows (CSV)") if is_csv else "",
            "download_label": _("Download the rows") if is_csv else _label(report),
        },
    )


def _label(report: TrainingReport) -> str:
    return download_label(is_spreadsheet=report.is_spreadsheet)


@requires("portal.use")
@require_POST
def again(request: Request, reference: str) -> HttpResponse:
    """Once more, after it failed or was cancelled."""
    report = get_report_or_404(request, reference)
    try:
        report = reporting.make_report_again(report_id=report.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
        return redirect(report)
    assert report.job is not None  # just queued
    return redirect("jobs:job", reference=report.job.reference)


@requires("portal.use", step_up=True)
@require_GET
def download(request: Request, reference: str) -> HttpResponseBase:
    """The document itself: only for whoever may have it, proved afresh, every time in the ledger."""
    report = get_report_or_404(request, reference)
    name = f"training-{report.reference}"
    return made_document(report.file_id, name=name, by=request.acting, now=timezone.now())
