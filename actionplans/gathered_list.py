"""The list of actions that members report to a partnership: columns, filters, search."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from actionplans.listing import STANDING, flags_of, rating_of, status_of
from actionplans.models import Objective, Plan, Rag, ReportedAction
from actionplans.models.sharing import ReportedActionQuerySet
from actionplans.standing import Facts, signs
from actionplans.workflow import OPEN, Status
from foundation.core import addresses
from foundation.core.acting import Acting
from foundation.core.forms import set_choices
from foundation.core.lists import Column, FilterForm, Listing
from foundation.core.templatetags.portal import day
from foundation.organisations.models import Organisation

NONE = "–"
ANY = ("", _("Any"))
PLACES = (("", _("Not in a plan yet")), ("placed", _("In a plan")), ("all", _("All")))


class GatheredFilter(FilterForm):
    """By place, member and status. Without an answer, those without a place.

    A place is also one plan, or one objective of it, where a link leads to those: ``places`` says which is asked for.
    """

    place = forms.ChoiceField(label=_("Place"), required=False)
    member = forms.ChoiceField(label=_("Member"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[ANY, ("open", _("All open")), *Status.choices]
    )
    standing = forms.ChoiceField(label=_("Dates"), required=False, choices=[ANY, ("overdue", _("Overdue"))])

    def __init__(self, data: QueryDict, *, members: list[tuple[str, str]], places: list[tuple[str, str]]) -> None:
        super().__init__(data)
        set_choices(self, "member", [ANY, *members])
        set_choices(self, "place", [*PLACES, *places])

    def narrow(self, rows: QuerySet) -> QuerySet:
        wanted = self.cleaned_data
        plan, dash, objective = wanted["place"].partition("-")
        if dash:
            rows = rows.filter(place__plan_id=int(plan))
            rows = rows.filter(place__objective_id=int(objective)) if objective else rows
        elif plan != "all":
            rows = rows.filter(place__isnull=plan == "")
        if wanted["member"]:
            rows = rows.filter(organisation__slug=wanted["member"])
        if wanted["status"]:
            rows = rows.filter(status__in=OPEN if wanted["status"] == "open" else [wanted["status"]])
        if wanted["standing"]:
            rows = rows.filter(status__in=OPEN, due_on__lt=timezone.localdate())
        return rows


def gathered_rows(acting: Acting) -> ReportedActionQuerySet:
    """What members report now to the partnership acted for."""
    return ReportedAction.objects.gathered_by(acting)


def place_asked(acting: Acting, asked: str) -> list[tuple[str, str]]:
    """The plan, or the objective of a plan, that somebody asks to see, as a choice: nothing where it is neither."""
    plan, dash, objective = asked.partition("-")
    numbers = [each for each in (plan, objective) if each]
    if not dash or not numbers or not all(each.isdigit() and len(each) < 19 for each in numbers):
        return []
    plans = Plan.objects.visible_to(acting).filter(pk=int(plan or 0))
    if not objective:
        return [(asked, _("In “%(plan)s”") % {"plan": title}) for title in plans.values_list("title", flat=True)]
    found = Objective.objects.visible_to(acting).filter(pk=int(objective), plan__in=plans)
    return [
        (asked, _("Under “%(objective)s”") % {"objective": title}) for title in found.values_list("title", flat=True)
    ]


def gathered_listing(
    members: Sequence[Organisation], today: date, *, whole: bool, places: list[tuple[str, str]]
) -> Listing:
    """The list as a partnership of these ``members`` may filter it. ``whole``: for a file."""
    names = {each.pk: each.name for each in members}
    statuses, ratings = _words(Status), {**_words(Rag), "": ""}
    columns = (
        _column("title", _("Action"), "code", "title", "reference", sort="title", make=_named),
        _column("member", _("Member"), "organisation_id", sort="organisation__name", make=names.get),
        _column("due", _("Due"), "due_on", sort="due_on"),
        _column("status", _("Status"), "status", sort="status", make=statuses.get),
        _column("signs", _("Computed from dates"), *STANDING, make=partial(_signs, today)),
        _column("rag", _("Own rating"), "rag", make=ratings.get),
        _column("plan", _("In our plan"), "place__plan__title", make=lambda title: title or ""),
    )
    more = (
        _column("original", _("First due"), "original_due_on"),
        _column("percent", _("Per cent done"), "percent", numeric=True),
        _column("noted", _("Last progress"), "noted_on"),
        _column("finished", _("Finished"), "finished_on"),
        _column("measure", _("How they will know that it worked"), "success_measure"),
        _column("comment", _("Comment"), "comment"),
    )
    return Listing(
        name="members-actions",
        columns=(*columns, *more) if whole else columns,
        default_sort="due",
        search=("code", "title", "success_measure", "comment"),
        search_label=_("Search actions and comments"),
        filters=partial(GatheredFilter, members=[(each.slug, each.name) for each in members], places=places),
    )


def shown(rows: Iterable[dict[str, Any]], members: Iterable[Organisation], today: date) -> list[dict[str, Any]]:
    """What the page shows of each action of the list: ``html`` is its row, in one piece."""
    names = {each.pk: each.name for each in members}
    status, flags, rating = cache(status_of), cache(flags_of), cache(rating_of)
    return [
        row
        | {
            "html": format_html(
                _LINE,
                addresses.of_row("actionplans:gathered", row["reference"]),
                row["code"],
                row["title"],
                names.get(row["organisation_id"], ""),
                day(row["due_on"]),
                status(row["status"]),
                flags(tuple(signs(Facts(*(row[name] for name in STANDING)), today))),
                rating(row["rag"]),
                row["place__plan__title"] or NONE,
            )
        }
        for row in rows
    ]


_LINE = (
    '<tr class="govuk-table__row">'
    '<th scope="row" class="govuk-table__header"><a class="govuk-link" href="{}">{} {}</a></th>'
    '<td class="govuk-table__cell">{}</td><td class="govuk-table__cell portal-nowrap">{}</td>'
    '<td class="govuk-table__cell">{}</td><td class="govuk-table__cell">{}</td>'
    '<td class="govuk-table__cell">{}</td><td class="govuk-table__cell">{}</td></tr>'
)


def _column(key: str, label: Any, *fields: str, sort: str = "", make: Any = None, numeric: bool = False) -> Column:
    return Column(key, label, _unused, sort, numeric, raw=fields, from_raw=make)


def _named(code: str, title: str, _reference: str) -> str:
    return f"{code} {title}"


def _unused(row: Any) -> str:
    """Rows of this list are never objects."""
    return ""


def _words(choices: Any) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


def _signs(today: date, *facts: Any) -> str:
    return "; ".join(str(sign.label) for sign in signs(Facts(*facts), today))
