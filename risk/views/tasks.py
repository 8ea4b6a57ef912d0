"""Tasks to assess risks again."""

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from foundation.core.access import requires
from foundation.core.editing import Editor, Make
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.permissions import allowed
from foundation.documents.responses import export_list
from risk import actions, permissions, tabs, tasks_queries
from risk.actions.tasks import DUE_AFTER
from risk.models import ReviewTask
from risk.profile_lists import task_listing, task_state
from risk.threat_forms import OutcomeForm, RaiseTasksForm


@requires("risk.view")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    """What is to be assessed again, soonest first."""
    rows = tasks_queries.tasks_for_list(ReviewTask.objects.visible_to(request.acting).select_related("risk"))
    page = task_listing(request.acting).read(request, rows)
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        title = _("Risks to assess again")
        return export_list(page, format=wanted, title=title, acting=request.acting, now=timezone.now())
    today = timezone.localdate()
    return render(
        request,
        "risk/tasks/index.html",
        {
            "page": page,
            "lines": [(row, *task_state(row, today)) for row in page.items],
            "tabs": tabs.of("reassess", request.acting),
            "can_raise": allowed(permissions.check_can_keep_profiles, request.acting),
        },
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def raise_tasks(request: Request) -> HttpResponse:
    """Ask for risks to be assessed again after an incident, new guidance or the like."""
    permissions.check_can_keep_profiles(request.acting)
    editor = Editor(request, None, _raise_form(request))
    if editor.is_ready:
        try:
            raised = actions.raise_tasks(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            words = ngettext(
                "%(count)s risk is to be assessed again", "%(count)s risks are to be assessed again", len(raised)
            )
            return editor.saved(words % {"count": len(raised)}, to="risk:reassess")
    return editor.render("risk/tasks/raise.html", has_risks=editor.form.has_risks)


@requires("risk.view")
@require_http_methods(["GET", "POST"])
def task(request: Request, reference: str) -> HttpResponse:
    """One task; whoever may do it says here what came of it."""
    found = tasks_queries.get_task(request.acting, reference)
    if found is None:
        raise Http404
    owner_id = found.owner_id  # type: ignore[attr-defined]  # annotated
    if request.method == "POST":
        permissions.check_can_finish_task(request.acting, owner_id)
    editor = Editor(request, None, _outcome_form)
    if editor.is_ready:
        try:
            actions.finish_task(task_id=found.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("%(risk)s was assessed again") % {"risk": found.risk.code}, to="risk:reassess")
    state, colour = task_state(found, timezone.localdate())
    return editor.render(
        "risk/tasks/task.html",
        task=found,
        state=state,
        colour=colour,
        can_finish=not found.is_done and allowed(permissions.check_can_finish_task, request.acting, owner_id),
    )


def _raise_form(request: Request) -> Make[RaiseTasksForm]:
    risks = tasks_queries.risk_choices(request.acting)

    def make(_row: None, posted: QueryDict | None) -> RaiseTasksForm:
        return RaiseTasksForm(posted, risks=risks, initial={"due_on": timezone.localdate() + DUE_AFTER})

    return make


def _outcome_form(_row: None, posted: QueryDict | None) -> OutcomeForm:
    return OutcomeForm(posted)
