"""The list of risks that members share with a partnership: columns, filters, search."""

from functools import partial

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import set_choices
from foundation.core.lists import Column, FilterForm, Listing
from risk.models import SharedRisk
from risk.models.risks import Response
from risk.sharing import RolledUp, band_of, score_in_words

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
        rows = rows.filter(**{lookup: wanted[name] for name, lookup in lookups.items() if wanted[name]})
        if wanted["ideology"]:
            rows = rows.filter(ideologies__contains=[wanted["ideology"]])
        if wanted["band"]:
            rows = rows.filter(band="" if wanted["band"] == NOT_SCORED else wanted["band"])
        return rows


def shared_risks(found: RolledUp, *, whole: bool) -> Listing:
    """The list as the partnership may filter it. ``found``: all that is shared with it; ``whole``: for a file."""
    themes, ideologies = found.words
    offers = {
        "member": [(each.slug, each.name) for each in found.members],
        "theme": list(themes.items()),
        "ideology": list(ideologies.items()),
        "band": [*((label, label) for label in found.bands), (NOT_SCORED, str(_("Not scored")))],
    }

    def themed(row: SharedRisk) -> str:
        return themes.get(row.theme, row.theme)

    def involved(row: SharedRisk) -> str:
        return "; ".join(ideologies.get(code, code) for code in row.ideologies)

    columns = (
        Column("title", _("Risk"), lambda row: row.title, sort="title"),
        Column("member", _("Member"), lambda row: row.organisation.name, sort="organisation__name"),
        Column("theme", _("Theme"), themed, sort="theme"),
        Column("band", _("Band"), lambda row: band_of(row)[0]),
        Column("score", _("Score"), score_in_words),
        Column("assessed", _("Assessed"), lambda row: timezone.localdate(row.assessed_at), sort="assessed_at"),
        Column("shared", _("Shared"), lambda row: timezone.localdate(row.shared_at), sort="shared_at"),
    )
    more = (
        Column("ideologies", _("Ideologies"), involved),
        Column("response", _("Response"), lambda row: row.get_response_display()),
        Column("comment", _("Comment"), lambda row: row.comment),
    )
    return Listing(
        name="members-risks",
        columns=(*columns, *more) if whole else columns,
        default_sort="title",
        search=("title", "comment"),
        search_label=_("Search risks and comments"),
        filters=partial(SharedRiskFilter, offers=offers),
    )
