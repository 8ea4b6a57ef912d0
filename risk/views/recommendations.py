"""Recommendations of the local profiles: what they say, what we answer and which risks they bear on."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.editing import Editor, Make
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.permissions import allowed
from foundation.documents.responses import export_list
from risk import actions, beside, permissions, tabs, tasks_queries
from risk.models import CtlpRecommendation, RecommendationRisk
from risk.profile_forms import LinkRisksForm, RecommendationForm, ResponseForm, SentForm
from risk.profile_lists import STATE_COLOURS, recommendation_listing, recommendations_for_list
from risk.profile_workflow import State


def get_recommendation_or_404(request: Request, reference: str) -> CtlpRecommendation:
    rows = CtlpRecommendation.objects.visible_to(request.acting).filter(reference=reference)
    found = rows.select_related("edition", "responded_by", "created_by", "saved_by").first()
    if found is None:
        raise Http404
    return found


@requires("risk.view")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    rows = recommendations_for_list(CtlpRecommendation.objects.visible_to(request.acting))
    page = recommendation_listing(request.acting).read(request, rows)
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        title = _("Recommendations of the local profiles")
        return export_list(page, format=wanted, title=title, acting=request.acting, now=timezone.now())
    return render(
        request,
        "risk/profiles/recommendations.html",
        {
            "page": page,
            "lines": [(row, STATE_COLOURS[row.state]) for row in page.items],
            "tabs": tabs.of("recommendations", request.acting),
        },
    )


@requires("risk.view")
@require_GET
def recommendation(request: Request, reference: str) -> HttpResponse:
    found = get_recommendation_or_404(request, reference)
    links = RecommendationRisk.objects.visible_to(request.acting).filter(recommendation=found, unlinked_at__isnull=True)
    named = links.annotate(title=tasks_queries.current_entry("title", risk="risk_id"))
    return render(
        request,
        "risk/profiles/recommendation.html",
        {
            "recommendation": found,
            "colour": STATE_COLOURS[State(found.state)],
            "links": named.select_related("risk").order_by("risk__code", "pk"),
            "can_keep": allowed(permissions.check_can_keep_profiles, request.acting),
            "is_answered": found.responded_at is not None,
            "can_be_done": found.state == State.IN_HAND,
            "panels": beside.of_recommendation(request.acting, found),
        },
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def change(request: Request, reference: str) -> HttpResponse:
    """Correct the wording. A stale save shows both texts and loses nothing."""
    found = get_recommendation_or_404(request, reference)
    permissions.check_can_keep_profiles(request.acting)
    editor = Editor(request, found, _change_form)
    if editor.is_ready:
        try:
            actions.change_recommendation(
                recommendation_id=found.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Recommendation saved"), to=found)
    return editor.render("risk/profiles/recommendation_form.html", edition=found.edition, recommendation=found)


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def answer(request: Request, reference: str) -> HttpResponse:
    """Accept, partly or not. Two people who answer at once see both answers."""
    found = get_recommendation_or_404(request, reference)
    permissions.check_can_keep_profiles(request.acting)
    editor = Editor(request, found, _response_form)
    if editor.is_ready:
        try:
            actions.answer_recommendation(
                recommendation_id=found.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Response to %(code)s saved") % {"code": found.code}, to=found)
    return editor.render("risk/profiles/respond.html", recommendation=found)


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def sent(request: Request, reference: str) -> HttpResponse:
    """Record that the response was sent; it is sent outside the portal."""
    found = get_recommendation_or_404(request, reference)
    permissions.check_can_keep_profiles(request.acting)
    editor = Editor(request, found, _sent_form)
    if editor.is_ready:
        try:
            actions.record_sent(
                recommendation_id=found.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The day on which the response was sent is recorded"), to=found)
    return editor.render("risk/profiles/sent.html", recommendation=found)


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def link_risks(request: Request, reference: str) -> HttpResponse:
    found = get_recommendation_or_404(request, reference)
    permissions.check_can_keep_profiles(request.acting)
    editor = Editor(request, found, _links_form(request))
    if editor.is_ready:
        try:
            actions.link_risks(
                recommendation_id=found.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Linked risks saved"), to=found)
    return editor.render("risk/profiles/link_risks.html", recommendation=found, has_risks=editor.form.has_risks)


@requires("risk.edit")
@require_POST
def done(request: Request, reference: str) -> HttpResponse:
    found = get_recommendation_or_404(request, reference)
    permissions.check_can_keep_profiles(request.acting)
    version = request.POST.get("version", "")
    try:
        actions.finish_recommendation(
            recommendation_id=found.pk,
            version=int(version) if version.isdigit() and len(version) < 9 else 0,
            by=request.acting,
            now=timezone.now(),
        )
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Recommendation done: %(code)s") % {"code": found.code})
    return redirect(found)


def _change_form(row: CtlpRecommendation, posted: QueryDict | None) -> RecommendationForm:
    initial = {name: getattr(row, name) for name in ("code", "text", "recommended_to", "version")}
    # The declaration is made anew for the new words: nobody else's stands beside it.
    initial["may_be_recorded"] = posted is not None and "may_be_recorded" in posted
    return RecommendationForm(posted, initial=initial)


def _response_form(row: CtlpRecommendation, posted: QueryDict | None) -> ResponseForm:
    return ResponseForm(posted, initial={name: getattr(row, name) for name in ("response", "reason", "version")})


def _sent_form(row: CtlpRecommendation, posted: QueryDict | None) -> SentForm:
    return SentForm(posted, initial={"sent_on": row.sent_on or timezone.localdate(), "version": row.version})


def _links_form(request: Request) -> Make[LinkRisksForm]:
    risks = tasks_queries.risk_choices(request.acting)

    def make(row: CtlpRecommendation, posted: QueryDict | None) -> LinkRisksForm:
        links = RecommendationRisk.objects.visible_to(request.acting).filter(
            recommendation=row, unlinked_at__isnull=True
        )
        chosen = list(links.values_list("risk_id", flat=True))
        return LinkRisksForm(posted, risks=risks, initial={"risk_ids": chosen, "version": row.version})

    return make
