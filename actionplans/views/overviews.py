"""Actions seen together: list, board, timeline, by owner, by risk; and handing over."""

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from actionplans import actions, gathering, permissions, queries
from actionplans.forms import ReassignForm
from actionplans.lines import Line, together
from actionplans.listing import STATUS_COLOUR, action_listing, shown
from actionplans.models import Action, Plan
from actionplans.models.actions import ActionQuerySet
from actionplans.timeline import timeline as draw
from actionplans.views.finding import risk_address, tabs, today
from actionplans.views.marks import mark, marked
from actionplans.workflow import TRANSITIONS, PlanStatus, Status
from foundation.core.access import requires, signed_in
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.permissions import allowed
from foundation.documents.responses import export_list
from foundation.organisations import queries as organisations

ON_ONE_DRAWING = 60
IN_A_COLUMN = 25


@signed_in
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    """All actions of the organisation, or one's own."""
    page = action_listing(request.acting, request).read(request, Action.objects.visible_to(request.acting))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return export_list(page, format=wanted, title=_("Actions"), acting=request.acting, now=timezone.now())
    return render(
        request,
        "actionplans/actions.html",
        {
            "page": page,
            "lines": shown(page.items, today()),
            "tabs": tabs(request),
            "sees_all": request.acting.may("plan.view"),
            "can_edit": allowed(permissions.check_can_edit, request.acting),
        },
    )


@signed_in
@require_GET
def board(request: Request) -> HttpResponse:
    """Actions by status, with a button for each move that is allowed: no dragging is needed."""
    rows, plans, chosen = _rows_of_a_plan(request)
    reported = _reported(request, plans, chosen)
    columns = [
        {
            "label": status.label,
            "colour": STATUS_COLOUR[status],
            "cards": [(mark(line), _moves(status) if _may_move(request, line) else []) for line in lines[:IN_A_COLUMN]],
            "count": len(lines),
            "more": len(lines[IN_A_COLUMN:]),
            "status": status.value,
        }
        for status, lines in queries.board(rows, today(), reported)
    ]
    return render(
        request,
        "actionplans/board.html",
        {"columns": columns, "plans": plans, "chosen": chosen, "tabs": tabs(request)},
    )


@signed_in
@require_GET
def timeline(request: Request) -> HttpResponse:
    """Actions over time, as a drawing with its table."""
    rows, plans, chosen = _rows_of_a_plan(request)
    own = queries.lines(rows, today(), most=ON_ONE_DRAWING + 1)
    lines = together(own, _reported(request, plans, chosen))
    chart = None
    if lines:
        chart = draw(
            lines[:ON_ONE_DRAWING], today=today(), caption=_("Actions from start to due date"), chart_id="timeline"
        )
    return render(
        request,
        "actionplans/timeline.html",
        {
            "chart": chart,
            "has_more": len(lines) > ON_ONE_DRAWING,
            "most": ON_ONE_DRAWING,
            "plans": plans,
            "chosen": chosen,
            "tabs": tabs(request),
        },
    )


@requires("plan.view")
@require_GET
def by_owner(request: Request) -> HttpResponse:
    """Open actions by who does them."""
    groups = [(group.title, marked(group.lines)) for group in queries.by_owner(request.acting, today())]
    return render(
        request,
        "actionplans/by_owner.html",
        {
            "groups": groups,
            "tabs": tabs(request),
            "can_edit": allowed(permissions.check_can_edit, request.acting),
        },
    )


@requires("risk.view")
@require_GET
def by_risk(request: Request) -> HttpResponse:
    """Open risks with what is done about each; a risk without an action stands out."""
    groups = [
        {"risk": risk, "url": risk_address(risk.reference), "lines": marked(lines)}
        for risk, lines in queries.by_risk(request.acting, today())
    ]
    return render(request, "actionplans/by_risk.html", {"groups": groups, "tabs": tabs(request)})


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def reassign(request: Request) -> HttpResponse:
    """Hand all open actions of somebody over, for example because they leave."""
    holders = queries.people_with_actions(request.acting)
    people = organisations.people_choices(request.acting, on=today())

    def make(_row: None, posted: QueryDict | None) -> ReassignForm:
        return ReassignForm(posted, holders=holders, people=people)

    editor = Editor(request, None, make)
    if editor.is_ready:
        try:
            count = actions.reassign(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Actions handed over: %(count)s") % {"count": count}, to="actionplans:by_owner")
    return editor.render("actionplans/reassign.html")


def _rows_of_a_plan(request: Request) -> tuple[ActionQuerySet, list[Plan], str]:
    """The actions of the plan that was chosen, else of all active plans; and the plans to choose from."""
    rows = Action.objects.visible_to(request.acting)
    plans = list(Plan.objects.visible_to(request.acting).order_by("-period_from", "-pk")[:100])
    chosen = request.GET.get("plan", "")
    if not chosen:
        return rows.exclude(plan__status=PlanStatus.CLOSED), plans, ""
    if chosen not in {plan.reference for plan in plans}:
        raise Http404
    return rows.filter(plan__reference=chosen), plans, chosen


def _reported(request: Request, plans: list[Plan], chosen: str) -> list[Line]:
    """What members report, of the plan that was chosen, else of all plans that are not closed."""
    plan = next((each for each in plans if each.reference == chosen), None)
    return gathering.lines(request.acting, today(), plan=plan)


def _may_move(request: Request, line: Line) -> bool:
    """Never what a member reports: only the member moves it."""
    action = line.own
    if action is None or action.plan.status == PlanStatus.CLOSED:
        return False
    return allowed(permissions.check_can_progress, request.acting, action)


def _moves(status: Status) -> list[dict[str, str]]:
    """Buttons of a card: what is asked first leads to a page, the rest is done at once."""
    words = {
        (Status.NOT_STARTED, Status.IN_PROGRESS): (_("Start"), "actionplans:start", True),
        (Status.ON_HOLD, Status.IN_PROGRESS): (_("Resume"), "actionplans:resume", True),
        (Status.IN_PROGRESS, Status.ON_HOLD): (_("Put on hold"), "actionplans:hold", False),
        (Status.NOT_STARTED, Status.DONE): (_("Complete"), "actionplans:complete", False),
        (Status.IN_PROGRESS, Status.DONE): (_("Complete"), "actionplans:complete", False),
    }
    found = [words[status, to] for to in Status if to in TRANSITIONS[status] and (status, to) in words]
    return [{"label": label, "name": name, "at_once": "yes" if at_once else ""} for label, name, at_once in found]
