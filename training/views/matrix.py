"""People against requirements."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.core.access import signed_in
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.documents.responses import export_rows
from foundation.organisations import queries as organisations
from training.seeing import matrix as seeing
from training.seeing.listing import names_of
from training.seeing.on_a_day import as_at
from training.views.sections import tabs, ways_to_see_people


@signed_in
@require_http_methods(["GET", "POST"])
def matrix(request: Request) -> HttpResponseBase:
    """How each person stands in each requirement, fifty people a page."""
    acting, at = request.acting, as_at(request.GET)
    teams = organisations.team_tree(acting)
    page = seeing.listing(acting, at, teams).read(request, seeing.people(acting))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        headings, rows = seeing.export(page)
        return export_rows(
            headings,
            rows,
            name=page.listing.name,
            format=wanted,
            title=_("People and requirements"),
            acting=acting,
            now=timezone.now(),
        )
    return render(
        request,
        "training/matrix.html",
        {
            "page": page,
            "lines": seeing.lines(page, names_of(teams)),
            "form": page.filter_form,
            "most": seeing.MOST_COLUMNS,
            "at": at,
            "tabs": tabs(request),
            "ways": ways_to_see_people(request),
            "sees_all": acting.may("training.view"),
            "can_manage": acting.may("training.manage"),
        },
    )
