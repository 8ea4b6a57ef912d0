"""The organisation itself: overview, settings, teams, and which organisation one acts for."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation import ledger
from foundation.core.access import requires, signed_in
from foundation.core.editing import Editor, Make
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.organisations import actions, queries
from foundation.organisations.forms.organisation import ChangeTeamForm, SettingsForm, TeamForm
from foundation.organisations.models import Organisation, Team


@signed_in
@require_http_methods(["GET"])
def overview(request: Request) -> HttpResponse:
    """Which organisation this is, who administers it and what of it one may open."""
    acting = request.acting
    context = {
        "organisation": acting.organisation,
        "administrators": queries.administrators(acting),
        "partnerships": queries.partnerships(acting),
        "predecessors": queries.predecessors(acting),
        "may_view_people": acting.may("people.view"),
        "may_manage_people": acting.may("people.manage"),
        "may_manage_organisation": acting.may("organisation.manage"),
    }
    return render(request, "organisations/overview.html", context)


@requires("organisation.manage")
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    """What the organisation says about itself."""
    organisation = request.acting.organisation
    editor = Editor(request, organisation, _settings_form)
    if editor.is_ready:
        try:
            actions.change_settings(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The settings were saved"), to="organisations:settings")
    return editor.render("organisations/settings.html", organisation=organisation)


@requires("people.view")
@require_http_methods(["GET"])
def teams(request: Request) -> HttpResponse:
    """The teams of the organisation as a tree."""
    acting = request.acting
    context = {
        "lines": queries.team_tree(acting, count_on=timezone.localdate()),
        "can_manage": acting.may("organisation.manage"),
    }
    return render(request, "organisations/teams.html", context)


@requires("organisation.manage")
@require_http_methods(["GET", "POST"])
def add_team(request: Request) -> HttpResponse:
    """Add a team."""
    choices = queries.team_choices(request.acting)
    editor = Editor(request, None, lambda _row, posted: TeamForm(posted, teams=choices))
    if editor.is_ready:
        try:
            team = actions.add_team(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The team %(name)s was added") % {"name": team.name}, to="organisations:teams")
    return editor.render("organisations/team_form.html")


@requires("organisation.manage")
@require_http_methods(["GET", "POST"])
def change_team(request: Request, team_id: int) -> HttpResponse:
    """Rename or move a team. A stale save shows both names and loses nothing."""
    team = get_object_or_404(Team.objects.visible_to(request.acting), pk=team_id)
    editor = Editor(request, team, _team_form(request))
    if editor.is_ready:
        try:
            actions.change_team(team_id=team.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The team was saved"), to="organisations:teams")
    return editor.render("organisations/team_form.html", team=team)


@requires("organisation.manage")
@require_POST
def remove_team(request: Request, team_id: int) -> HttpResponse:
    """Remove a team that is not in use."""
    team = get_object_or_404(Team.objects.visible_to(request.acting), pk=team_id)
    try:
        actions.remove_team(team_id=team.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.error(request, str(error))
        return redirect("organisations:change_team", team.pk)
    messages.success(request, _("The team was removed"))
    return redirect("organisations:teams")


@signed_in
@require_http_methods(["GET", "POST"])
def switch(request: Request) -> HttpResponse:
    """Choose which organisation to act for. Only one's own current memberships can be chosen."""
    following = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        following = "/"
    if request.method == "GET":
        return render(request, "organisations/switch.html", {"memberships": request.memberships, "next": following})
    asked = request.POST.get("organisation", "")
    chosen = next((each for each in request.memberships if str(each.organisation_id) == asked), None)
    if chosen is None:
        raise Http404
    request.session["organisation"] = chosen.organisation_id
    ledger.record("organisation.switched", actor=request.acting, at=timezone.now(), to=chosen.organisation.slug)
    messages.success(request, _("You now act for %(name)s") % {"name": chosen.organisation.name})
    return redirect(following)


def _settings_form(organisation: Organisation, posted: QueryDict | None) -> SettingsForm:
    initial = {
        "version": organisation.version,
        "name": organisation.name,
        "sectors": organisation.sectors,
        "nation": organisation.nation,
        "is_specified_authority": "yes" if organisation.is_specified_authority else "no",
        "open_unscanned_files": "yes" if organisation.open_unscanned_files else "no",
    }
    return SettingsForm(posted, kind=organisation.kind, initial=initial)


def _team_form(request: Request) -> Make[ChangeTeamForm]:
    teams = queries.team_choices(request.acting)

    def make(team: Team, posted: QueryDict | None) -> ChangeTeamForm:
        others = [(pk, name) for pk, name in teams if pk != team.pk]
        initial = {"name": team.name, "part_of_id": team.part_of_id, "version": team.version}
        return ChangeTeamForm(posted, teams=others, submit=_("Save changes"), initial=initial)

    return make
