"""A register out of a spreadsheet, step by step: upload, headings, columns, trial run, confirmation."""

import io
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
from foundation.documents import csv_export
from foundation.documents.responses import XLSX_TYPE, export_rows
from foundation.files.examination import SPREADSHEETS
from foundation.files.receiving import accepts_files
from risk import actions, queries, reference
from risk.forms.imports import ConfirmRegisterForm, HeadingsForm, RegisterColumnsForm, UploadRegisterForm
from risk.importing import showing, template
from risk.models import Category, RegisterImport
from risk.scoring import Matrix
from risk.views.finding import today

SHOWN = 100
Status = RegisterImport.Status


@requires("risk.edit")
@accepts_files(max_bytes=SPREADSHEETS.max_bytes)
@require_http_methods(["GET", "POST"])
def imports(request: Request) -> HttpResponse:
    """Upload a register, and what became of earlier ones."""
    acting = request.acting
    drafts = queries.drafts(acting)
    asked = next((str(row.pk) for row in drafts if row.reference == request.GET.get("assessment")), None)
    offered = [(row.pk, row.title) for row in drafts]
    initial = {"into": asked} if asked else {}
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadRegisterForm(*posted, drafts=offered, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            uploaded = actions.upload_register(
                examined=form.cleaned_data["file"], by=acting, now=timezone.now(), **form.target
            )
        except RuleBroken as error:
            form.add_error("file", str(error))
        else:
            return redirect(_next_step(uploaded))
    context = {"form": form, "earlier": queries.latest_register_imports(acting), "most": template.MOST_ROWS}
    return render(request, "risk/imports/index.html", context)


@requires("risk.edit")
@require_GET
def empty_register(request: Request) -> HttpResponse:
    """A spreadsheet with the headings that need no explaining, as XLSX or with ``?kind=csv`` as CSV."""
    if request.GET.get("kind") == "csv":
        content = b"".join(csv_export.stream(template.headings(), []))
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=_attached("csv"))
    target = io.BytesIO()
    template.write(target, acting=request.acting, now=timezone.now())
    return HttpResponse(target.getvalue(), content_type=XLSX_TYPE, headers=_attached("xlsx"))


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def headings(request: Request, reference: str) -> HttpResponse:
    """Say which sheet and which row hold the headings."""
    found = queries.get_register_import_or_404(request.acting, reference)
    if found.is_over:
        return redirect("risk:register_import", found.reference)
    sheets = [(layout["sheet"], _sheet_name(layout)) for layout in found.layouts]
    form = HeadingsForm(
        request.POST if request.method == "POST" else None,
        sheets=sheets,
        initial={"sheet": found.sheet, "heading_row": found.heading_row or None},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_headings(
                import_id=found.pk,
                sheet=form.cleaned_data.get("sheet") or found.sheet,
                heading_row=form.cleaned_data["heading_row"],
                by=request.acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            form.add_error("heading_row", str(error))
        else:
            return redirect("risk:register_columns", found.reference)
    return render(
        request, "risk/imports/headings.html", {"found": found, "form": form, "previews": showing.previews(found)}
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def columns(request: Request, reference: str) -> HttpResponse:
    """Say what each column means, then have the file checked."""
    found = queries.get_register_import_or_404(request.acting, reference)
    if found.is_over:
        return redirect("risk:register_import", found.reference)
    if not found.headings:
        return redirect("risk:register_headings", found.reference)
    initial = {f"column_{at}": name for at, name in found.columns.items()}
    form = RegisterColumnsForm(
        request.POST if request.method == "POST" else None,
        headings=found.headings,
        examples=showing.examples(found),
        themes=_themes(),
        initial=initial | {"theme": found.theme, "source": found.source, "when_there": found.when_there},
    )
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("theme", "source", "when_there")}
        try:
            found = actions.choose_columns(
                import_id=found.pk, chosen=form.chosen, by=request.acting, now=timezone.now(), **typed
            )
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            return redirect("jobs:job", found.job_reference)
    return render(request, "risk/imports/columns.html", {"found": found, "form": form, "known": len(found.columns)})


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def register_import(request: Request, reference: str) -> HttpResponse:
    """What the file would do, and the confirmation; afterwards what it did."""
    acting = request.acting
    found = queries.get_register_import_or_404(acting, reference)
    counts = found.counts

    def make(_row: None, posted: QueryDict | None) -> ConfirmRegisterForm:
        return ConfirmRegisterForm(posted, refused=counts.get("refused", 0), falls=counts.get("falls", 0))

    editor: Editor[ConfirmRegisterForm] = Editor(request, None, make)
    if editor.is_ready:
        try:
            found = actions.confirm_register(
                import_id=found.pk, by=acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The import begins"), to=reverse("jobs:job", args=[found.job_reference]))
    return editor.render("risk/imports/import.html", **_facts(request, found))


@requires("risk.edit")
@require_POST
def put_aside(request: Request, reference: str) -> HttpResponse:
    """Put a file aside."""
    found = queries.get_register_import_or_404(request.acting, reference)
    try:
        actions.put_aside(import_id=found.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
        return redirect("risk:register_import", found.reference)
    messages.success(request, _("The file was put aside. No risk was changed"))
    return redirect("risk:imports")


@requires("risk.edit")
@require_GET
def remarks(request: Request, reference: str) -> HttpResponseBase:
    """Everything that was said about cells, as CSV, to correct the file by."""
    acting = request.acting
    found = queries.get_register_import_or_404(acting, reference)
    if found.status != Status.CHECKED:
        raise Http404
    known = _allowed(_matrix(request, found))
    return export_rows(
        [_("Row"), _("Column"), _("What stands there"), _("What to do"), _("Is the row refused?")],
        lambda: (
            [each.number, each.column, each.read, each.sentence, _("Yes") if each.refuses else _("No")]
            for each in showing.remarks(found, queries.register_rows(acting, found), known)
        ),
        name="register-remarks",
        format="csv",
        title=_("Remarks on a register"),
        acting=acting,
        now=timezone.now(),
    )


def _facts(request: Request, found: RegisterImport) -> dict[str, Any]:
    counts = found.counts
    context: dict[str, Any] = {
        "found": found,
        "counts": counts,
        "is_checked": found.status == Status.CHECKED,
        "is_applied": found.status == Status.APPLIED,
        "is_working": found.status in (Status.CHECKING, Status.APPLYING),
        "changes_something": any(counts.get(name) for name in ("create", "join", "update")),
        "shown": SHOWN,
    }
    if found.status != Status.CHECKED:
        return context
    rows = list(queries.register_rows(request.acting, found))
    matrix = _matrix(request, found)
    said = showing.remarks(found, rows, _allowed(matrix))
    return context | {
        "problems": [each for each in said if each.refuses][:SHOWN],
        "warnings": [each for each in said if not each.refuses][:SHOWN],
        "said": len(said),
        "read_as": showing.read_as(found, matrix),
        "left_out": showing.left_out_of(found)[:SHOWN],
        "unused": showing.unused(found),
        "lines": showing.lines(rows[:SHOWN]),
        "how_many": len(rows),
    }


def _matrix(request: Request, found: RegisterImport) -> Matrix:
    return found.assessment.scale if found.assessment else queries.matrix_of(queries.settings_of(request.acting))


def _allowed(matrix: Matrix) -> dict[str, str]:
    return showing.allowed(matrix, dict(reference.offered(Category.Kind.IDEOLOGY, today())))


def _themes() -> list[tuple[str, str]]:
    return reference.offered(Category.Kind.THEME, today())


def _sheet_name(layout: dict[str, Any]) -> str:
    return _("%(name)s (hidden)") % {"name": layout["sheet"]} if layout["is_hidden"] else str(layout["sheet"])


def _next_step(found: RegisterImport) -> str:
    return reverse("risk:register_columns" if found.headings else "risk:register_headings", args=[found.reference])


def _attached(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="risk-register.{ending}"'}
