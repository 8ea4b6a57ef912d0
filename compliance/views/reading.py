"""Pages that show the duty and where the organisation stands."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from compliance import permissions, pictures, queries
from compliance.models import Framework, Instrument, LibraryLoad, Requirement
from compliance.register_page import RegisterFilter, export_cells, export_headers
from compliance.views.finding import get_requirement_or_404, today
from foundation.core.access import requires
from foundation.core.http import Request
from foundation.core.permissions import allowed
from foundation.documents.responses import export_rows


@requires("compliance.view")
@require_GET
def overview(request: Request) -> HttpResponse:
    """The duty by theme: state, reason in words, next date; and how it moved over two years."""
    day = today()
    found = queries.registers(request.acting, queries.quarter_ends(day, 8))
    return render(
        request,
        "compliance/overview.html",
        {
            "register": found[-1],
            "chart": pictures.by_theme(found[-1]),
            "trend": pictures.trend(found),
            "can_report": request.acting.may("compliance.report"),
            "can_customise": request.acting.may("compliance.customise"),
        },
    )


@requires("compliance.view")
@require_GET
def register(request: Request) -> HttpResponseBase:
    """Every requirement that applies, to filter, sort and export."""
    whole = queries.register(request.acting, today())
    form = RegisterFilter(request.GET, register=whole)
    lines = form.narrow(list(whole.lines))
    if wanted := request.GET.get("export"):
        return export_rows(
            export_headers(),
            lambda: (export_cells(line) for line in lines),
            name="duty-register",
            format=wanted,
            title=_("Duty register"),
            acting=request.acting,
            now=timezone.now(),
        )
    return render(
        request,
        "compliance/register.html",
        {
            "register": whole,
            "lines": lines,
            "page": form.as_page(lines),
            "can_customise": request.acting.may("compliance.customise"),
        },
    )


@requires("compliance.view")
@require_GET
def requirement(request: Request, code: str) -> HttpResponse:
    """One requirement: what it asks, where the organisation stands, the evidence, the assurer's rating."""
    row = get_requirement_or_404(request.acting, code)
    line = queries.register(request.acting, today()).line(row.code)
    if line is None:
        raise Http404
    return render(
        request,
        "compliance/requirement.html",
        {
            "requirement": row,
            "line": line,
            "content": row.content,
            "instruments": Instrument.objects.in_bulk(
                [row.content["instrument"]] if row.content.get("instrument") else []
            ).values(),
            "can_answer": allowed(permissions.check_can_answer, request.acting, row) and not line.answered_through,
            "can_assure": request.acting.may("compliance.assure") and line.version > 0,
            "can_change": row.is_local and request.acting.may("compliance.customise"),
            "can_see_evidence": request.acting.may("evidence.view"),
        },
    )


@requires("compliance.view")
@require_GET
def library(request: Request) -> HttpResponse:
    """Frameworks and instruments: what applies, since when, from where, and how far it was verified."""
    applying = set(Framework.objects.applying_to(request.acting.organisation, today()).values_list("code", flat=True))
    frameworks = list(Framework.objects.select_related("instrument"))
    return render(
        request,
        "compliance/library.html",
        {
            "applying": [framework for framework in frameworks if framework.code in applying],
            "others": [framework for framework in frameworks if framework.code not in applying],
            "instruments": Instrument.objects.all(),
            "loads": LibraryLoad.objects.all()[:5],
        },
    )


@requires("compliance.view")
@require_GET
def framework(request: Request, code: str) -> HttpResponse:
    """One framework with all its rows, whether or not it applies here."""
    found = get_object_or_404(Framework.objects.select_related("instrument", "scale", "assurer_scale"), pk=code)
    rows = Requirement.objects.filter(framework=found).select_related("theme").order_by("position")
    return render(request, "compliance/framework.html", {"framework": found, "rows": rows})
