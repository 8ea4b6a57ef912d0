"""How an action goes and how it ends: each page asks one thing."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from actionplans import actions, linked, permissions
from actionplans.finishing_forms import CompleteForm, EffectsForm
from actionplans.forms import DueForm, ProgressForm, RatingForm, ReasonForm
from actionplans.models import Action
from actionplans.views import rescoring
from actionplans.views.finding import get_action_or_404
from foundation.accounts.authentication import safe_next
from foundation.core.access import requires, signed_in
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request

Text = str | Promise


@signed_in
@require_POST
def start(request: Request, reference: str) -> HttpResponse:
    return _at_once(request, reference, actions.start, _("Action started"))


@signed_in
@require_POST
def resume(request: Request, reference: str) -> HttpResponse:
    return _at_once(request, reference, actions.resume, _("Action resumed"))


@signed_in
@require_http_methods(["GET", "POST"])
def hold(request: Request, reference: str) -> HttpResponse:
    action = _theirs_or_refused(request, reference)
    return _with_reason(
        request,
        action,
        actions.hold,
        heading=gettext_lazy("Put the action on hold"),
        question=gettext_lazy("Why is it on hold, and until when?"),
        done=_("Action put on hold"),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def progress(request: Request, reference: str) -> HttpResponse:
    """Note how an action goes."""
    action = _theirs_or_refused(request, reference)
    editor = Editor(request, None, lambda _row, posted: ProgressForm(posted, initial={"percent": action.percent}))
    if editor.is_ready:
        try:
            actions.report_progress(
                action_id=action.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Progress saved"), to=action)
    return editor.render("actionplans/ask.html", action=action, heading=_("How does the action go?"))


@signed_in
@require_http_methods(["GET", "POST"])
def move_due(request: Request, reference: str) -> HttpResponse:
    """Move the due date. The first one stays on the action's page."""
    action = _theirs_or_refused(request, reference)
    editor = Editor(request, action, _due_form, compares=False)
    if editor.is_ready:
        try:
            actions.move_due(action_id=action.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Due date moved"), to=action)
    return editor.render("actionplans/ask.html", action=action, heading=_("Move the due date"))


@signed_in
@require_http_methods(["GET", "POST"])
def rate(request: Request, reference: str) -> HttpResponse:
    """Its people's own rating. What the dates say stands beside it."""
    action = _theirs_or_refused(request, reference)
    editor = Editor(request, action, _rating_form)
    if editor.is_ready:
        try:
            actions.rate(action_id=action.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Rating saved"), to=action)
    return editor.render("actionplans/ask.html", action=action, heading=_("Rate how the action goes"))


@signed_in
@require_http_methods(["GET", "POST"])
def complete(request: Request, reference: str) -> HttpResponse:
    """What came of the action, and what it did to each risk; then an offer to score those risks anew."""
    action = _theirs_or_refused(request, reference)
    links = linked.risks(request.acting, action)
    editor = Editor(request, None, lambda _row, posted: CompleteForm(posted, links=links))
    if editor.is_ready:
        typed = editor.form.cleaned_data
        try:
            action = actions.complete(
                action_id=action.pk,
                outcome=typed["outcome"],
                impact=typed["impact"],
                finished_on=typed["finished_on"],
                effects=editor.form.effects,
                by=request.acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Action %(code)s completed") % {"code": action.code}, to=_next(request, action))
    return editor.render("actionplans/ask.html", action=action, heading=_("Complete the action"), shows_measure=True)


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def effects(request: Request, reference: str) -> HttpResponse:
    """What a completed action did to its risks, seen anew."""
    action = get_action_or_404(request.acting, reference)
    permissions.check_can_see_risks(request.acting)
    links = linked.risks(request.acting, action)
    editor = Editor(request, None, lambda _row, posted: EffectsForm(posted, links=links))
    if editor.is_ready:
        try:
            actions.say_effects(action_id=action.pk, effects=editor.form.effects, by=request.acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Effects saved"), to=_next(request, action))
    return editor.render("actionplans/ask.html", action=action, heading=_("What did it do to the risks?"))


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def cancel(request: Request, reference: str) -> HttpResponse:
    action = get_action_or_404(request.acting, reference)
    return _with_reason(
        request,
        action,
        actions.cancel,
        heading=gettext_lazy("Cancel the action"),
        question=gettext_lazy("Why is it cancelled?"),
        done=_("Action cancelled"),
        warning=True,
    )


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def reopen(request: Request, reference: str) -> HttpResponse:
    action = get_action_or_404(request.acting, reference)
    return _with_reason(
        request,
        action,
        actions.reopen,
        heading=gettext_lazy("Open the action again"),
        question=gettext_lazy("Why is it opened again?"),
        done=_("Action opened again"),
    )


def _theirs_or_refused(request: Request, reference: str) -> Action:
    action = get_action_or_404(request.acting, reference)
    permissions.check_can_progress(request.acting, action)
    return action


def _at_once(request: Request, reference: str, do: Callable[..., Action], done: str) -> HttpResponse:
    """A button: do it and go back to where it was pressed."""
    action = get_action_or_404(request.acting, reference)
    try:
        do(action_id=action.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, done)
    back = request.POST.get("next", "")
    return redirect(safe_next(request, back) if back else action.get_absolute_url())


def _with_reason(
    request: Request,
    action: Action,
    do: Callable[..., Action],
    *,
    heading: Text,
    question: Text,
    done: str,
    warning: bool = False,
) -> HttpResponse:
    """A page that asks why, and then does it."""

    def make(_row: Any, posted: QueryDict | None) -> ReasonForm:
        return ReasonForm(posted, label=question, submit=heading, warning=warning)

    editor = Editor(request, None, make)
    if editor.is_ready:
        try:
            do(action_id=action.pk, reason=editor.form.cleaned_data["reason"], by=request.acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(done, to=action)
    return editor.render("actionplans/ask.html", action=action, heading=heading)


def _next(request: Request, action: Action) -> str:
    """On to the risks that it changed, for who scores them; else back to the action."""
    if request.acting.may("risk.edit") and rescoring.changed(request, action):
        return reverse("actionplans:rescore", args=[action.reference])
    return action.get_absolute_url()


def _due_form(row: Action, posted: QueryDict | None) -> DueForm:
    return DueForm(posted, initial={"due_on": row.due_on, "version": row.version})


def _rating_form(row: Action, posted: QueryDict | None) -> RatingForm:
    return RatingForm(posted, initial={"rag": row.rag, "reason": row.rag_reason, "version": row.version})
