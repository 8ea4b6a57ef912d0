"""The register and the list of assessments as lists."""

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.acting import Acting
from foundation.core.forms import set_choices
from foundation.core.lists import Column, FilterForm, Listing
from foundation.core.templatetags.portal import day, flag, hint_line, status_tag
from foundation.organisations import queries as organisations
from risk import queries, reference
from risk.models import Assessment, Entry
from risk.models.assessments import Template
from risk.models.risks import EntryQuerySet, Response, Source, review_by
from risk.scoring import Matrix
from risk.workflow import Status

ANY = ("", _("Any"))
NONE = "–"
STATUS_COLOUR = {
    Status.DRAFT: "grey",
    Status.IN_REVIEW: "yellow",
    Status.APPROVED: "green",
    Status.SUPERSEDED: "",
}


class RegisterFilter(FilterForm):
    """What part of the register to show.

    ``offers`` holds the choices of one register, ``limits`` the lowest and highest score of each band.
    """

    theme = forms.ChoiceField(label=_("Theme"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    place = forms.CharField(label=_("Place or setting"), required=False, max_length=100)
    source = forms.ChoiceField(label=_("Source"), required=False, choices=[ANY, *Source.choices])
    ideology = forms.ChoiceField(label=_("Ideology"), required=False)
    band = forms.ChoiceField(label=_("Current score"), required=False)
    cell = forms.RegexField(r"^[1-6]x[1-6]$", required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict, *, offers: dict[str, list[tuple[str, str]]], limits: dict[str, tuple[int, int]]
    ) -> None:
        super().__init__(data)
        self.limits = limits
        for name in ("theme", "ideology", "band"):
            set_choices(self, name, [ANY, *offers[name]])
        set_choices(self, "owner", [("", _("Anybody")), ("none", _("Nobody yet")), *offers["owner"]])
        if not limits:
            del self.fields["band"], self.fields["cell"]

    def narrow(self, rows: QuerySet) -> QuerySet:
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        if "theme" in asked:
            rows = rows.filter(theme=asked["theme"])
        if "source" in asked:
            rows = rows.filter(source=asked["source"])
        if "ideology" in asked:
            rows = rows.filter(ideologies__contains=[asked["ideology"]])
        if "place" in asked:
            rows = rows.filter(places__icontains=asked["place"])
        if owner := asked.get("owner"):
            rows = rows.filter(owner__isnull=True) if owner == "none" else rows.filter(owner_id=int(owner))
        if "band" in asked:
            rows = rows.filter(residual_score__range=self.limits[asked["band"]])
        if "cell" in asked:
            likelihood, impact = asked["cell"].split("x")
            rows = rows.filter(residual_likelihood=int(likelihood), residual_impact=int(impact))
        return rows


def rows_of_register(acting: Acting, assessment: Assessment) -> QuerySet:
    """What stands in an assessment, with scores and a review date to sort by."""
    return _sortable().visible_to(acting).filter(assessment=assessment).select_related("risk", "owner")


@cache
def _sortable() -> EntryQuerySet:
    """Entries with what a register sorts by. Put together once: the ORM takes longer over it than the database."""
    return queries.with_scores(Entry.objects.all()).annotate(review_by=review_by())


class Offers(NamedTuple):
    """What every register's filters choose from: the words of the room, and the people who may own a risk."""

    words: reference.Words
    owners: list[tuple[str, str]]


def register_or_404(acting: Acting, reference_: str) -> tuple[Assessment, Offers]:
    """An assessment and what the filters of its register offer, in one message to the database."""
    holders = organisations.asking_role_holders(acting, timezone.localdate())
    row, (words, owners) = queries.get_assessment_with(acting, reference_, reference.asking_words(), holders)
    return row, Offers(reference.words_of(words), [(str(pk), name) for pk, name in owners])


def register_listing(assessment: Assessment, offered: Offers, *, whole: bool = False) -> Listing:
    """The register of one assessment. ``whole``: with every field, as a file has it."""
    matrix, scored = assessment.scale, assessment.template == Template.SCORED
    themes, ideologies = offered.words
    limits, lowest = {}, 1
    for number, band in enumerate(matrix.bands):
        limits[str(number)] = (lowest, band.up_to)
        lowest = band.up_to + 1
    offers = {
        "theme": list(themes.items()),
        "ideology": list(ideologies.items()),
        "owner": offered.owners,
        "band": [(str(number), band.label) for number, band in enumerate(matrix.bands)],
    }
    return Listing(
        name="risk-register",
        columns=(
            *_first(themes),
            *(_scores(matrix) if scored else ()),
            *(_everything(ideologies) if whole else ()),
            *_last(),
        ),
        default_sort="-score" if scored else "code",
        search=("title", "risk__code", "description", "places"),
        search_label=_("Search risks"),
        filters=partial(RegisterFilter, offers=offers, limits=limits if scored else {}),
    )


def _first(themes: dict[str, str]) -> tuple[Column, ...]:
    return (
        Column(
            "code",
            _("No."),
            partial(_unused, "risk"),
            "risk_id",
            raw=("risk__code", "risk__reference", "risk__closed_at"),  # the page links by the reference
            from_raw=lambda code, *_rest: code,
        ),
        _column("title", _("Risk"), "title", sort="title"),
        _column("theme", _("Theme"), "theme", sort="theme", make=lambda code: themes.get(code, code)),
    )


def _scores(matrix: Matrix) -> tuple[Column, ...]:
    return (
        _column("inherent", _("Inherent"), "inherent_score", sort="inherent_score", make=_or_nothing, numeric=True),
        _column("score", _("Current"), "residual_score", sort="residual_score", make=_or_nothing, numeric=True),
        _column("band", _("Band"), "residual_score", make=lambda score: queries.band_of(matrix, score)[0]),
        _column("target", _("Target"), "target_score", sort="target_score", make=_or_nothing, numeric=True),
    )


def _last() -> tuple[Column, ...]:
    return (
        _column("owner", _("Owner"), "owner__name", make=lambda name: name or ""),
        _column("review", _("Next review"), "next_review_on", sort="review_by"),
    )


def _everything(ideologies: dict[str, str]) -> tuple[Column, ...]:
    responses, sources = _words(Response), _words(Source)
    return (
        _column("description", _("What could happen"), "description"),
        _column("cause", _("Cause"), "cause"),
        _column("at_risk", _("Who or what is at risk"), "at_risk"),
        _column("places", _("Places and settings"), "places"),
        _column(
            "ideologies",
            _("Ideologies"),
            "ideologies",
            make=lambda codes: "; ".join(ideologies.get(code, code) for code in codes),
        ),
        _column("source", _("Source"), "source", make=sources.get),
        _column("management", _("How it is managed now"), "management"),
        _column("further_action", _("Further action needed"), "further_action"),
        _column("response", _("Response"), "response", make=responses.get),
        _column("closed", _("Closed"), "risk__closed_at", make=lambda at: timezone.localdate(at) if at else None),
    )


def _column(key: str, label: Any, field: str, *, sort: str = "", make: Any = None, numeric: bool = False) -> Column:
    made = make or _as_it_is
    return Column(key, label, partial(_unused, field), sort, numeric, raw=(field,), from_raw=made)


def _unused(field: str, row: Any) -> Any:
    return getattr(row, field)


def _as_it_is(value: Any) -> Any:
    return value


def _or_nothing(score: int) -> int | None:
    return score or None


def _words(choices: Any) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


def lines(
    items: Iterable[dict[str, Any]], assessment: Assessment, themes: dict[str, str], today: date
) -> list[dict[str, Any]]:
    """What the page shows of each risk."""
    matrix, scored = assessment.scale, assessment.template == Template.SCORED
    begin, _placeholder, end = reverse("risk:entry", args=[assessment.reference, "risk-risk"]).rpartition("risk-risk")
    overdue, closed = flag(_("Overdue")), str(_("Closed since %(day)s"))
    found = []
    for item in items:
        band, colour = queries.band_of(matrix, item.get("residual_score"))
        review = item["next_review_on"]
        found.append(
            item
            | {
                "url": f"{begin}{item['risk__reference']}{end}",
                "theme": themes.get(item["theme"], item["theme"]),
                "scores": _score_cells(
                    item["inherent_score"], item["residual_score"], status_tag(band, colour), item["target_score"]
                )
                if scored
                else "",
                "owner": item["owner__name"] or "",
                "review": day(review) or NONE,
                "late": overdue if review is not None and review < today else "",
                "closed": hint_line(closed % {"day": day(since)} if (since := item["risk__closed_at"]) else ""),
            }
        )
    return found


@lru_cache(maxsize=2_000)
def _score_cells(inherent: int, residual: int, band: str, target: int) -> str:
    """The cells of a scored risk, in one piece: a register shows four for each of its lines."""
    return format_html(
        '<td class="{number}">{}</td><td class="{number}">{}</td><td class="govuk-table__cell">{}</td>'
        '<td class="{number}">{}</td>',
        inherent or NONE,
        residual or NONE,
        band,
        target or NONE,
        number="govuk-table__cell govuk-table__cell--numeric",
    )


class AssessmentFilter(FilterForm):
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[ANY, *Status.choices])
    template = forms.ChoiceField(label=_("Form"), required=False, choices=[ANY, *Template.choices])

    def narrow(self, rows: QuerySet) -> QuerySet:
        return rows.filter(**{name: value for name, value in self.cleaned_data.items() if value})


def assessments_listing() -> Listing:
    """All assessments there were."""
    return Listing(
        name="risk-assessments",
        columns=(
            _column("title", _("Assessment"), "title", sort="title"),
            _column("reference", _("Reference"), "reference"),
            _column("form", _("Form"), "template", sort="template", make=_words(Template).get),
            _column("from", _("From"), "period_from", sort="period_from"),
            _column("to", _("To"), "period_to"),
            _column("status", _("Status"), "status", sort="status", make=_words(Status).get),
            _column("risks", _("Risks"), "risks", numeric=True),
            _column("approved", _("Approved"), "approved_at", make=lambda at: timezone.localdate(at) if at else None),
        ),
        default_sort="-from",
        search=("title", "reference"),
        search_label=_("Search by title or reference"),
        filters=AssessmentFilter,
    )


def assessment_lines(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    statuses, forms_ = _words(Status), _words(Template)
    return [
        item
        | {
            "url": addresses.of_row("risk:assessment", item["reference"]),
            "form": forms_[item["template"]],
            "state": statuses[item["status"]],
            "colour": STATUS_COLOUR[Status(item["status"])],
        }
        for item in items
    ]
