"""The list of risks that members share with a partnership: columns, filters, search."""

from collections.abc import Iterable
from datetime import date
from functools import cache, partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.acting import Acting
from foundation.core.forms import set_choices
from foundation.core.lists import Column, FilterForm, Listing
from foundation.core.prepared import Prepared, Question
from foundation.core.templatetags.portal import day, status_tag
from risk.models import SharedRisk
from risk.models.risks import Response
from risk.models.sharing import SharedRiskQuerySet
from risk.sharing import NOTHING, RolledUp, band_named, score_in_words

ANY = ("", _("Any"))
NOT_SCORED = "-"


class SharedRiskFilter(FilterForm):
    """By member, theme, ideology, band and response. Each may be left open."""

    member = forms.ChoiceField(label=_("Member"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    ideology = forms.ChoiceField(label=_("Ideology"), required=False)
    band = forms.ChoiceField(label=_("Band"), required=False)
    response = forms.ChoiceField(label=_("Response"), required=False, choices=[ANY, *Response.choices])

    def __init__(self, data: QueryDict, *, offers: dict[str, list[tuple[str, str]]]) -> None:
        super().__init__(data)
        for name, offered in offers.items():
            set_choices(self, name, [ANY, *offered])

    def narrow(self, rows: QuerySet) -> QuerySet:
        wanted = self.cleaned_data
        lookups = {"member": "organisation__slug", "theme": "theme", "response": "response"}
        for name, lookup in lookups.items():
            if wanted[name]:
                rows = rows.filter(**{lookup: wanted[name]})
        if wanted["ideology"]:
            rows = rows.filter(ideologies__contains=[wanted["ideology"]])
        if wanted["band"]:
            rows = rows.filter(band="" if wanted["band"] == NOT_SCORED else wanted["band"])
        return rows


def shared_risks(found: RolledUp, *, whole: bool, first_page: Question | None = None) -> Listing:
    """The list as the partnership may filter it. ``found``: all that is shared with it; ``whole``: for a file."""
    themes, ideologies = found.words
    offers = {
        "member": [(each.slug, each.name) for each in found.members],
        "theme": list(themes.items()),
        "ideology": list(ideologies.items()),
        "band": [*((label, label) for label in found.bands), (NOT_SCORED, str(_("Not scored")))],
    }

    names = {each.pk: each.name for each in found.members}
    responses = {value: str(label) for value, label in Response.choices}
    columns = (
        _column("title", _("Risk"), "title", "reference", sort="title", make=lambda title, _reference: title),
        _column("member", _("Member"), "organisation_id", sort="organisation__name", make=names.get),
        _column("theme", _("Theme"), "theme", sort="theme", make=lambda code: themes.get(code, code)),
        _column("band", _("Band"), "band", "band_colour", make=lambda *band: band_named(*band)[0]),
        _column("score", _("Score"), "likelihood", "impact", "highest", make=score_in_words),
        _column("assessed", _("Assessed"), "assessed_at__date", sort="assessed_at"),
        _column("shared", _("Shared"), "shared_at__date", sort="shared_at"),
    )
    more = (
        _column("ideologies", _("Ideologies"), "ideologies", make=partial(_involved, ideologies)),
        _column("response", _("Response"), "response", make=responses.get),
        _column("comment", _("Comment"), "comment"),
    )
    return Listing(
        name="members-risks",
        columns=(*columns, *more) if whole else columns,
        default_sort="title",
        search=("title", "comment"),
        search_label=_("Search risks and comments"),
        filters=partial(SharedRiskFilter, offers=offers),
        first_page=first_page,
    )


def rows(acting: Acting) -> SharedRiskQuerySet:
    """What members share with the partnership acted for, as the list shows it."""
    return SharedRisk.objects.gathered_by(acting).with_highest()


FIRST_PAGE = Prepared(
    lambda partnership_id, on: shared_risks(NOTHING, whole=False).first_of(
        SharedRisk.objects.gathered_on(partnership_id, on).with_highest()
    ),
    int,
    date,
)


def lines(rows: Iterable[dict[str, Any]], found: RolledUp) -> list[dict[str, Any]]:
    """What the page shows of each risk of the list."""
    names = {each.pk: each.name for each in found.members}
    themes, tag = found.words.themes, cache(lambda *band: status_tag(*band_named(*band)))
    return [
        {
            "url": addresses.of_row("risk:members_risk", row["reference"]),
            "title": row["title"],
            "member": names.get(row["organisation_id"], ""),
            "theme": themes.get(row["theme"], row["theme"]),
            "band": tag(row["band"], row["band_colour"]),
            "score": score_in_words(row["likelihood"], row["impact"], row["highest"]),
            "assessed": day(row["assessed_at__date"]),
            "shared": day(row["shared_at__date"]),
        }
        for row in rows
    ]


def _column(key: str, label: Any, *fields: str, sort: str = "", make: Any = None) -> Column:
    return Column(key, label, _unused, sort, raw=fields, from_raw=make)


def _unused(row: Any) -> str:
    """Rows of this list are never objects."""
    return ""


def _involved(ideologies: dict[str, str], codes: Iterable[str]) -> str:
    return "; ".join(ideologies.get(code, code) for code in codes)
