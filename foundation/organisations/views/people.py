"""The list of people, a person's page, and what an administrator does to a person."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.editing import Editor, Make
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.permissions import allowed
from foundation.organisations import actions, duplicates, permissions, queries
from foundation.organisations.forms.people import ChangePersonForm, EndPersonForm, PersonForm
from foundation.organisations.listing import line_manager_of, people_listing, roles_of, sign_in_of
from foundation.organisations.models import Membership
from foundation.organisations.people_fields import People


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
        "lines": [(person, line_manager_of(person), roles_of(person), sign_in_of(person)) for person in page.items],
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
        "manager_has_left": found.line_manager is not None and found.line_manager.has_left(today),
        "can_manage": allowed(permissions.check_can_manage_people, acting, found),
        "can_join": allowed(permissions.check_can_join, acting, found),
        "joined": duplicates.joined_with(acting, found),
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
    today = timezone.localdate()
    teams, everybody = queries.team_choices(request.acting), People(request.acting, on=today)
    initial = {"starts_on": today}
    editor = Editor(
        request, None, lambda _row, posted: PersonForm(posted, teams=teams, people=everybody, initial=initial)
    )
    if editor.is_ready:
        person = actions.Person(**editor.form.cleaned_data)
        try:
            added = actions.add_person(person=person, by=request.acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
        else:
            address = reverse("organisations:person", args=[added.reference])
            return editor.saved(_("%(name)s was added") % {"name": added.name}, to=address)
    return editor.render("organisations/person_form.html", back=reverse("organisations:people"))


@requires("people.manage")
@require_http_methods(["GET", "POST"])
def change(request: Request, reference: str) -> HttpResponse:
    """Change what is known about a person. Somebody else's change is shown beside one's own, never lost."""
    found = queries.get_person_or_404(request.acting, reference)
    permissions.check_can_manage_people(request.acting, found)
    back = reverse("organisations:person", args=[found.reference])
    editor = Editor(request, found, _change_form(request))
    if editor.is_ready:
        typed = dict(editor.form.cleaned_data)
        version = typed.pop("version")
        try:
            actions.change_person(
                membership_id=found.pk,
                version=version,
                person=actions.Person(**typed),
                by=request.acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The changes were saved"), to=back)
    return editor.render("organisations/person_form.html", person=found, back=back)


@requires("people.manage", step_up=True)
@require_http_methods(["GET", "POST"])
def end(request: Request, reference: str) -> HttpResponse:
    """Record somebody's last day."""
    acting = request.acting
    found = queries.get_person_or_404(acting, reference)
    permissions.check_can_manage_people(acting, found)
    initial = {"last_day": found.ends_on or timezone.localdate()}
    editor = Editor(request, None, lambda _row, posted: EndPersonForm(posted, initial=initial), compares=False)
    if editor.is_ready:
        try:
            actions.end_person(
                membership_id=found.pk, by=acting, now=timezone.now(), keep=request.session, **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            words = _("The last day of %(name)s was recorded") % {"name": found.name}
            return editor.saved(words, to=reverse("organisations:person", args=[found.reference]))
    return editor.render("organisations/person_end.html", person=found)


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


def _change_form(request: Request) -> Make[ChangePersonForm]:
    fields = (
        "name", "email", "staff_number", "team_id", "job_title", "staff_group", "employment", "line_manager_id",
        "starts_on", "external_id", "version",
    )  # fmt: skip
    teams = queries.team_choices(request.acting)

    def make(person: Membership, posted: QueryDict | None) -> ChangePersonForm:
        initial = {field: getattr(person, field) for field in fields}
        people = People(request.acting, on=timezone.localdate(), including=[person.line_manager_id])
        return ChangePersonForm(
            posted, teams=teams, people=people, oneself=person.pk, submit=_("Save changes"), initial=initial
        )

    return make
