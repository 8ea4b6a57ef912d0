"""When people are reminded, and who is due: the page that the week's notice leads to."""

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import Column, Listing, ListPage
from foundation.core.permissions import allowed
from training import figures, permissions, queries
from training.actions import reminders
from training.forms.reminders import DueFilter, RemindersForm
from training.models import Assignment, ReminderSettings
from training.workflow import Standing

COLOUR = {
    Standing.NOT_STARTED: "grey",
    Standing.IN_PROGRESS: "blue",
    Standing.IN_DATE: "green",
    Standing.EXPIRING: "yellow",
    Standing.GRACE: "blue",
    Standing.OVERDUE: "red",
}
DUE = Listing(
    name="training-due",
    columns=(
        Column("person", gettext_lazy("Person"), lambda row: row.membership.name, sort="membership__name"),
        Column("team", gettext_lazy("Team"), lambda row: row.team.name if row.team else ""),
        Column("course", gettext_lazy("What is asked"), lambda row: row.requirement.title, sort="requirement__title"),
        Column("due", gettext_lazy("Due"), lambda row: row.due_on, sort="due_on"),
        Column("standing", gettext_lazy("Standing"), lambda row: str(Standing(row.standing).label)),
    ),
    default_sort="due",
    search=("membership__name", "membership__staff_number"),
    search_label=gettext_lazy("Name or staff number"),
    filters=DueFilter,
)


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    """Days before and after, when the line manager is told, and the week's notice."""
    permissions.check_can_manage_training(request.acting)
    editor: Editor[RemindersForm] = Editor(request, queries.reminders_of(request.acting), _form)
    if editor.is_ready:
        try:
            reminders.change_reminders(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Saved"), to="training:reminders")
    return editor.render("training/reminders.html")


@requires("portal.use")
@require_http_methods(["GET", "POST"])
def due(request: Request) -> HttpResponseBase:
    """The people one looks after, or all for who sees all training, that are overdue or due within 30 days."""
    rows = queries.due_soon(request.acting, timezone.localdate())
    page = DUE.read(request, rows.select_related("membership", "team", "requirement"))
    if not isinstance(page, ListPage):
        return page
    figure = figures.of(rows)
    return render(
        request,
        "training/due.html",
        {
            "page": page,
            "lines": [(row, standing.label, COLOUR[standing]) for row, standing in _with_standing(page.items)],
            "figures": [
                {"value": figure.overdue, "label": _("Overdue"), "tone": "bad" if figure.overdue else "good"},
                {"value": figure.asked - figure.overdue, "label": _("Due within 30 days")},
            ],
            "can_manage": allowed(permissions.check_can_manage_training, request.acting),
        },
    )


def _with_standing(rows: list[Assignment]) -> list[tuple[Assignment, Standing]]:
    return [(row, Standing(row.standing)) for row in rows]


def _form(row: ReminderSettings, posted: QueryDict | None) -> RemindersForm:
    return RemindersForm(
        posted,
        initial={
            "version": row.version,
            "days_before": ", ".join(map(str, row.days_before)),
            "days_after": ", ".join(map(str, row.days_after)),
            "escalate_days_after": row.escalate_days_after,
            "digest_on": row.digest_on,
            "session_days_before": row.session_days_before,
        },
    )
