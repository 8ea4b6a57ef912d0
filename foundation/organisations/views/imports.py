"""A file of people, step by step: upload, columns, trial run, confirmation."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.documents.responses import export_rows
from foundation.files.examination import SPREADSHEETS
from foundation.files.receiving import accepts_files
from foundation.organisations import actions, queries
from foundation.organisations.forms.people_files import ColumnsForm, ConfirmImportForm, UploadPeopleForm
from foundation.organisations.models import PeopleImport
from foundation.organisations.people_files.cleaning import PROBLEMS
from foundation.organisations.people_files.columns import Field

SHOWN = 200
Status = PeopleImport.Status


@requires("people.manage", step_up=True)
@accepts_files(max_bytes=SPREADSHEETS.max_bytes)
@require_http_methods(["GET", "POST"])
def imports(request: Request) -> HttpResponse:
    """Upload a file, and what became of earlier ones."""
    acting = request.acting
    form = UploadPeopleForm(request.POST, request.FILES) if request.method == "POST" else UploadPeopleForm()
    if request.method == "POST" and form.is_valid():
        try:
            uploaded = actions.upload_people(examined=form.cleaned_data["file"], by=acting, now=timezone.now())
        except RuleBroken as error:
            form.add_error("file", str(error))
        else:
            return redirect("organisations:import_columns", uploaded.reference)
    context = {"form": form, "earlier": queries.latest_imports(acting), "fields": Field.choices}
    return render(request, "organisations/imports.html", context)


@requires("people.manage", step_up=True)
@require_http_methods(["GET", "POST"])
def columns(request: Request, reference: str) -> HttpResponse:
    """Say which column means what, then have the file checked."""
    found = queries.get_import_or_404(request.acting, reference)
    if found.status in (Status.APPLIED, Status.ABANDONED):
        return redirect("organisations:import", found.reference)
    initial = {name: str(at) for name, at in found.columns.items()}
    form = ColumnsForm(request.POST if request.method == "POST" else None, headings=found.headings, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.choose_columns(
                import_id=found.pk, chosen=form.chosen, by=request.acting, now=timezone.now()
            )
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            return redirect("jobs:job", found.job_reference)
    return render(request, "organisations/import_columns.html", {"people_import": found, "form": form})


@requires("people.manage", step_up=True)
@require_http_methods(["GET", "POST"])
def import_page(request: Request, reference: str) -> HttpResponse:
    """What the file would do, and the confirmation; afterwards what it did."""
    acting = request.acting
    found = queries.get_import_or_404(acting, reference)
    refused = found.counts.get("refused", 0)
    form = ConfirmImportForm(request.POST if request.method == "POST" else None, refused=refused)
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.confirm_import(
                import_id=found.pk, leave_out_refused=form.leaves_out, by=acting, now=timezone.now()
            )
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            return redirect("jobs:job", found.job_reference)
    context: dict[str, Any] = {
        "people_import": found,
        "form": form,
        "counts": found.counts,
        "is_checked": found.status == Status.CHECKED,
        "is_applied": found.status == Status.APPLIED,
        "is_working": found.status in (Status.CHECKING, Status.APPLYING),
        "changes_something": found.counts.get("create", 0) + found.counts.get("update", 0) > 0,
        "errors": [
            (row.number, row.staff_number, PROBLEMS[row.problem]) for row in queries.refused_rows(acting, found)[:SHOWN]
        ],
        "shown": SHOWN,
    }
    return render(request, "organisations/import.html", context)


@requires("people.manage", step_up=True)
@require_POST
def abandon(request: Request, reference: str) -> HttpResponse:
    """Put a file aside."""
    found = queries.get_import_or_404(request.acting, reference)
    try:
        actions.abandon_import(import_id=found.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.error(request, str(error))
        return redirect("organisations:import", found.reference)
    messages.success(request, _("The file was put aside. Nobody was changed"))
    return redirect("organisations:imports")


@requires("people.manage", step_up=True)
@require_GET
def errors(request: Request, reference: str) -> HttpResponseBase:
    """All refused rows as CSV, to correct the file by."""
    acting = request.acting
    found = queries.get_import_or_404(acting, reference)
    if found.status != Status.CHECKED:
        raise Http404
    return export_rows(
        [_("Row"), _("Staff number"), _("What is wrong")],
        lambda: (
            [row.number, row.staff_number, str(PROBLEMS[row.problem])]
            for row in queries.refused_rows(acting, found).iterator(2_000)
        ),
        name="refused-rows",
        format="csv",
        title=_("Refused rows"),
        acting=acting,
        now=timezone.now(),
    )
