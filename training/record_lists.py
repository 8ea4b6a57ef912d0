"""Records of training done elsewhere, and partners' numbers, as lists."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.core.acting import Acting
from foundation.core.lists import Column, FilterForm, Listing
from training import queries
from training.models import Came, Completion, PartnerReturn
from training.workflow import RecordStatus

ANY = ("", _("Any"))
OUTSIDE = [choice for choice in Came.choices if choice[0] != Came.PORTAL]


class RecordFilter(FilterForm):
    """Which records to show. Without a choice: all."""

    status = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *RecordStatus.choices])
    came = forms.ChoiceField(label=_("Where it comes from"), required=False, choices=[ANY, *OUTSIDE])

    def narrow(self, rows: QuerySet) -> QuerySet:
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        return rows.filter(**asked)


RECORDS = Listing(
    name="records",
    columns=(
        Column("person", _("Person"), lambda row: row.membership.name, sort="membership__name"),
        Column("course", _("Course"), lambda row: row.course_title, sort="course_title"),
        Column("done", _("Done on"), lambda row: row.completed_on, sort="completed_on"),
        Column("came", _("Where it comes from"), lambda row: row.get_came_display()),
        Column("status", _("State"), lambda row: row.get_status_display(), sort="status"),
    ),
    default_sort="-done",
    search=("membership__name", "course_title", "membership__staff_number"),
    search_label=_("Search by person or course"),
    filters=RecordFilter,
)

RETURNS = Listing(
    name="returns",
    columns=(
        Column("partner", _("Partner"), lambda row: row.partner_name, sort="partner_name"),
        Column("of_what", _("Requirement or group"), lambda row: of_what(row)),
        Column("as_at", _("As at"), lambda row: row.as_at, sort="as_at"),
        Column("in_scope", _("In scope"), lambda row: row.in_scope, sort="in_scope", numeric=True),
        Column("in_date", _("In date"), lambda row: row.in_date, sort="in_date", numeric=True),
        Column("percent", _("Per cent"), lambda row: row.percent, numeric=True),
    ),
    default_sort="-as_at",
    search=("partner_name", "group"),
    search_label=_("Search by partner or group"),
)


def of_what(row: PartnerReturn) -> str:
    """What a partner's numbers are about: the requirement, the group, or both. Read with its requirement."""
    return ", ".join(filter(None, (row.requirement.title if row.requirement else "", row.group)))


def course_choices(acting: Acting) -> list[tuple[int, str]]:
    """The courses that can be recorded, each with who gives it."""
    return [
        (course.pk, f"{course.title} ({course.provider})" if course.provider else str(_in_portal(course.title)))
        for course in queries.recordable_courses(acting)
    ]


def _in_portal(title: str) -> Any:
    return _("%(title)s (in the portal)") % {"title": title}


def facts(row: Completion) -> list[tuple[Any, Any]]:
    """What a record says, for its page: label and value of all that is known."""
    known = [
        (_("How it was taught"), "" if row.came == Came.IMPORT else row.get_mode_display()),  # files do not say
        (_("Who gave it"), row.provider),
        (_("Certificate number"), row.number),
        (_("Team then"), row.team_then),
        (_("Post then"), row.post_then),
        (_("Notes"), row.notes),
    ]
    return [(label, value) for label, value in known if value]
