"""The list of risks that an organisation may share with one of its partnerships, or shares: search and filters."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, LPad
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.acting import Acting
from foundation.core.lists import Column, Listing
from foundation.core.prepared import AnyOf, PreparedObjects, answers, numbers
from foundation.core.sharing_filter import SHOWN_OF_A_COMMENT, PartnershipFilter, decide
from foundation.core.templatetags.portal import day, hint_line, status_tag
from foundation.organisations.models import Organisation
from risk.models import Entry, Risk, SharedRisk
from risk.sharing import Own, Sharing, together
from risk.workflow import Status

LONGEST_CODE = 20
NONE = "–"


def listing(partnerships: Sequence[Organisation]) -> Listing:
    """The list as it may be searched and filtered."""
    return Listing(
        name="risks-to-share",
        columns=(
            Column("risk", _("Risk"), _unused, sort="place", raw=("pk",)),
            Column("title", _("Approved assessment"), _unused, raw=("pk",)),
            Column("sharing", _("What the partnership reads"), _unused, sort="sharing", raw=("pk",)),
        ),
        default_sort="risk",
        search=("code", "title", "comment"),
        search_label=_("Search by code, title or comment"),
        filters=partial(PartnershipFilter, partnerships=partnerships, states=Sharing),
    )


def _unused(row: Any) -> str:
    """This list has no export, and its page shows more than its columns: ``lines``."""
    return ""


def lines(
    acting: Acting, partnership: Organisation, page: Sequence[dict[str, Any]], *, here: str, token: str
) -> list[dict[str, Any]]:
    """What the page shows of its risks, in its order. ``here`` and ``token`` are for what is decided of each."""
    if not page or not acting.may("risk.view"):
        return []
    wanted = numbers(row["pk"] for row in page)
    said, shares = answers(
        _ENTRIES.question(acting.organisation_id, wanted),
        _SHARES.question(acting.organisation_id, partnership.pk, wanted),
    )
    found = together([partnership], _ENTRIES.made_of(said), _SHARES.made_of(shares))
    shown = {each.risk.pk: each for each in found}
    can_share = acting.may("risk.share")
    return [
        _line(each) | {"decide": _decide(each, here, token) if can_share else ""}
        for row in page
        if (each := shown.get(row["pk"]))
    ]


_ENTRIES = PreparedObjects(
    lambda organisation_id, wanted: (
        Entry.objects.filter(organisation_id=organisation_id, assessment__status=Status.APPROVED, removed_at=None)
        .filter(AnyOf("risk_id", wanted))
        .order_by()
    ),
    int,
    str,
    related=("risk", "assessment"),
)
_SHARES = PreparedObjects(
    lambda organisation_id, partnership_id, wanted: (
        SharedRisk.objects.filter(organisation_id=organisation_id, partnership_id=partnership_id)
        .filter(AnyOf("risk_id", wanted))
        .order_by("shared_at", "pk")
    ),
    int,
    int,
    str,
    related=("risk",),
)


def _line(own: Own) -> dict[str, Any]:
    closed, shared = own.risk.closed_at, own.shared
    hints = comment = ""
    if shared is not None:
        days = {"assessed": day(shared.assessed_at), "shared": day(shared.shared_at)}
        hints = hint_line(_("As assessed on %(assessed)s, shared on %(shared)s") % days)
        comment = hint_line(Truncator(shared.comment).chars(SHOWN_OF_A_COMMENT))
    elif own.ended is not None:
        hints = hint_line(day(own.ended.ended_at))
    return {
        "own": own,
        "url": own.risk.get_absolute_url(),
        "name": f"{own.risk.code} {own.title}",
        "closed": hint_line(_("Closed on %(day)s") % {"day": day(closed)}) if closed else "",
        "assessed": format_html("{}{}", status_tag(*own.tag), hint_line(day(own.assessed_at))) if own.entry else NONE,
        "sharing": format_html("{}{}{}", status_tag(own.state.label, own.state_colour), hints, comment),
    }


def _decide(own: Own, here: str, token: str) -> str:
    code, reference, shared = own.risk.code, own.risk.reference, own.shared is not None
    slug = own.partnership.slug
    return decide(
        code,
        give=addresses.of_row("risk:share", slug, reference) if own.can_be_shared else "",
        label=_("Share anew") if shared else _("Share"),
        take_back=addresses.of_row("risk:take_back", slug, reference) if shared else "",
        here=here,
        token=token,
    )


def rows(acting: Acting, partnership: Organisation, *, asked: QueryDict) -> QuerySet[Risk]:
    """Risks of the approved assessment and those that are shared. What is ``asked`` of the list says what beside them.

    Where they are searched, filtered or sorted: with ``sharing`` as ``Own.state`` has it, title and comment.
    """
    entries = Entry.objects.visible_to(acting).filter(assessment__status=Status.APPROVED)
    mine = SharedRisk.objects.visible_to(acting).filter(organisation=acting.organisation, partnership=partnership)
    shared, ended = mine.filter(ended_at__isnull=True), mine.filter(ended_at__isnull=False)
    found = Risk.objects.visible_to(acting).filter(
        Q(pk__in=entries.order_by().values("risk")) | Q(pk__in=shared.order_by().values("risk"))
    )
    found = found.annotate(place=LPad("code", LONGEST_CODE, Value(" ")))  # R2 before R10
    if not any(asked.get(name) for name in ("s", "state", "sort")):
        return found
    entry = entries.filter(risk=OuterRef("pk")).order_by()
    standing = shared.filter(risk=OuterRef("pk")).order_by()
    return found.annotate(
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
