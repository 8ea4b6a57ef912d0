"""The organisation itself: overview, settings, teams, and which organisation one acts for."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation import ledger
from foundation.core.access import requires, signed_in
from foundation.core.exceptions import RuleBroken, StaleVersion
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
    acting = request.acting
    organisation = acting.organisation
    posted = request.POST if request.method == "POST" else None
    form = SettingsForm(posted, kind=organisation.kind, initial=_settings_of(organisation))
    context: dict[str, Any] = {"organisation": organisation}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_settings(by=acting, now=timezone.now(), **form.cleaned_data)
        except StaleVersion as stale:
            status, context["conflict"] = 409, _both_settings(form, stale.current)
            again = request.POST.copy()
            again["version"] = str(stale.current.version)
            form = SettingsForm(again, kind=organisation.kind)
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The settings were saved"))
            return redirect("organisations:settings")
    return render(request, "organisations/settings.html", context | {"form": form}, status=status)


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
    form = TeamForm(request.POST if request.method == "POST" else None, teams=queries.team_choices(request.acting))
    if request.method == "POST" and form.is_valid():
        try:
            team = actions.add_team(by=request.acting, now=timezone.now(), **form.cleaned_data)
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The team %(name)s was added") % {"name": team.name})
            return redirect("organisations:teams")
    return render(request, "organisations/team_form.html", {"form": form})


@requires("organisation.manage")
@require_http_methods(["GET", "POST"])
def change_team(request: Request, team_id: int) -> HttpResponse:
    """Rename or move a team."""
    team = get_object_or_404(Team.objects.visible_to(request.acting), pk=team_id)
    choices = [(pk, name) for pk, name in queries.team_choices(request.acting) if pk != team.pk]
    initial = {"name": team.name, "part_of_id": team.part_of_id, "version": team.version}
    posted = request.POST if request.method == "POST" else None
    form = ChangeTeamForm(posted, teams=choices, submit=_("Save changes"), initial=initial)
    context: dict[str, Any] = {"team": team}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_team(team_id=team.pk, by=request.acting, now=timezone.now(), **form.cleaned_data)
        except StaleVersion as stale:
            status, names = 409, dict(choices)
            context["conflict"] = [
                {"label": _("Name"), "mine": form.cleaned_data["name"], "theirs": stale.current.name},
                {
                    "label": _("Part of"),
                    "mine": names.get(form.cleaned_data["part_of_id"], ""),
                    "theirs": names.get(stale.current.part_of_id, ""),
                },
            ]
            again = request.POST.copy()
            again["version"] = str(stale.current.version)
            form = ChangeTeamForm(again, teams=choices, submit=_("Save mine over it"))
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The team was saved"))
            return redirect("organisations:teams")
    return render(request, "organisations/team_form.html", context | {"form": form}, status=status)


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


def _settings_of(organisation: Organisation) -> dict[str, Any]:
    return {
        "version": organisation.version,
        "name": organisation.name,
        "sectors": organisation.sectors,
        "nation": organisation.nation,
        "is_specified_authority": "yes" if organisation.is_specified_authority else "no",
        "open_unscanned_files": "yes" if organisation.open_unscanned_files else "no",
    }


def _both_settings(form: SettingsForm, current: Organisation) -> list[dict[str, Any]]:
    """Each setting in which what was chosen differs from what stands now, in words."""

    def words(value: Any) -> Any:
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        return ", ".join(sorted(value)) if isinstance(value, list) else value

    typed = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    return [
        {"label": form.fields[name].label, "mine": words(value), "theirs": words(getattr(current, name))}
        for name, value in typed.items()
        if words(getattr(current, name)) != words(value)
    ]
