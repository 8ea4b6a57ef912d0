"""The page on which a room lets people choose evidence to put behind something of its own."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.core.http import Request
from foundation.core.lists import Column, Listing, ListPage
from foundation.evidence.listing import state_of
from foundation.evidence.models import EvidenceItem

CHOICES = Listing(
    name="evidence-to-link",
    columns=(Column("title", _("Evidence"), lambda item: item.title, sort="title"),),
    default_sort="title",
    search=("title", "reference"),
    search_label=_("Search by title or reference"),
)


def is_choice(request: Request) -> bool:
    """Whether somebody chose; a search is a post too."""
    return request.method == "POST" and "search" not in request.POST


def chosen(request: Request) -> EvidenceItem | None:
    """What they chose, if they may see it."""
    return EvidenceItem.objects.visible_to(request.acting).filter(reference=request.POST.get("evidence", "")).first()


def choose(request: Request, *, linked: QuerySet | Iterable[int], named: str, up: str) -> HttpResponseBase:
    """Evidence that counts and is not linked yet. ``linked``: ids of what is; ``named``: what it will stand behind."""
    items = EvidenceItem.objects.visible_to(request.acting).filter(withdrawn_at__isnull=True)
    page = CHOICES.read(request, items.exclude(pk__in=linked).for_list())
    if not isinstance(page, ListPage):
        return page
    today = timezone.localdate()
    return render(
        request,
        "evidence/choose.html",
        {
            "named": named,
            "up": up,
            "here": request.path,
            "page": page,
            "rows": [(item, *state_of(item, today)) for item in page.items],
            "can_add": request.acting.may("evidence.manage"),
        },
    )
