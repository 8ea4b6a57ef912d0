"""The duty library as people read it: documents and editions, frameworks, rows, and one edition beside the other."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from compliance import editions, library_memory, queries
from compliance.library_page import Uses, documents_listing, rows_for_list, rows_listing, rows_of_library
from compliance.library_page import documents as all_documents
from compliance.models import Framework, Instrument, LibraryLoad, Scale, SectorEntry, Theme
from compliance.relations import relations_of
from compliance.views.finding import today
from foundation.core.access import requires
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.marks import mark_in_words
from foundation.documents.responses import export_list, export_rows

SHOWN_OF_DOCUMENTS, SHOWN_OF_ROWS = 7, 8  # the columns beyond are for exports


def tabs(here: str) -> list[dict[str, Any]]:
    """The library's pages, side by side."""
    labels = (_("Documents and editions"), _("Frameworks"), _("Requirements"), _("Sectors, ladders and changes"))
    names = ("library", "library_frameworks", "library_rows", "library_about")
    return [
        {"label": label, "url": reverse(f"compliance:{name}"), "is_current": name == here}
        for name, label in zip(names, labels, strict=True)
    ]


@requires("compliance.view")
@require_http_methods(["GET", "POST"])
def documents(request: Request) -> HttpResponseBase:
    """Every document the library knows: edition, days in force, source, how far it was checked."""
    uses = Uses(request.acting)
    page = documents_listing(uses).read(request, all_documents(uses))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return _export(request, page, wanted, _("Documents of the duty library"))
    rows = rows_of_library(request.acting)
    return render(
        request,
        "compliance/library/documents.html",
        {
            "tabs": tabs("library"),
            "page": page,
            "headings": page.headings[:SHOWN_OF_DOCUMENTS],
            "documents": [(each, uses.sectors_in_words(each.code)) for each in page.items],
            "rows_total": sum(uses.rows.values()),
            "rows_checked": rows.filter(verified=True).count(),
            "frameworks_total": Framework.objects.count(),
            "documents_total": Instrument.objects.count(),
        },
    )


@requires("compliance.view")
@require_http_methods(["GET", "POST"])
def rows(request: Request) -> HttpResponseBase:
    """Every requirement and benchmark of every framework and edition."""
    page = rows_listing(request.acting).read(request, rows_for_list(request.acting))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return _export(request, page, wanted, _("Duty library"))
    return render(
        request,
        "compliance/library/rows.html",
        {"tabs": tabs("library_rows"), "page": page, "headings": page.headings[:SHOWN_OF_ROWS], "today": today()},
    )


@requires("compliance.view")
@require_GET
def row(request: Request, code: str) -> HttpResponse:
    """All that the library says about one row, whether or not this organisation is asked it."""
    found = get_object_or_404(rows_for_list(request.acting), code=code)
    register = queries.register(request.acting, today())
    content = found.content
    library = library_memory.library()
    named = library.instruments
    return render(
        request,
        "compliance/library/row.html",
        {
            "row": found,
            "content": content,
            "line": register.line(found.code),
            "rests_on": named.get(content.get("instrument", "")),
            "cites": [named[each] for each in content.get("cites", ()) if each in named],
            "relations": relations_of(found, register, library),
            "ended": found.in_force_to is not None and found.in_force_to < today(),
        },
    )


@requires("compliance.view")
@require_GET
def frameworks(request: Request) -> HttpResponse:
    """The frameworks that apply here, and the others."""
    day, organisation = today(), request.acting.organisation
    found = list(Framework.objects.select_related("instrument"))
    return render(
        request,
        "compliance/library/frameworks.html",
        {
            "tabs": tabs("library_frameworks"),
            "applying": [each for each in found if each.fits(organisation, day)],
            "others": [each for each in found if not each.fits(organisation, day)],
        },
    )


