"""The list of risks that an organisation may share with one of its partnerships, or shares: search and filters."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, LPad
from django.utils.translation import gettext_lazy as _

from foundation.core.acting import Acting
from foundation.core.lists import Column, Listing
from foundation.core.sharing_filter import PartnershipFilter
from foundation.organisations.models import Organisation
from risk.models import Entry, Risk, SharedRisk
from risk.sharing import Own, Sharing, own
from risk.workflow import Status

LONGEST_CODE = 20


def listing(partnerships: Sequence[Organisation]) -> Listing:
    """The list as it may be searched and filtered."""
    return Listing(
        name="risks-to-share",
        columns=(
            Column("risk", _("Risk"), lambda row: row.code, sort="place"),
            Column("title", _("Approved assessment"), lambda row: row.title),
            Column("sharing", _("What the partnership reads"), _state, sort="sharing"),
        ),
        default_sort="risk",
        search=("code", "title", "comment"),
        search_label=_("Search by code, title or comment"),
        filters=partial(PartnershipFilter, partnerships=partnerships, states=Sharing),
    )


def _state(row: Any) -> str:
    return str(Sharing(row.sharing).label)


def lines(acting: Acting, partnership: Organisation, page: Sequence[Risk]) -> list[Own]:
    """What the page shows of its risks, in its order."""
    found = {each.risk.pk: each for each in own(acting, [partnership], Q(risk__in=page))}
    return [found[row.pk] for row in page if row.pk in found]


def rows(acting: Acting, partnership: Organisation) -> QuerySet[Risk]:
    """Risks of the approved assessment and those that are shared, with ``sharing`` as ``Own.state`` has it."""
    entries = Entry.objects.visible_to(acting).filter(assessment__status=Status.APPROVED)
    mine = SharedRisk.objects.visible_to(acting).filter(organisation=acting.organisation, partnership=partnership)
    shared, ended = mine.filter(ended_at__isnull=True), mine.filter(ended_at__isnull=False)
    entry = entries.filter(risk=OuterRef("pk")).order_by()
    standing = shared.filter(risk=OuterRef("pk")).order_by()
    found = Risk.objects.visible_to(acting).filter(
        Q(pk__in=entries.order_by().values("risk")) | Q(pk__in=shared.order_by().values("risk"))
    )
    return found.annotate(
        place=LPad("code", LONGEST_CODE, Value(" ")),  # R2 before R10
        entry_now=Subquery(entry.values("pk")[:1]),
        shared_entry=Subquery(standing.values("entry_id")[:1]),
        title=Coalesce(Subquery(entry.values("title")[:1]), Subquery(standing.values("title")[:1])),
        comment=Coalesce(Subquery(standing.values("comment")[:1]), Value("")),
        sharing=Case(
            When(
                Q(shared_entry__isnull=True) & Exists(ended.filter(risk=OuterRef("pk"))),
                then=Value(Sharing.TAKEN_BACK),
            ),
            When(shared_entry__isnull=True, then=Value(Sharing.NOT_SHARED)),
            When(closed_at__isnull=False, then=Value(Sharing.CLOSED)),
            When(entry_now__isnull=True, then=Value(Sharing.GONE)),
            When(entry_now=F("shared_entry"), then=Value(Sharing.SHARED)),
            default=Value(Sharing.CHANGED),
        ),
    )
