"""The list of people, a person's page, and what an administrator does to a person."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request
from foundation.core.permissions import allowed
from foundation.organisations import actions, permissions, queries
from foundation.organisations.forms.people import ChangePersonForm, EndPersonForm, PersonForm
from foundation.organisations.listing import people_listing, roles_of, sign_in_of
from foundation.organisations.models import Membership


@requires("people.view")
@require_http_methods(["GET", "POST"])
def people(request: Request) -> HttpResponse:
    """Everybody in the organisation: a search is posted, so that no name stands in an address."""
    acting = request.acting
    page = people_listing(acting).read(request, queries.people_for_list(acting, timezone.now()))
    if isinstance(page, HttpResponse):
        return page
    context = {
        "page": page,
        "lines": [(person, roles_of(person), sign_in_of(person)) for person in page.items],
        "can_manage": allowed(permissions.check_can_manage_people, acting),
        "export_parameters": request.GET.urlencode(),
    }
    return render(request, "organisations/people.html", context)


@requires("people.view")
@require_http_methods(["GET"])
def person(request: Request, reference: str) -> HttpResponse:
    """What is known about one person of the organisation, and what may be done."""
    acting = request.acting
    found = queries.get_person_or_404(acting, reference)
    now = timezone.now()
    today = timezone.localdate(now)
    context = {
        "person": found,
        "is_current": found.is_current(today),
        "is_future": found.starts_on > today,
        "can_manage": allowed(permissions.check_can_manage_people, acting, found),
        "can_grant": allowed(permissions.check_can_grant_role, acting, found),
        "why_no_grant": _why_not(permissions.check_can_grant_role, acting, found) if acting.may("roles.grant") else "",
        "can_end_roles": allowed(permissions.check_can_end_role, acting, found),
        "can_reset": allowed(permissions.check_can_reset_sign_in, acting, found),
        "grants": queries.role_history(acting, found, today),
        "invitation": queries.open_invitation_of(acting, found, now),
        "resets": queries.open_factor_resets(acting, found, now),
        "may_read_trail": acting.may("audit.view"),
    }
    return render(request, "organisations/person.html", context)


@requires("people.manage")
@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """Add one person by hand."""
    acting = request.acting
    posted = request.POST if request.method == "POST" else None
    initial = {"starts_on": timezone.localdate()}
    form = PersonForm(posted, teams=queries.team_choices(acting), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_person(person=actions.Person(**form.cleaned_data), by=acting, now=timezone.now())
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(name)s was added") % {"name": added.name})
            return redirect("organisations:person", added.reference)
    return render(request, "organisations/person_form.html", {"form": form, "back": reverse("organisations:people")})


@requires("people.manage")
@require_http_methods(["GET", "POST"])
def change(request: Request, reference: str) -> HttpResponse:
    """Change what is known about a person. Somebody else's change is shown beside one's own, never lost."""
    acting = request.acting
    found = queries.get_person_or_404(acting, reference)
    permissions.check_can_manage_people(acting, found)
    fields = ("name", "email", "staff_number", "team_id", "job_title", "starts_on", "external_id", "version")
    initial = {field: getattr(found, field) for field in fields}
    posted = request.POST if request.method == "POST" else None
    teams = queries.team_choices(acting)
    form = ChangePersonForm(posted, teams=teams, submit=_("Save changes"), initial=initial)
    context: dict[str, Any] = {"person": found, "back": reverse("organisations:person", args=[found.reference])}
    status = 200
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        version = typed.pop("version")
        try:
            actions.change_person(
                membership_id=found.pk,
                version=version,
                person=actions.Person(**typed),
                by=acting,
                now=timezone.now(),
            )
        except StaleVersion as stale:
            status, context["conflict"] = 409, _both_texts(form, typed, stale.current, dict(teams))
            form = _again(request, form, stale.current.version, teams)
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The changes were saved"))
            return redirect("organisations:person", found.reference)
    return render(request, "organisations/person_form.html", context | {"form": form}, status=status)


@requires("people.manage", step_up=True)
@require_http_methods(["GET", "POST"])
def end(request: Request, reference: str) -> HttpResponse:
    """Record somebody's last day."""
    acting = request.acting
    found = queries.get_person_or_404(acting, reference)
    permissions.check_can_manage_people(acting, found)
    posted = request.POST if request.method == "POST" else None
    form = EndPersonForm(posted, initial={"last_day": found.ends_on or timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_person(
                membership_id=found.pk, by=acting, now=timezone.now(), keep=request.session, **form.cleaned_data
            )
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The last day of %(name)s was recorded") % {"name": found.name})
            return redirect("organisations:person", found.reference)
    return render(request, "organisations/person_end.html", {"person": found, "form": form})


@requires("people.manage", step_up=True)
@require_POST
def reinstate(request: Request, reference: str) -> HttpResponse:
    """Take the last day back."""
    found = queries.get_person_or_404(request.acting, reference)
    try:
        actions.reinstate_person(membership_id=found.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s stays. Roles that ended have to be given again") % {"name": found.name})
    return redirect("organisations:person", found.reference)


def _why_not(check: Any, *arguments: Any) -> str:
    try:
        check(*arguments)
    except PermissionDenied as error:
        return str(error)
    return ""


def _both_texts(
    form: ChangePersonForm, typed: dict[str, Any], current: Membership, teams: dict[int, str]
) -> list[dict[str, Any]]:
    """Each field in which what was typed differs from what stands now."""

    def shown(name: str, value: Any) -> Any:
        return teams.get(value, "") if name == "team_id" else value

    return [
        {"label": form.fields[name].label, "mine": shown(name, value), "theirs": shown(name, getattr(current, name))}
        for name, value in typed.items()
        if getattr(current, name) != value
    ]


def _again(request: Request, form: ChangePersonForm, version: int, teams: list[tuple[int, str]]) -> ChangePersonForm:
    """The form with what was typed, now based on the version that stands."""
    posted = request.POST.copy()
    posted["version"] = str(version)
    return ChangePersonForm(posted, teams=teams, submit=_("Save mine over it"))
