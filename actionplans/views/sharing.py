"""Actions and partnerships: what we report, what our members report to us and where we put it."""

from functools import partial

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from actionplans import actions, gathering, permissions, queries, reporting_list
from actionplans.gathered_list import gathered_listing, gathered_rows, place_asked, shown
from actionplans.lines import Line
from actionplans.listing import STATUS_COLOUR
from actionplans.models import ReportedAction
from actionplans.sharing_forms import PlaceForm, ReportActionForm
from actionplans.standing import signs
from actionplans.views.finding import tabs, today
from actionplans.views.marks import Marked, mark
from actionplans.workflow import PlanStatus, Status
from foundation.accounts.authentication import safe_next
from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.permissions import allowed
from foundation.core.sharing_filter import chosen
from foundation.documents.responses import export_list
from foundation.organisations import queries as organisations


# ---- What a member reports
@requires("plan.view")
@require_http_methods(["GET", "POST"])
def reporting(request: Request) -> HttpResponseBase:
    """What we let one of our partnerships read of our actions."""
    partnerships = organisations.belongs_to(request.acting, today())
    partnership = chosen(request, partnerships)
    can_share = allowed(permissions.check_can_share, request.acting)
    page, lines = None, []
    if partnership is not None:
        rows = partial(reporting_list.rows, request.acting, partnership, asked=request.GET)
        first = reporting_list.FIRST_PAGE.question(request.acting.organisation_id, partnership.pk)
        found = reporting_list.listing(partnerships, first).read(request, rows)
        if not isinstance(found, ListPage):
            return found
        page = found
        lines = reporting_list.lines(
            request.acting, partnership, found.items, can_share=can_share, here=request.get_full_path()
        )
    return render(
        request,
        "actionplans/sharing/reporting.html",
        {
            "partnership": partnership,
            "page": page,
            "lines": lines,
            "can_share": can_share,
            "tabs": tabs(request),
        },
    )


@requires("plan.share")
@require_http_methods(["GET", "POST"])
def report(request: Request, partnership: str, reference: str) -> HttpResponse:
    """Show what the partnership would read, and report it."""
    permissions.check_can_share(request.acting)
    own = _own_or_404(request, partnership, reference)
    form = _report_form(request, own)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_action(
                action_id=own.action.pk,
                partnership_id=own.partnership.pk,
                by=request.acting,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except StaleVersion:
            own, status = _own_or_404(request, partnership, reference), 409
            form = _report_form(request, own, on_top=True)
            form.add_error(None, _("The action was changed since you opened this page. Read it again, then report it."))
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            text = _("%(code)s is reported to %(name)s") % {"code": own.action.code, "name": own.partnership.name}
            messages.success(request, text)
            return _back(request)
    up = safe_next(request, request.GET.get("next", ""), default=reverse("actionplans:reporting"))
    context = {"own": own, "form": form, "status": _status_of(own.action.status), "up": up}
    return render(request, "actionplans/sharing/report.html", context, status=status)


@requires("plan.share")
@require_POST
def take_back(request: Request, partnership: str, reference: str) -> HttpResponse:
    own = _own_or_404(request, partnership, reference)
    if own.reported is None:
        messages.warning(request, _("%(code)s is not reported any more") % {"code": own.action.code})
        return _back(request)
    try:
        actions.take_back_action(reported_id=own.reported.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        text = _("%(code)s is taken back: %(name)s cannot read it any more")
        messages.success(request, text % {"code": own.action.code, "name": own.partnership.name})
    return _back(request)


# ---- What a partnership gathers
@requires("plan.view")
@require_http_methods(["GET", "POST"])
def gather(request: Request) -> HttpResponseBase:
    """What members report: first what has no place in a plan yet."""
    _must_be_partnership(request)
    members = organisations.members(request.acting, today())
    places = place_asked(request.acting, request.GET.get("place", ""))
    listing = gathered_listing(members, today(), whole=bool(request.GET.get("export")), places=places)
    page = listing.read(request, gathered_rows(request.acting))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        title = _("Actions that our members report")
        return export_list(page, format=wanted, title=title, acting=request.acting, now=timezone.now())
    return render(
        request,
        "actionplans/sharing/gather.html",
        {"page": page, "lines": shown(page.items, members, today()), "tabs": tabs(request)},
    )


@requires("plan.view")
@require_http_methods(["GET", "POST"])
def gathered(request: Request, reference: str) -> HttpResponse:
    """One action that a member reports, and where it belongs in a plan of ours."""
    row = _gathered_or_404(request, reference)
    place = getattr(row, "place", None)
    can_place = allowed(permissions.check_can_edit, request.acting) and not (
        place and place.plan.status == PlanStatus.CLOSED
    )
    form = _place_form(request, row) if can_place else None
    if request.method == "POST":
        permissions.check_can_edit(request.acting)
        if form and form.is_valid():
            plan_id, objective_id = form.chosen()
            try:
                actions.place_reported(
                    reported_id=row.pk,
                    plan_id=plan_id,
                    objective_id=objective_id,
                    by=request.acting,
                    now=timezone.now(),
                )
            except RuleBroken as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The action stands in the plan"))
                return redirect("actionplans:gather")
    context = {"row": row, "mark": _marked(row), "place": place, "form": form}
    return render(request, "actionplans/sharing/gathered.html", context)


@requires("plan.edit")
@require_POST
def leave_out(request: Request, reference: str) -> HttpResponse:
    row = _gathered_or_404(request, reference)
    try:
        actions.leave_out_reported(reported_id=row.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The action is taken out of the plan. The member goes on reporting it."))
    return redirect(row)


def _status_of(status: str) -> tuple[str, str]:
    return str(Status(status).label), STATUS_COLOUR[Status(status)]


def _marked(row: ReportedAction) -> Marked:
    name = row.organisation.name
    return mark(Line(row, name, signs(row.facts, today()), member=name))


def _report_form(request: Request, own: gathering.Own, *, on_top: bool = False) -> ReportActionForm:
    """With ``on_top``, what was typed on top of the action as it stands now."""
    typed = request.POST.copy() if request.method == "POST" else None
    if typed is not None and on_top:
        typed["version"] = str(own.action.version)
    return ReportActionForm(
        typed,
        partnership=own.partnership.name,
        renew=own.reported is not None,
        initial={"version": own.action.version, "comment": own.reported.comment if own.reported else ""},
    )


def _place_form(request: Request, row: ReportedAction) -> PlaceForm:
    place = getattr(row, "place", None)
    standing = f"{place.plan_id}-{place.objective_id or ''}" if place else ""
    posted = request.POST if request.method == "POST" else None
    plans = queries.open_plans(request.acting)
    prefetch_related_objects(plans, "objectives")
    return PlaceForm(posted, plans=plans, initial={"place": standing})


def _own_or_404(request: Request, partnership: str, reference: str) -> gathering.Own:
    found = gathering.own_action(request.acting, today(), reference)
    own = next((each for each in found if each.partnership.slug == partnership), None)
    if own is None:
        raise Http404
    return own


def _gathered_or_404(request: Request, reference: str) -> ReportedAction:
    _must_be_partnership(request)
    row = gathering.with_places(request.acting).filter(reference=reference).first()
    if row is None:
        raise Http404
    return row


def _back(request: Request) -> HttpResponse:
    """To the list as it was searched and filtered where the decision began."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return redirect(safe_next(request, wanted, default=reverse("actionplans:reporting")))


def _must_be_partnership(request: Request) -> None:
    if not organisations.is_partnership(request.acting):
        raise Http404
