"""One action: its page, and writing it down."""

from datetime import date

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from actionplans import actions, gathering, linked, permissions, queries, workflow
from actionplans.forms import ActionForm, CommentForm
from actionplans.lines import line as line_of
from actionplans.models import Action, Plan
from actionplans.models.actions import ActionFields
from actionplans.views.finding import get_action_or_404, get_plan_or_404, risk_address, today
from actionplans.views.marks import mark
from actionplans.workflow import PlanStatus, Status
from foundation.core.access import requires, signed_in
from foundation.core.acting import Acting
from foundation.core.editing import Editor, Make
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.permissions import allowed
from foundation.core.templatetags.portal import day
from foundation.organisations import queries as organisations
from foundation.organisations.people_fields import People


@signed_in
@require_GET
def show(request: Request, reference: str) -> HttpResponse:
    """Everything about an action, for who may see it."""
    acting = request.acting
    action = get_action_or_404(acting, reference)
    line = line_of(action, today())
    can_edit = allowed(permissions.check_can_edit, acting)
    can_progress = allowed(permissions.check_can_progress, acting, action)
    status, in_open_plan = Status(action.status), action.plan.status != PlanStatus.CLOSED
    is_open = status in workflow.OPEN and in_open_plan
    needed, needing = linked.dependencies(acting, action)
    named = linked.named(acting, action)
    return render(
        request,
        "actionplans/action.html",
        {
            "action": action,
            "mark": mark(line),
            "sees_plan": acting.may("plan.view"),
            "supporters": linked.supporters(acting, action),
            "has_moved": action.due_on != action.original_due_on,
            "risks": [(link, risk, risk_address(risk.reference)) for link, risk in linked.risks(acting, action)],
            "recommendations": named[linked.RECOMMENDATION],
            "requirements": named[linked.REQUIREMENT],
            "needed": needed,
            "needing": needing,
            "evidence": named[linked.EVIDENCE],
            "comments": linked.comments(acting, action),
            "history": _history(acting, action),
            "reporting": gathering.own_action(acting, today(), action.reference),
            "can_share": allowed(permissions.check_can_share, acting),
            "follows": action.follows,
            "followed_by": queries.next_round(acting, action),
            "can_change": can_edit and is_open,
            "can_progress": can_progress and is_open,
            "can_start": can_progress and is_open and status == Status.NOT_STARTED,
            "can_hold": can_progress and is_open and status == Status.IN_PROGRESS,
            "can_resume": can_progress and is_open and status == Status.ON_HOLD,
            "can_complete": can_progress and is_open and status != Status.ON_HOLD,
            "can_cancel": can_edit and is_open,
            "can_reopen": can_edit and in_open_plan and status not in workflow.OPEN,
            "can_say_effects": can_edit and in_open_plan and status == Status.DONE and acting.may("risk.view"),
            "can_rescore": status == Status.DONE and acting.may("risk.edit"),
            "can_link_evidence": can_edit and in_open_plan,
        },
    )


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def add(request: Request, reference: str) -> HttpResponse:
    """Add an action to a plan."""
    plan = get_plan_or_404(request.acting, reference)
    editor = Editor(request, None, _form(request, plan))
    if editor.is_ready:
        form = editor.form
        try:
            action = actions.add_action(
                plan_id=plan.pk,
                objective_id=form.cleaned_data["objective_id"],
                description=form.description_of(),
                supporter_ids=form.cleaned_data["supporter_ids"],
                by=request.acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Action %(code)s added") % {"code": action.code}, to=action)
    return editor.render("actionplans/action_form.html", plan=plan, action=None)


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def change(request: Request, reference: str) -> HttpResponse:
    """Change what an action says. A stale save shows both texts and loses nothing."""
    action = get_action_or_404(request.acting, reference)
    editor = Editor(request, action, _form(request, action.plan))
    if editor.is_ready:
        form, typed = editor.form, editor.form.cleaned_data
        try:
            actions.change_action(
                action_id=action.pk,
                version=typed["version"],
                plan_id=typed["plan_id"],
                objective_id=typed["objective_id"] if typed["plan_id"] == action.plan_id else None,
                description=form.description_of(due_on=action.due_on),
                supporter_ids=typed["supporter_ids"],
                by=request.acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Action %(code)s changed") % {"code": action.code}, to=action)
    return editor.render("actionplans/action_form.html", plan=action.plan, action=action)


@signed_in
@require_http_methods(["GET", "POST"])
def comment(request: Request, reference: str) -> HttpResponse:
    """Say something about an action, and tell people about it."""
    action = get_action_or_404(request.acting, reference)
    people = People(request.acting, on=today())
    editor = Editor(request, None, lambda _row, posted: CommentForm(posted, people=people))
    if editor.is_ready:
        try:
            actions.comment(action_id=action.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error, on="mention_ids")
        else:
            return editor.saved(_("Comment saved"), to=action)
    return editor.render("actionplans/comment.html", action=action)


def _form(request: Request, plan: Plan) -> Make[ActionForm]:
    acting = request.acting
    teams = organisations.team_choices(acting)
    plans = [(each.pk, each.title) for each in queries.open_plans(acting)]
    objectives = [(each.pk, each.title) for each in plan.objectives.all()]

    def make(row: Action | None, posted: QueryDict | None) -> ActionForm:
        supporters = [each.membership_id for each in linked.supporters(acting, row)] if row else []
        named: list[int | None] = [row.owner_id, row.accountable_id, *supporters] if row else []
        initial = {"accountable_id": acting.membership_id, "starts_on": today()}
        if row:
            initial = {field.attname: getattr(row, field.attname) for field in ActionFields._meta.concrete_fields} | {
                "plan_id": row.plan_id,
                "objective_id": row.objective_id,
                "supporter_ids": supporters,
                "version": row.version,
            }
        return ActionForm(
            posted,
            people=People(acting, on=today(), including=named),
            teams=teams,
            plans=plans,
            objectives=objectives,
            is_new=row is None,
            initial=initial,
        )

    return make


def _history(acting: Acting, action: Action) -> list[dict[str, object]]:
    """For components/history.html."""
    return [
        {"what": _in_words(told), "at": told.at, "who": told.who, "detail": told.detail}
        for told in linked.history(acting, action)
    ]


def _in_words(told: linked.Told) -> str:
    if told.kind == linked.MOVED:
        return _("Due date moved from %(before)s to %(after)s") % {
            "before": day(date.fromisoformat(told.first)),
            "after": day(date.fromisoformat(told.second)),
        }
    if told.kind == linked.CARRIED:
        return _("Carried forward from “%(before)s” to “%(after)s”") % {"before": told.first, "after": told.second}
    status = str(Status(told.first).label)
    return f"{status}, {told.second} %" if told.second not in {"", "0"} else status
