"""The yearly refresh: the next plan begun from this one."""

from datetime import timedelta

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actionplans import actions, yearly
from actionplans.models import Plan
from actionplans.recurrence import later
from actionplans.views.finding import get_plan_or_404, today
from actionplans.yearly_forms import NextPlanForm
from foundation.core.access import requires
from foundation.core.dates import a_year_on
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def begin_next(request: Request, reference: str) -> HttpResponse:
    """Begin next year's plan: title, period, and which open actions are carried forward."""
    plan = get_plan_or_404(request.acting, reference)
    own = yearly.open_actions(request.acting, plan)
    gathered = yearly.open_gathered(request.acting, plan, today())

    def make(_row: None, posted: QueryDict | None) -> NextPlanForm:
        ticked = {"action_ids": [pk for pk, _name in own], "gathered_ids": [pk for pk, _name in gathered]}
        return NextPlanForm(posted, actions=own, gathered=gathered, initial=_next_period(plan) | ticked)

    editor = Editor(request, None, make)
    if editor.is_ready:
        try:
            following = actions.begin_next_plan(
                plan_id=plan.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The next plan is begun"), to=following)
    return editor.render("actionplans/next_plan.html", plan=plan)


def _next_period(plan: Plan) -> dict[str, object]:
    """A year from the day after the plan ends, under the same title with its years a year on."""
    begins = plan.period_to + timedelta(days=1)
    return {"title": a_year_on(plan.title), "period_from": begins, "period_to": later(begins, 12) - timedelta(days=1)}
