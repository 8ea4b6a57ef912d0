"""Actions seen together: list, board, timeline, by owner, by risk; and handing over."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from actionplans import actions, holders, permissions, queries, risk_list, shelves
from actionplans.forms import ReassignForm
from actionplans.lines import Line
from actionplans.listing import action_listing, shown
from actionplans.models import Action, Plan
from actionplans.shelves import ON_ONE_DRAWING
from actionplans.timeline import timeline as draw
from actionplans.views.finding import risk_address, tabs, today
from actionplans.views.marks import mark, marked, move_control
from actionplans.workflow import TRANSITIONS, PlanStatus, Status
from foundation.core import addresses
from foundation.core.access import requires, signed_in
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.permissions import allowed
from foundation.documents.responses import export_list
from foundation.organisations.people_fields import People


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
    plans, plan = _chosen_plan(request)
    columns = []
    for status, shelf in shelves.board(request.acting, today(), plan=plan):
        moves = _moves(status)
        cards = [(mark(line), _buttons(moves, line) if _may_move(request, line) else "") for line in shelf.lines]
        columns.append({"shelf": shelf, "cards": cards, **_lists_of(plan, status)})
    return render(
        request,
        "actionplans/board.html",
        {
            "columns": columns,
            "plans": plans,
            "chosen": plan.reference if plan else "",
            "tabs": tabs(request),
            "here": request.get_full_path(),
        },
    )


@signed_in
@require_GET
def timeline(request: Request) -> HttpResponse:
    """Actions over time, as a drawing with its table."""
    plans, plan = _chosen_plan(request)
    lines = shelves.in_time(request.acting, today(), plan=plan)
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
            "chosen": plan.reference if plan else "",
            "tabs": tabs(request),
        },
    )


@requires("plan.view")
@require_GET
def by_owner(request: Request) -> HttpResponse:
    """Open actions by who does them."""
    number = request.GET.get("page", "")
    page = holders.page_of(request.acting, today(), int(number) if number.isdigit() and len(number) < 6 else 1)
    return render(
        request,
        "actionplans/by_owner.html",
        {
            "page": page,
            "groups": [(holder, marked(holder.lines)) for holder in page.items],
            "tabs": tabs(request),
            "can_edit": allowed(permissions.check_can_edit, request.acting),
        },
    )


@requires("risk.view")
@require_http_methods(["GET", "POST"])
def by_risk(request: Request) -> HttpResponseBase:
    """Open risks with what is done about each; a risk without an action stands out."""
    page = risk_list.RISKS.read(request, risk_list.open_risks(request.acting))
    if not isinstance(page, ListPage):
        return page
    groups = [
        {"found": found, "url": risk_address(found.risk.reference), "lines": marked(found.lines)}
        for found in risk_list.answered(request.acting, page.items, today())
    ]
    return render(request, "actionplans/by_risk.html", {"page": page, "groups": groups, "tabs": tabs(request)})


@requires("plan.edit")
@require_http_methods(["GET", "POST"])
def reassign(request: Request) -> HttpResponse:
    """Hand all open actions of somebody over, for example because they leave."""
    having = queries.people_with_actions(request.acting)
    people = People(request.acting, on=today())

    def make(_row: None, posted: QueryDict | None) -> ReassignForm:
        return ReassignForm(posted, holders=having, people=people)

    editor = Editor(request, None, make)
    if editor.is_ready:
        try:
            count = actions.reassign(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Actions handed over: %(count)s") % {"count": count}, to="actionplans:by_owner")
    return editor.render("actionplans/reassign.html")


def _chosen_plan(request: Request) -> tuple[list[Plan], Plan | None]:
    """The plans to choose from, and the one that was chosen; none means all that are not closed."""
    plans = queries.plans_to_choose_from(request.acting)
    chosen = request.GET.get("plan", "")
    plan = next((each for each in plans if each.reference == chosen), None)
    if chosen and plan is None:
        raise Http404
    return plans, plan


def _may_move(request: Request, line: Line) -> bool:
    """Never what a member reports: only the member moves it."""
    action = line.own
    if action is None or action.plan.status == PlanStatus.CLOSED:
        return False
    return allowed(permissions.check_can_progress, request.acting, action)


def _buttons(moves: list[tuple[str, str, bool]], line: Line) -> str:
    code, reference = line.action.code, line.action.reference
    drawn = (move_control(label, addresses.of_row(name, reference), code, at_once) for label, name, at_once in moves)
    return format_html_join("", "{}", ((each,) for each in drawn))


def _lists_of(plan: Plan | None, status: Status) -> dict[str, str]:
    """Where the lists of actions have all of one column: one's own, and those that members report."""
    own = {"status": status.value} | ({"plan": plan.pk} if plan else {})
    placed = {"status": status.value, "place": f"{plan.pk}-" if plan else "placed"}
    return {
        "own_url": f"{reverse('actionplans:actions')}?{urlencode(own)}",
        "reported_url": f"{reverse('actionplans:gather')}?{urlencode(placed)}",
    }


def _moves(status: Status) -> list[tuple[str, str, bool]]:
    """Buttons of a card: label, URL name, and whether it is done at once; what is asked first leads to a page."""
    words = {
        (Status.NOT_STARTED, Status.IN_PROGRESS): (_("Start"), "actionplans:start", True),
        (Status.ON_HOLD, Status.IN_PROGRESS): (_("Resume"), "actionplans:resume", True),
        (Status.IN_PROGRESS, Status.ON_HOLD): (_("Put on hold"), "actionplans:hold", False),
        (Status.NOT_STARTED, Status.DONE): (_("Complete"), "actionplans:complete", False),
        (Status.IN_PROGRESS, Status.DONE): (_("Complete"), "actionplans:complete", False),
    }
    return [words[status, to] for to in Status if to in TRANSITIONS[status] and (status, to) in words]
