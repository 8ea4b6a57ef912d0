"""The rows behind a figure of a return, as lists: what people are asked, or what they did."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.core.lists import Column, Listing
from training.return_files import Of
from training.workflow import Standing

ASKED = Listing(
    name="training-return-people",
    columns=(
        Column("person", _("Person"), lambda row: row.membership.name, sort="membership__name"),
        Column("number", _("Staff number"), lambda row: row.membership.staff_number),
        Column("team", _("Team"), lambda row: row.team.name if row.team else ""),
        Column("asked", _("What is asked"), lambda row: row.requirement.title, sort="requirement__title"),
        Column("standing", _("Standing"), lambda row: str(Standing(row.standing).label)),
        Column("done", _("Done"), lambda row: row.done_on),
    ),
    default_sort="person",
    search=("membership__name", "membership__staff_number"),
    search_label=_("Name or staff number"),
)
RECORDS = Listing(
    name="training-return-records",
    columns=(
        Column("person", _("Person"), lambda row: row.membership.name, sort="membership__name"),
        Column("number", _("Staff number"), lambda row: row.membership.staff_number),
        Column("team", _("Team then"), lambda row: row.team_then),
        Column("course", _("Course"), lambda row: row.course_title, sort="course_title"),
        Column("done", _("Completed"), lambda row: row.completed_on, sort="completed_on"),
        Column("came", _("Where the record comes from"), lambda row: row.get_came_display()),
    ),
    default_sort="person",
    search=("membership__name", "membership__staff_number"),
    search_label=_("Name or staff number"),
)


def with_names(rows: QuerySet, of: Of) -> QuerySet:
    """The rows with all that their list touches."""
    names = ["membership"] if of == Of.COURSES else ["membership", "team", "requirement"]
    return rows.select_related(*names)
