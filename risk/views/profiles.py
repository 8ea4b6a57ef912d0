"""The register of local profiles: editions, who was briefed, and their recommendations."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core.access import requires
from foundation.core.editing import Editor, Make
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.markings import Marking
from foundation.core.permissions import allowed
from foundation.documents.responses import export_list
from foundation.organisations.people_fields import People
from risk import actions, permissions, tabs, tasks_queries
from risk.actions.tasks import DUE_AFTER
from risk.models import CtlpBriefing, CtlpEdition, CtlpRecommendation
from risk.profile_forms import BriefingForm, EditionForm, RecommendationForm
from risk.profile_lists import EDITIONS, STATE_COLOURS, editions_for_list
from risk.profile_workflow import State

FIELDS = ("title", "originator", "period_from", "period_to", "issued_on", "marking", "held_at", "note", "version")


def get_edition_or_404(request: Request, reference: str) -> CtlpEdition:
    rows = CtlpEdition.objects.visible_to(request.acting).filter(reference=reference)
    found = rows.select_related("created_by", "saved_by").first()
    if found is None:
        raise Http404
    return found


@requires("risk.view")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    page = EDITIONS.read(request, editions_for_list(CtlpEdition.objects.visible_to(request.acting)))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return export_list(page, format=wanted, title=_("Local profiles"), acting=request.acting, now=timezone.now())
    context = {"page": page, "tabs": tabs.of("local_profiles", request.acting), "can_keep": _can_keep(request)}
    return render(request, "risk/profiles/index.html", context)


@requires("risk.view")
@require_GET
def edition(request: Request, reference: str) -> HttpResponse:
    """One edition: who was briefed, what it recommends, and which risks it asks to assess again."""
    found = get_edition_or_404(request, reference)
    recommendations = CtlpRecommendation.objects.visible_to(request.acting).filter(edition=found).order_by("code", "pk")
    asked = tasks_queries.asked_by(request.acting, found)
    return render(
        request,
        "risk/profiles/edition.html",
        {
            "edition": found,
            "briefings": CtlpBriefing.objects.visible_to(request.acting)
            .filter(edition=found)
            .select_related("membership", "recorded_by"),
            "recommendations": [(row, STATE_COLOURS[State(row.state)]) for row in recommendations],
            "asked": asked,
            "untouched": sum(each.is_untouched for each in asked),
            "can_keep": _can_keep(request),
            "can_report": request.acting.may("risk.report"),
        },
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def add_edition(request: Request) -> HttpResponse:
    """Record a new edition and ask for risks to be assessed again."""
    permissions.check_can_keep_profiles(request.acting)
    editor = Editor(request, None, _add_form(request))
    if editor.is_ready:
        typed = editor.form.cleaned_data
        try:
            added = actions.add_edition(
                edition=editor.form.edition(),
                reassess=typed["reassess"],
                risk_ids=typed.get("risk_ids", ()),
                due_on=typed.get("due_on") or timezone.localdate(),
                by=request.acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            words = ngettext(
                "Edition added. %(count)s risk is to be assessed again.",
                "Edition added. %(count)s risks are to be assessed again.",
                len(added.tasks),
            )
            return editor.saved(words % {"count": len(added.tasks)}, to=added.edition)
    return editor.render("risk/profiles/edition_form.html", edition=None)


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def change_edition(request: Request, reference: str) -> HttpResponse:
    """Correct what the register says. A stale save shows both texts and loses nothing."""
    found = get_edition_or_404(request, reference)
    permissions.check_can_keep_profiles(request.acting)
    editor = Editor(request, found, _change_form)
    if editor.is_ready:
        try:
            actions.change_edition(
                edition_id=found.pk,
                version=editor.form.cleaned_data["version"],
                edition=editor.form.edition(),
                by=request.acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Edition saved"), to=found)
    return editor.render("risk/profiles/edition_form.html", edition=found)


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def add_briefing(request: Request, reference: str) -> HttpResponse:
    found = get_edition_or_404(request, reference)
    permissions.check_can_keep_profiles(request.acting)
    editor = Editor(request, None, _briefing_form(request))
    if editor.is_ready:
        try:
            actions.add_briefing(edition_id=found.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Briefing recorded"), to=found)
    return editor.render("risk/profiles/briefing_form.html", edition=found)


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def add_recommendation(request: Request, reference: str) -> HttpResponse:
    found = get_edition_or_404(request, reference)
    permissions.check_can_keep_profiles(request.acting)
    editor = Editor(request, None, _recommendation_form)
    if editor.is_ready:
        typed = {name: value for name, value in editor.form.cleaned_data.items() if name != "version"}
        try:
            added = actions.add_recommendation(edition_id=found.pk, by=request.acting, now=timezone.now(), **typed)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Recommendation added: %(code)s") % {"code": added.code}, to=added)
    return editor.render("risk/profiles/recommendation_form.html", edition=found, recommendation=None)


def _can_keep(request: Request) -> bool:
    return allowed(permissions.check_can_keep_profiles, request.acting)


def _add_form(request: Request) -> Make[EditionForm]:
    risks = tasks_queries.risk_choices(request.acting)
    initial: dict[str, Any] = {
        "version": 0,
        "due_on": timezone.localdate() + DUE_AFTER,
        "marking": Marking.OFFICIAL_SENSITIVE,
    }

    def make(_row: None, posted: QueryDict | None) -> EditionForm:
        return EditionForm(posted, risks=risks, is_new=True, initial=initial)

    return make


def _change_form(row: CtlpEdition, posted: QueryDict | None) -> EditionForm:
    return EditionForm(posted, initial={name: getattr(row, name) for name in FIELDS})


def _briefing_form(request: Request) -> Make[BriefingForm]:
    people = People(request.acting, on=timezone.localdate())

    def make(_row: None, posted: QueryDict | None) -> BriefingForm:
        return BriefingForm(posted, people=people)

    return make


def _recommendation_form(_row: None, posted: QueryDict | None) -> RecommendationForm:
    return RecommendationForm(posted, initial={"version": 0})
