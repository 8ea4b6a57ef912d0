"""The list of actions that members report to a partnership: columns, filters, search."""

from datetime import date
from functools import partial

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actionplans.models import Rag, ReportedAction
from actionplans.standing import signs
from actionplans.workflow import OPEN, Status
from foundation.core.acting import Acting
from foundation.core.forms import set_choices
from foundation.core.lists import Column, FilterForm, Listing
from foundation.organisations import queries as organisations

ANY = ("", _("Any"))


class GatheredFilter(FilterForm):
    """By place, member and status. Without an answer, those without a place."""

    place = forms.ChoiceField(
        label=_("Place"),
        required=False,
        choices=[("", _("Not in a plan yet")), ("placed", _("In a plan")), ("all", _("All"))],
    )
    member = forms.ChoiceField(label=_("Member"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[ANY, ("open", _("All open")), *Status.choices]
    )
    standing = forms.ChoiceField(label=_("Dates"), required=False, choices=[ANY, ("overdue", _("Overdue"))])

    def __init__(self, data: QueryDict, *, members: list[tuple[str, str]]) -> None:
        super().__init__(data)
        set_choices(self, "member", [ANY, *members])

    def narrow(self, rows: QuerySet) -> QuerySet:
        wanted = self.cleaned_data
        if wanted["place"] != "all":
            rows = rows.filter(place__isnull=wanted["place"] == "")
        if wanted["member"]:
            rows = rows.filter(organisation__slug=wanted["member"])
        if wanted["status"]:
            rows = rows.filter(status__in=OPEN if wanted["status"] == "open" else [wanted["status"]])
        if wanted["standing"]:
            rows = rows.filter(status__in=OPEN, due_on__lt=timezone.localdate())
        return rows


def gathered_listing(acting: Acting, today: date, *, whole: bool) -> Listing:
    """The list as the partnership acted for may filter it. ``whole``: for a file."""
    columns = (
        Column("title", _("Action"), str, sort="title"),
        Column("member", _("Member"), lambda row: row.organisation.name, sort="organisation__name"),
        Column("due", _("Due"), lambda row: row.due_on, sort="due_on"),
        Column("status", _("Status"), lambda row: row.get_status_display(), sort="status"),
        Column("signs", _("Computed from dates"), lambda row: _signs(row, today)),
        Column("rag", _("Own rating"), rating_of),
        Column("plan", _("In our plan"), plan_of),
    )
    more = (
        Column("original", _("First due"), lambda row: row.original_due_on),
        Column("percent", _("Per cent done"), lambda row: row.percent, numeric=True),
        Column("noted", _("Last progress"), lambda row: row.noted_on),
        Column("finished", _("Finished"), lambda row: row.finished_on),
        Column("measure", _("How they will know that it worked"), lambda row: row.success_measure),
        Column("comment", _("Comment"), lambda row: row.comment),
    )
    members = [(each.slug, each.name) for each in organisations.members(acting, today)]
    return Listing(
        name="members-actions",
        columns=(*columns, *more) if whole else columns,
        default_sort="due",
        search=("code", "title", "success_measure", "comment"),
        search_label=_("Search actions and comments"),
        filters=partial(GatheredFilter, members=members),
    )


def rating_of(row: ReportedAction) -> str:
    """The member's own rating in words; nothing where it gave none."""
    return str(Rag(row.rag).label) if row.rag else ""


def plan_of(row: ReportedAction) -> str:
    """Where the partnership put it; nothing where it has no place yet."""
    place = getattr(row, "place", None)
    return place.plan.title if place else ""


def _signs(row: ReportedAction, today: date) -> str:
    return "; ".join(str(sign.label) for sign in signs(row.facts, today))
