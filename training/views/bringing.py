"""A file of training, step by step: upload, columns, names of courses, trial run, confirmation; and taken back."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.documents.responses import export_rows
from foundation.files.examination import SPREADSHEETS
from foundation.files.receiving import accepts_files
from training import actions, record_lists, record_queries
from training.bringing import names
from training.bringing.columns import Field
from training.bringing.lines import PROBLEMS
from training.forms.bringing import (
    MOST_NAMES,
    CompletionColumnsForm,
    ConfirmCompletionsForm,
    NamesForm,
    UploadCompletionsForm,
)
from training.forms.records import WhyForm
from training.models import CompletionImport, CompletionImportRow

SHOWN = 100
Status = CompletionImport.Status


@requires("training.manage")
@accepts_files(max_bytes=SPREADSHEETS.max_bytes)
@require_http_methods(["GET", "POST"])
def imports(request: Request) -> HttpResponse:
    """Upload a file, and what became of earlier ones."""
    acting = request.acting
    form = UploadCompletionsForm(request.POST, request.FILES) if request.method == "POST" else UploadCompletionsForm()
    if request.method == "POST" and form.is_valid():
        try:
            uploaded = actions.upload_completions(examined=form.cleaned_data["file"], by=acting, now=timezone.now())
        except RuleBroken as error:
            form.add_error("file", str(error))
        else:
            return redirect("training:record_columns", uploaded.reference)
    context = {"form": form, "earlier": record_queries.latest_imports(acting)}
    return render(request, "training/records/imports.html", context)


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def columns(request: Request, reference: str) -> HttpResponse:
    """Say which column means what, then have the file checked."""
    found = record_queries.get_import_or_404(request.acting, reference)
    if found.is_over:
        return redirect(found)
    initial = {name: str(at) for name, at in found.columns.items()}
    initial["course_for_all"] = str(found.course_id or "")
    form = CompletionColumnsForm(
        request.POST if request.method == "POST" else None,
        headings=found.headings,
        courses=record_lists.course_choices(request.acting),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.explain_columns(
                import_id=found.pk, chosen=form.chosen, course_id=form.course_id, by=request.acting, now=timezone.now()
            )
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            return redirect("jobs:job", found.job_reference)
    return render(request, "training/records/columns.html", {"found": found, "form": form})


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def course_names(request: Request, reference: str) -> HttpResponse:
    """Say which course each unknown name stands for, then have the file checked again."""
    acting = request.acting
    found = record_queries.get_import_or_404(acting, reference)
    if found.status != Status.CHECKED:
        return redirect(found)
    unknown = names.unknown(acting, found)
    courses = record_lists.course_choices(acting)
    form = NamesForm(request.POST if request.method == "POST" else None, unknown=unknown, courses=courses)
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.explain_names(import_id=found.pk, chosen=form.chosen, by=acting, now=timezone.now())
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            return redirect("jobs:job", found.job_reference)
    context = {"found": found, "form": form, "count": len(unknown), "most": MOST_NAMES}
    return render(request, "training/records/names.html", context)


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def show(request: Request, reference: str) -> HttpResponse:
    """What the file would do, and the confirmation; afterwards what it did."""
    acting = request.acting
    found = record_queries.get_import_or_404(acting, reference)
    refused = found.counts.get("refused", 0)
    form = ConfirmCompletionsForm(request.POST if request.method == "POST" else None, refused=refused)
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.confirm_completions(
                import_id=found.pk, leave_out_refused=form.leaves_out, by=acting, now=timezone.now()
            )
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            return redirect("jobs:job", found.job_reference)
    is_checked = found.status == Status.CHECKED
    rows = record_queries.refused_rows(acting, found)[:SHOWN] if is_checked else []
    context: dict[str, Any] = {
        "found": found,
        "form": form,
        "counts": found.counts,
        "is_checked": is_checked,
        "is_applied": found.applied_at is not None,
        "can_withdraw": found.status == Status.APPLIED,
        "is_working": found.status in (Status.CHECKING, Status.APPLYING, Status.WITHDRAWING),
        "errors": [_error(row) for row in rows],
        "shown": SHOWN,
    }
    return render(request, "training/records/import.html", context)


@requires("training.manage")
@require_POST
def put_aside(request: Request, reference: str) -> HttpResponse:
    """Put a file aside."""
    found = record_queries.get_import_or_404(request.acting, reference)
    try:
        actions.put_completions_aside(import_id=found.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
        return redirect(found)
    messages.success(request, _("The file was put aside. Nothing was recorded"))
    return redirect("training:record_imports")


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def withdraw(request: Request, reference: str) -> HttpResponse:
    """Take back all records of a file."""
    found = record_queries.get_import_or_404(request.acting, reference)

    def make(_row: CompletionImport, posted: QueryDict | None) -> WhyForm:
        return WhyForm(posted, submit=_("Withdraw all of it"))

    editor: Editor[WhyForm] = Editor(request, found, make, compares=False)
    if editor.is_ready:
        reason = editor.form.cleaned_data["reason"]
        try:
            found = actions.withdraw_import(import_id=found.pk, reason=reason, by=request.acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
        else:
            to = reverse("jobs:job", args=[found.job_reference])
            return editor.saved(_("The records of this file are being withdrawn"), to=to)
    return editor.render(
        "training/records/form.html",
        heading=_("Withdraw all records of this file"),
        lead=_("They stay readable and no longer count. Whoever is asked for the course is asked again."),
        caption=_("File %(reference)s") % {"reference": found.reference},
        up=found.get_absolute_url(),
        up_label=_("The file"),
    )


@requires("training.manage")
@require_GET
def errors(request: Request, reference: str) -> HttpResponseBase:
    """All refused rows as CSV, to correct the file by."""
    acting = request.acting
    found = record_queries.get_import_or_404(acting, reference)
    if found.status != Status.CHECKED:
        raise Http404

    def rows() -> Iterator[list[Any]]:
        for row in record_queries.refused_rows(acting, found).iterator(2_000):
            number, column, who, sentence = _error(row)
            yield [number, str(column), who, str(sentence)]

    return export_rows(
        [_("Row"), _("Column"), _("Staff number or e-mail address"), _("What is wrong")],
        rows,
        name="refused-rows",
        format="csv",
        title=_("Refused rows"),
        acting=acting,
        now=timezone.now(),
    )


def _error(row: CompletionImportRow) -> tuple[int, Any, str, Any]:
    said: Any = PROBLEMS[row.problem]
    if row.problem == "course_unknown":
        said = _("No course called “%(name)s” is known. Say which one it is.") % {"name": row.course_name}
    return row.number, Field(row.field).label, row.staff_number or row.email, said
