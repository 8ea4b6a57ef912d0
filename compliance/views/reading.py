"""Pages that show the duty and where the organisation stands."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from compliance import contributions, library_memory, permissions, pictures, queries
from compliance.grouping import Grouping, with_headings
from compliance.register_page import RegisterExport, RegisterFilter, lines_for_page
from compliance.relations import relations_of
from compliance.views.finding import get_requirement_or_404, today
from foundation.core.access import requires
from foundation.core.http import Request
from foundation.core.permissions import allowed
from foundation.documents.responses import export_rows


@requires("compliance.view")
@require_GET
def overview(request: Request) -> HttpResponse:
    """The duty by theme: state, reason in words, next date; and how it moved over two years."""
    found, trend = queries.with_trend(request.acting, today(), quarters=8)
    return render(
        request,
        "compliance/overview.html",
        {
            "register": found,
            "chart": pictures.by_theme(found),
            "trend": pictures.trend(trend) if any(point.assessed for point in trend) else None,
            "is_partnership": contributions.is_partnership(request.acting),
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
    grouping = Grouping(whole, request.GET.get("group", ""))
    groups = grouping.groups(lines)
    if wanted := request.GET.get("export"):
        export = RegisterExport(lines)
        return export_rows(
            [_("Heading"), *export.headers()] if grouping.by else export.headers(),
            (lambda: with_headings(groups, export.cells)) if grouping.by else export.rows,
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
            "lines": list(lines_for_page(lines)),
            "grouping": grouping,
            "groups": groups,
            "page": form.as_page(lines),
            "can_customise": request.acting.may("compliance.customise"),
        },
    )


@requires("compliance.view")
@require_GET
def requirement(request: Request, code: str) -> HttpResponse:
    """One requirement: what it asks, where the organisation stands, the evidence, the assurer's rating."""
    row = get_requirement_or_404(request.acting, code)
    whole = queries.register(request.acting, today())
    line, library = whole.line(row.code), library_memory.library()
    if line is None:
        raise Http404
    return render(
        request,
        "compliance/requirement.html",
        {
            "requirement": row,
            "line": line,
            "content": row.content,
            "relations": relations_of(row, whole, library),
            "instrument": library.instruments.get(row.content.get("instrument", "")),
            "can_answer": allowed(permissions.check_can_answer, request.acting, row) and not line.answered_through,
            "can_assure": request.acting.may("compliance.assure") and line.version > 0,
            "can_change": row.is_local and request.acting.may("compliance.customise"),
            "can_see_evidence": request.acting.may("evidence.view"),
            **contributions.context_of(request.acting, row, today()),
        },
    )
