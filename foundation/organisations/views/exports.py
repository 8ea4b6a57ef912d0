"""Taking a list of people out: what it is for, and the file once it is made."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.organisations import actions, queries
from foundation.organisations.forms.people_files import ExportPeopleForm


@requires("people.view", step_up=True)
@require_http_methods(["GET", "POST"])
def export_people(request: Request) -> HttpResponse:
    """Ask for the list as it is filtered now."""
    form = ExportPeopleForm(request.POST if request.method == "POST" else None)
    search = request.session.get("searches", {}).get(request.GET.get("s", ""), "")
    if request.method == "POST" and form.is_valid():
        try:
            export = actions.request_people_export(
                filters=request.GET.dict(), search=search, by=request.acting, now=timezone.now(), **form.cleaned_data
            )
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            return redirect("jobs:job", export.job_reference)
    return render(request, "organisations/export_people.html", {"form": form, "has_search": bool(search)})


@requires("people.view", step_up=True)
@require_GET
def export(request: Request, reference: str) -> HttpResponse:
    """The export once it is made: what it is, how long it is open, and the way to the file."""
    found = queries.get_export_or_404(request.acting, reference)
    return render(request, "organisations/export.html", {"export": found, "is_open": found.is_open(timezone.now())})


@requires("people.view", step_up=True)
@require_GET
def download_export(request: Request, reference: str) -> HttpResponse:
    """The file itself, every time in the ledger."""
    found = queries.get_export_or_404(request.acting, reference)
    try:
        stored = actions.open_people_export(export_id=found.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        raise Http404 from error
    assert stored.bytes is not None
    response = FileResponse(stored.bytes.open(), as_attachment=True, filename=stored.original_name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response  # type: ignore[return-value]
