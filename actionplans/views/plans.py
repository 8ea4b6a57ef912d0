"""Plans and their objectives."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from actionplans import actions, permissions, queries, shelves, yearly
from actionplans.forms import ObjectiveForm, PlanForm, ReasonForm, SettingsForm
from actionplans.listing import PLAN_COLOUR, PLANS
from actionplans.models import Objective, Plan, Settings
from actionplans.views.finding import get_objective_or_404, get_plan_or_404, tabs, today
from actionplans.views.marks import marked
from actionplans.workflow import PlanStatus
from foundation.core.access import requires
from foundation.core.editing import Editor, Make
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.permissions import allowed
from foundation.documents.responses import export_list
from foundation.organisations import queries as organisations


@requires("plan.view")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    """All plans, newest first."""
    page = PLANS.read(request, queries.plans_for_list(request.acting, today()))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return export_list(page, format=wanted, title=_("Action plans"), acting=request.acting, now=timezone.now())
    return render(
        request,
        "actionplans/plans.html",
        {
            "page": page,
            "lines": [(plan, PLAN_COLOUR[PlanStatus(plan.status)]) for plan in page.items],
            "tabs": tabs(request),
            "can_edit": allowed(permissions.check_can_edit, request.acting),
        },
    )


@requires("plan.view")
@require_GET
def show(request: Request, reference: str) -> HttpResponse:
    """A plan with its actions under its objectives."""
    plan = get_plan_or_404(request.acting, reference)
    can_edit = allowed(permissions.check_can_edit, request.acting) and plan.status != PlanStatus.CLOSED
    groups, counts = shelves.of_plan(request.acting, plan, today())
    following = yearly.next_of(request.acting, plan)
    can_report = allowed(permissions.check_can_report, request.acting)
    return render(
        request,
        "actionplans/plan.html",
        {
            "plan": plan,
            "colour": PLAN_COLOUR[PlanStatus(plan.status)],
            "groups": [(group, marked(group.lines), *_lists_of(plan, group.objective)) for group in groups],
            "objectives": [group.objective for group in groups if group.objective] if can_edit else [],
            "counts": counts,
            "can_report": can_report,
            "reports": queries.reports_of_plan(request.acting, plan) if can_report else [],
            "following": following,
            "carried": yearly.carried_from(request.acting, plan) if following else [],
            "can_continue": can_edit and plan.status == PlanStatus.ACTIVE and following is None,
            "can_edit": can_edit,
            "can_activate": can_edit and plan.status == PlanStatus.DRAFT,
            "can_close": can_edit and plan.status == PlanStatus.ACTIVE,
        },
    )


def _lists_of(plan: Plan, objective: Objective | None) -> tuple[str, str]:
    """Where the lists have all actions of a plan under an objective, or all of the plan: own ones, and members'."""
    own: dict[str, int] = {"plan": plan.pk} | ({"objective": objective.pk} if objective else {})
    placed = {"place": f"{plan.pk}-{objective.pk if objective else ''}"}
    return (
        f"{reverse('actionplans:actions')}?{urlencode(own)}",
        f"{reverse('actionplans:gather')}?{urlencode(placed)}",
    )


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """Begin a plan."""
    editor = Editor(request, None, _plan_form(request))
    if editor.is_ready:
        try:
            plan = actions.create_plan(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Plan saved as a draft"), to=plan)
    return editor.render("actionplans/plan_form.html", plan=None)


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def change(request: Request, reference: str) -> HttpResponse:
    """Change what a plan says of itself. A stale save shows both texts and loses nothing."""
    plan = get_plan_or_404(request.acting, reference)
    editor = Editor(request, plan, _plan_form(request))
    if editor.is_ready:
        try:
            actions.change_plan(plan_id=plan.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Plan changed"), to=plan)
    return editor.render("actionplans/plan_form.html", plan=plan)


@requires("plan.edit")
@require_POST
def activate(request: Request, reference: str) -> HttpResponse:
    plan = get_plan_or_404(request.acting, reference)
    try:
        actions.activate_plan(plan_id=plan.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The plan is active"))
    return redirect(plan)


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def close(request: Request, reference: str) -> HttpResponse:
    """Close a plan, saying what it achieved."""
    plan = get_plan_or_404(request.acting, reference)
    editor = Editor(
        request,
        None,
        lambda _row, posted: ReasonForm(
            posted, label=_("What did the plan achieve?"), submit=_("Close the plan"), warning=True
        ),
    )
    if editor.is_ready:
        note = editor.form.cleaned_data["reason"]
        try:
            actions.close_plan(plan_id=plan.pk, note=note, by=request.acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Plan closed"), to=plan)
    return editor.render("actionplans/close_plan.html", plan=plan)


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def add_objective(request: Request, reference: str) -> HttpResponse:
    plan = get_plan_or_404(request.acting, reference)
    editor = Editor(request, None, lambda _row, posted: ObjectiveForm(posted, is_new=True))
    if editor.is_ready:
        try:
            actions.add_objective(plan_id=plan.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error, on="title")
        else:
            return editor.saved(_("Objective added"), to=plan)
    return editor.render("actionplans/objective_form.html", plan=plan, objective=None)


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def change_objective(request: Request, pk: int) -> HttpResponse:
    objective = get_objective_or_404(request.acting, pk)
    editor = Editor(request, objective, _objective_form)
    if editor.is_ready:
        try:
            actions.change_objective(
                objective_id=objective.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error, on="title")
        else:
            return editor.saved(_("Objective changed"), to=objective.plan)
    return editor.render("actionplans/objective_form.html", plan=objective.plan, objective=objective)


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    """When owners are reminded and the accountable person is told."""
    editor = Editor(request, queries.settings_of(request.acting), _settings_form)
    if editor.is_ready:
        try:
            actions.change_settings(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Settings saved"), to="actionplans:plans")
    return editor.render("actionplans/settings.html")


def _plan_form(request: Request) -> Make[PlanForm]:
    def make(row: Plan | None, posted: QueryDict | None) -> PlanForm:
        fields = ("title", "period_from", "period_to", "owner_id", "summary", "marking", "version")
        initial = {name: getattr(row, name) for name in fields} if row else {"owner_id": request.acting.membership_id}
        people = organisations.people_choices(
            request.acting, on=today(), permission="plan.view", including=row.owner_id if row else None
        )
        return PlanForm(posted, people=people, is_new=row is None, initial=initial)

    return make


def _objective_form(row: Objective, posted: QueryDict | None) -> ObjectiveForm:
    initial = {name: getattr(row, name) for name in ("title", "position", "version")}
    return ObjectiveForm(posted, is_new=False, initial=initial)


def _settings_form(row: Settings, posted: QueryDict | None) -> SettingsForm:
    fields = ("version", "remind_days_before", "escalate_days_after")
    return SettingsForm(posted, initial={name: getattr(row, name) for name in fields})
