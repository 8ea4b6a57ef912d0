"""The evidence library as a list."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django import forms
from django.db.models import DateField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.acting import Acting
from foundation.core.forms import set_choices
from foundation.core.lists import Column, FilterForm, Listing
from foundation.evidence.models import NEVER, EvidenceItem, EvidenceQuerySet, Kind
from foundation.evidence.queries import HARMFUL
from foundation.organisations import queries as organisations

SOON = timedelta(days=60)


class EvidenceFilter(FilterForm):
    """Kind, state and owner; each may be left open."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any")), *Kind.choices])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Any")),
            ("current", _("Counts")),
            ("soon", _("Expires within 60 days")),
            ("expired", _("Expired")),
            ("withdrawn", _("Withdrawn")),
        ],
    )
    owner = forms.ChoiceField(label=_("Owner"), required=False)

    def __init__(self, data: QueryDict, *, owners: Iterable[tuple[int, str]]) -> None:
        super().__init__(data)
        offered = [(str(pk), name) for pk, name in owners]
        set_choices(self, "owner", [("", _("Anybody")), ("none", _("Nobody yet")), *offered])

    def narrow(self, rows: QuerySet) -> QuerySet:
        assert isinstance(rows, EvidenceQuerySet)
        today = timezone.localdate()
        if kind := self.cleaned_data["kind"]:
            rows = rows.filter(kind=kind)
        match self.cleaned_data["state"]:
            case "current":
                rows = rows.current(today)
            case "soon":
                rows = rows.expiring_within(SOON.days, today)
            case "expired":
                rows = rows.filter(withdrawn_at__isnull=True, expires_on__lt=today)
            case "withdrawn":
                rows = rows.filter(withdrawn_at__isnull=False)
        if owner := self.cleaned_data["owner"]:
            rows = rows.filter(owner__isnull=True) if owner == "none" else rows.filter(owner_id=int(owner))
        return rows


def rows_for_list(rows: EvidenceQuerySet) -> EvidenceQuerySet:
    """With a last day for what never expires, so that the list can be sorted by it."""
    return rows.annotate(counts_until=Coalesce("expires_on", Value(NEVER), output_field=DateField()))


STATES = {
    "withdrawn": (_("Withdrawn"), "grey"),
    "refused": (_("File refused"), "red"),
    "expired": (_("Expired"), "red"),
    "soon": (_("Expires soon"), "yellow"),
    "current": (_("Counts"), "green"),
}


def state_of(item: EvidenceItem, today: date) -> tuple[str, str]:
    """One word for an item, and the colour of its tag."""
    label, colour = STATES[_state(item.withdrawn_at, item.expires_on, item.file.status if item.file else "", today)]
    return str(label), colour


def _state(withdrawn_at: datetime | None, expires_on: date | None, file_status: str | None, today: date) -> str:
    if withdrawn_at is not None:
        return "withdrawn"
    if file_status in HARMFUL:
        return "refused"
    if expires_on is not None and expires_on < today:
        return "expired"
    return "soon" if expires_on is not None and expires_on <= today + SOON else "current"


def lines(items: Iterable[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """What the page shows of each item of the list."""
    kinds = {value: str(label) for value, label in Kind.choices}
    states = {key: (str(label), colour) for key, (label, colour) in STATES.items()}
    found = []
    for item in items:
        state = _state(item["withdrawn_at"], item["expires_on"], item["file__status"], today)
        label, colour = states[state]
        url = addresses.of_row("evidence:item", item["reference"])
        found.append(item | {"url": url, "kind": kinds[item["kind"]], "state": label, "colour": colour})
    return found


def columns(today: date) -> tuple[Column, ...]:
    """The list's columns, as on a day."""
    kinds = {value: str(label) for value, label in Kind.choices}
    states = {key: str(label) for key, (label, _colour) in STATES.items()}
    return (
        Column("title", _("Evidence"), lambda item: item.title, sort="title", raw=("title",)),
        Column("reference", _("Reference"), lambda item: item.reference, sort="reference", raw=("reference",)),
        Column("kind", _("Kind"), lambda item: item.get_kind_display(), "kind", raw=("kind",), from_raw=kinds.get),
        Column("from", _("From"), lambda item: item.effective_from, sort="effective_from", raw=("effective_from",)),
        Column("until", _("Counts until"), lambda item: item.expires_on, sort="counts_until", raw=("expires_on",)),
        Column("owner", _("Owner"), lambda item: item.owner.name if item.owner else "", raw=("owner__name",)),
        Column(
            "state",
            _("State"),
            lambda item: state_of(item, today)[0],
            raw=("withdrawn_at", "expires_on", "file__status"),
            from_raw=lambda withdrawn_at, expires_on, status: states[_state(withdrawn_at, expires_on, status, today)],
        ),
    )


def evidence_listing(acting: Acting) -> Listing:
    """The library as this person may filter it. Owners are people with a role: asking the rows would read them all."""
    owners = tuple(organisations.role_holders(acting, timezone.localdate()))
    return Listing(
        name="evidence",
        columns=columns(timezone.localdate()),
        default_sort="title",
        search=("title", "reference", "note"),
        search_label=_("Search titles, references and notes"),
        filters=partial(EvidenceFilter, owners=owners),
    )
