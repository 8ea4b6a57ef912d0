"""The list of people whom a requirement asks."""

from datetime import date

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.core.lists import Column, FilterForm, Listing
from training.assigning.reckon import FOR_EVER
from training.models import Assignment
from training.workflow import Standing

STANDING_COLOUR = {
    Standing.NOT_STARTED: "grey",
    Standing.IN_PROGRESS: "blue",
    Standing.IN_DATE: "green",
    Standing.EXPIRING: "yellow",
    Standing.GRACE: "light-blue",
    Standing.OVERDUE: "red",
    Standing.WAIVED: "purple",
    Standing.ABSENT: "grey",
}


class StandingFilter(FilterForm):
    """By how people stand in it."""

    standing = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Any")), *Standing.choices])

    def narrow(self, rows: QuerySet) -> QuerySet:
        standing = self.cleaned_data["standing"]
        return rows.filter(standing=standing) if standing else rows


ASKED = Listing(
    name="people-asked",
    columns=(
        Column("name", _("Name"), lambda row: row.membership.name, sort="membership__name"),
        Column("team", _("Team"), lambda row: row.team.name if row.team else ""),
        Column("job_title", _("Job title"), lambda row: row.job_title, sort="job_title"),
        Column("because", _("Why"), lambda row: ", ".join(row.because)),
        Column("standing", _("Status"), lambda row: str(Standing(row.standing).label)),
        Column("due", _("Due"), lambda row: row.due_on, sort="due_on"),
    ),
    default_sort="name",
    search=("membership__name", "job_title", "team__name"),
    search_label=_("Search by name, team or job title"),
    filters=StandingFilter,
)


def due_on(row: Assignment) -> date | None:
    """When it is due; None where what was done is good for ever."""
    return None if row.due_on == FOR_EVER else row.due_on