@requires("compliance.view")
@require_GET
def framework(request: Request, code: str) -> HttpResponse:
    """One framework with all its rows, whether or not it applies here."""
    found = get_object_or_404(Framework.objects.select_related("instrument", "scale", "assurer_scale"), pk=code)
    held = {row.code: row for row in rows_of_library(request.acting).filter(framework=found).select_related("theme")}
    outlines = [
        (outline, [(heading, [held[each] for each in heading["rows"] if each in held]) for heading in outline.headings])
        for outline in found.outlines.select_related("instrument")
    ]
    return render(
        request,
        "compliance/library/framework.html",
        {
            "framework": found,
            "rows": held.values(),
            "checked": sum(row.verified for row in held.values()),
            "sectors": SectorEntry.objects.filter(pk__in=found.sectors),
            "outlines": outlines,
            "has_mapping": editions.mapping_of(found) is not None,
            "followers": editions.followers_of(found),
        },
    )


@requires("compliance.view")
@require_GET
def document(request: Request, code: str) -> HttpResponse:
    """One document or edition: what it is, what it replaced, and the rows that rest on it or name it."""
    found = get_object_or_404(Instrument, pk=code)
    held = rows_of_library(request.acting).select_related("theme", "framework").order_by("position")
    return render(
        request,
        "compliance/library/document.html",
        {
            "document": found,
            "replaces": Instrument.objects.filter(pk__in=found.replaces),
            "replaced_by": Instrument.objects.filter(replaces__contains=[found.pk]),
            "frameworks": found.frameworks.all(),
            "mapped": [each for each in found.frameworks.select_related("instrument") if editions.mapping_of(each)],
            "outlines": found.outlines.select_related("framework"),
            "resting": held.filter(content__instrument=found.pk),
            "naming": held.filter(content__cites__contains=[found.pk]).exclude(content__instrument=found.pk),
        },
    )


@requires("compliance.view")
@require_GET
def mapping(request: Request, code: str) -> HttpResponseBase:
    """One edition beside the one before, row by row."""
    found = get_object_or_404(Framework.objects.select_related("instrument"), pk=code)
    result = editions.mapping_of(found)
    if result is None:
        raise Http404
    fate = request.GET.get("fate", "")
    pairs = result.of(fate)
    if wanted := request.GET.get("export"):
        return export_rows(
            [_("What became of it"), _("Earlier code"), _("Earlier wording"), _("Code"), _("Wording"), _("Checked")],
            lambda: (_mapping_cells(pair) for pair in pairs),
            name=f"mapping-{found.pk}",
            format=wanted,
            title=_("%(title)s beside the edition before") % {"title": found.title},
            acting=request.acting,
            now=timezone.now(),
        )
    return render(
        request,
        "compliance/library/mapping.html",
        {
            "mapping": result,
            "pairs": pairs,
            "fate": fate,
            "choices": [
                {"value": value, "label": label, "count": result.counts[editions.Fate(value)]}
                for value, label in editions.Fate.choices
            ],
        },
    )


@requires("compliance.view")
@require_GET
def about(request: Request) -> HttpResponse:
    """Whom the duty covers, the themes, the ladders, what the marks mean and what was changed lately."""
    return render(
        request,
        "compliance/library/about.html",
        {
            "tabs": tabs("library_about"),
            "sectors": SectorEntry.objects.all(),
            "themes": Theme.objects.all(),
            "scales": Scale.objects.all(),
            "loads": LibraryLoad.objects.all()[:5],
        },
    )


def _export(request: Request, page: ListPage, wanted: str, title: str) -> HttpResponseBase:
    return export_list(page, format=wanted, title=title, acting=request.acting, now=timezone.now())


def _mapping_cells(pair: editions.Pair) -> list[str]:
    return [
        str(pair.fate.label),
        ", ".join(row.code for row in pair.old),
        "; ".join(row.text for row in pair.old),
        pair.new.code if pair.new else "",
        pair.new.text if pair.new else "",
        ", ".join(mark_in_words(mark) for mark in pair.marks),
    ]
